"""The pack as an accessible workbook: every table on a sheet of its own, and nothing that runs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mhsds_recon.errors import OutputError
from mhsds_recon.packs.disclosure import CANNOT_TELL
from mhsds_recon.packs.html import banner_of, identity_of
from mhsds_recon.packs.model import Column, Table
from mhsds_recon.packs.words import Words, load_words

if TYPE_CHECKING:
    from mhsds_recon.packs.model import Pack

__all__ = ["render_workbook"]

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
_NUMBER = re.compile(r"[-+]?\d{1,3}(,\d{3})*(\.\d+)?")
_FORMATS = {"count": "#,##0", "published": "#,##0", "tally": "#,##0", "change": "+#,##0;-#,##0;0"}
_WIDTHS = {"text": 24, "prose": 60, "code": 16, "hash": 70}
_WIDTH = 16
_LONGEST_NAME = 31
_HEADER_ROW = 2


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """A sheet: its name, its title, what stands below it, and its one table."""

    name: str
    title: str
    below: str
    table: Table


def render_workbook(pack: Pack, words: Words | None = None) -> bytes:
    """Return the pack as an Excel workbook; the same pack, the same bytes.

    Every sheet has its title in A1 and one named table from A3. No cell is a formula or a link
    to elsewhere; a cell that cannot be told shows ``[x]``, one that does not apply ``[z]``.

    Raises:
        OutputError: The extra ``excel`` is not installed.
    """
    try:
        import xlsxwriter  # noqa: PLC0415  an extra
    except ImportError as error:
        message = (
            "A workbook needs the extra 'excel': pip install 'mhsds-recon[excel]', or leave xlsx "
            "out of --to."
        )
        raise OutputError(message) from error
    said = words or load_words()
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # Excel keeps times without an offset.
    made = datetime.fromisoformat(pack.generated_at).astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": said.say("page_title"), "created": made})
    book.formats[0].set_font_name("Arial")
    book.formats[0].set_font_size(12)
    for sheet in _sheets(pack, said):
        _write(book, sheet, banner_of(pack, said))
    book.close()
    return content.getvalue()


def _sheets(pack: Pack, words: Words) -> Iterator[_Sheet]:
    tables = [(section, table) for section in pack.sections for table in section.tables]
    names = [_name(number, table.id) for number, (_, table) in enumerate(tables, start=1)]
    say = words.say
    yield _Sheet(
        name=say("workbook_cover"),
        title=say("page_heading", month=words.month(pack.period_start)),
        below=say("not_official"),
        table=_plain("cover", ("workbook_fact", "workbook_value"), identity_of(pack, words), words),
    )
    listed = [
        (name, section.title, table.caption, str(len(table.rows)))
        for name, (section, table) in zip(names, tables, strict=True)
    ]
    columns = ("workbook_sheet", "workbook_section", "workbook_table", "workbook_rows")
    yield _Sheet(
        name=say("workbook_contents"),
        title=say("workbook_contents"),
        below=say("workbook_one_table"),
        table=_plain("contents", columns, listed, words),
    )
    told = [(say("workbook_symbols"), text) for text in words.lists["symbols"]] + [
        (section.title, text)
        for section in pack.sections
        for text in (
            *section.sentences,
            *(chart.alternative for chart in section.charts),
            *section.notes,
        )
    ]
    yield _Sheet(
        name=say("workbook_notes"),
        title=say("workbook_notes"),
        below=say("workbook_notes_below"),
        table=_plain("notes", ("workbook_section", "workbook_text"), told, words),
    )
    for name, (section, table) in zip(names, tables, strict=True):
        yield _Sheet(
            name=name,
            title=f"{section.title}: {table.caption}",
            below=words.lists["symbols"][0],
            table=table,
        )


def _plain(name: str, columns: tuple[str, ...], rows: Any, words: Words) -> Table:  # noqa: ANN401  any rows
    return Table(
        id=name,
        caption=name,
        columns=tuple(Column(name=words.say(key), kind="prose") for key in columns),
        rows=tuple(tuple(row) for row in rows),
    )


def _name(number: int, table_id: str) -> str:
    return f"{number:02} {table_id}"[:_LONGEST_NAME]


def _write(book: Any, sheet: _Sheet, banner: str) -> None:  # noqa: ANN401  xlsxwriter has no types
    page, table = book.add_worksheet(sheet.name), sheet.table
    title = book.add_format({"font_name": "Arial", "font_size": 14, "bold": True})
    page.write_string(0, 0, sheet.title, title)
    page.write_string(1, 0, f"{banner} {sheet.below}".strip(), _format(book))
    last = len(table.columns) - 1
    for place, column in enumerate(table.columns):
        width = max(_WIDTHS.get(column.kind, _WIDTH), min(len(column.name) + 2, 24))
        page.set_column(place, place, width)
    page.add_table(
        _HEADER_ROW,
        0,
        _HEADER_ROW + max(len(table.rows), 1),
        last,
        {
            "name": f"table_{re.sub(r'[^0-9A-Za-z]', '_', sheet.name)}",
            "autofilter": False,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [
                {"header": column.name, "header_format": _format(book, bold=True)}
                for column in table.columns
            ],
        },
    )
    formats = [_format(book, _FORMATS.get(column.kind)) for column in table.columns]
    for number, row in enumerate(table.rows, start=_HEADER_ROW + 1):
        for place, (column, text) in enumerate(zip(table.columns, row, strict=True)):
            if column.kind in _FORMATS and _NUMBER.fullmatch(text):
                page.write_number(number, place, float(text.replace(",", "")), formats[place])
            else:
                page.write_string(number, place, _cell(text), formats[place])
    if banner:
        page.set_header(f"&C{banner.replace('&', '&&')}")
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER_ROW)


def _cell(text: str) -> str:
    if text in ("", "-"):
        return NOT_APPLICABLE
    return NOT_AVAILABLE if text == CANNOT_TELL else text


def _format(book: Any, number: str | None = None, *, bold: bool = False) -> Any:  # noqa: ANN401  xlsxwriter has no types
    wanted: dict[str, object] = {
        "font_name": "Arial",
        "font_size": 12,
        "text_wrap": True,
        "valign": "top",
        "bold": bold,
    }
    return book.add_format(wanted | ({"num_format": number} if number else {}))
