"""The workbook and the PDF of a pack."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
import zipfile
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from mhsds_recon.errors import OutputError, PrivacyError
from mhsds_recon.packs import Pack, check_privacy, render_pdf, render_workbook
from mhsds_recon.packs.extracted import text_of
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.cut_offs import load_cut_offs

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def pack(make_pack: Callable[..., Pack], reconciliation: Reconciliation) -> Pack:
    return make_pack(pack_type="B", reconciliation=reconciliation)


@pytest.fixture
def book(pack: Pack) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(render_workbook(pack)))


@pytest.fixture
def pdfium() -> ModuleType:
    """The reader of PDFs; where it is missing, fail in CI and skip elsewhere."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("weasyprint")
        pytest.importorskip("pypdfium2")
    return importlib.import_module("pypdfium2")


def xml(book: zipfile.ZipFile, prefix: str) -> list[ET.Element]:
    return [
        ET.fromstring(book.read(name))  # noqa: S314  our own output
        for name in book.namelist()
        if name.startswith(prefix) and name.endswith(".xml")
    ]


def test_the_same_pack_gives_the_same_workbook(pack: Pack) -> None:
    assert render_workbook(pack) == render_workbook(pack)


def test_every_table_of_the_pack_has_a_sheet_behind_cover_contents_and_notes(
    pack: Pack, book: zipfile.ZipFile
) -> None:
    (workbook,) = xml(book, "xl/workbook")
    names = [sheet.get("name", "") for sheet in workbook.iter(f"{MAIN}sheet")]
    tables = [table for section in pack.sections for table in section.tables]
    assert names[:3] == ["Cover", "Contents", "Notes"]
    assert len(names) == len(set(names)) == 3 + len(tables)
    assert len(xml(book, "xl/tables/")) == len(names)


def test_sheets_hold_one_named_table_without_merges_filters_or_frozen_panes(
    book: zipfile.ZipFile,
) -> None:
    for table in xml(book, "xl/tables/"):
        headers = [column.get("name") for column in table.iter(f"{MAIN}tableColumn")]
        assert len(headers) == len(set(headers))
        assert (table.get("ref") or "").startswith("A3:")
        assert table.find(f"{MAIN}autoFilter") is None
    for sheet in xml(book, "xl/worksheets/"):
        cells = {cell.get("r") for cell in sheet.iter(f"{MAIN}c")}
        assert "A1" in cells
        assert not {"mergeCell", "autoFilter", "pane", "f"} & {
            element.tag.removeprefix(MAIN) for element in sheet.iter()
        }
        assert all(list(row) for row in sheet.iter(f"{MAIN}row"))


def test_fonts_are_arial_of_12_points_or_more(book: zipfile.ZipFile) -> None:
    (styles,) = xml(book, "xl/styles")
    fonts = styles.find(f"{MAIN}fonts")
    assert fonts is not None
    for font in fonts:
        name, size = font.find(f"{MAIN}name"), font.find(f"{MAIN}sz")
        assert name is not None
        assert size is not None
        assert (name.get("val"), float(size.get("val") or 0) >= 12) == ("Arial", True)


def test_a_cell_that_looks_like_a_formula_stays_text(make_pack: Callable[..., Pack]) -> None:
    content = render_workbook(make_pack(provider_name='=HYPERLINK("x")'))
    book = zipfile.ZipFile(io.BytesIO(content))
    assert not [cell for sheet in xml(book, "xl/worksheets/") for cell in sheet.iter(f"{MAIN}f")]
    assert "=HYPERLINK" in text_of(content)


def test_symbols_are_explained_and_empty_cells_say_so(book: zipfile.ZipFile) -> None:
    (strings,) = xml(book, "xl/sharedStrings")
    said = [text for text in strings.itertext() if text.strip()]
    for symbol in ("* stands for", "[x] stands for", "[z] stands for"):
        assert any(text.startswith(symbol) for text in said)
    assert "cannot tell" not in said
    assert "[x]" in said


def test_only_an_internal_workbook_carries_the_banner_on_every_sheet(
    make_pack: Callable[..., Pack],
) -> None:
    internal = zipfile.ZipFile(io.BytesIO(render_workbook(make_pack(profile="internal"))))
    sheets = xml(internal, "xl/worksheets/")
    headers = [element.text or "" for sheet in sheets for element in sheet.iter(f"{MAIN}oddHeader")]
    assert len(headers) == len(sheets)
    assert all("Internal: exact counts" in header for header in headers)
    assert "Internal: exact counts" not in text_of(render_workbook(make_pack()))


def test_the_gate_reads_workbooks(make_pack: Callable[..., Pack]) -> None:
    clean, planted = make_pack(), make_pack(provider_name="Trust of 9434765919 LS1 4AP")
    check_privacy({"pack.xlsx": render_workbook(clean)}, pack=clean)
    with pytest.raises(PrivacyError) as refused:
        check_privacy({"pack.xlsx": render_workbook(planted)})
    assert "pack.xlsx, the whole file: a number that passes" in str(refused.value)
    assert "pack.xlsx, the whole file: text in the form of a postcode" in str(refused.value)


def test_columns_of_patients_are_refused_in_a_workbook(book: zipfile.ZipFile) -> None:
    assert '"Measure"' in text_of(open_bytes(book))


def open_bytes(book: zipfile.ZipFile) -> bytes:
    assert isinstance(book.fp, io.BytesIO)
    return book.fp.getvalue()


def test_without_the_extra_a_workbook_names_it(
    make_pack: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(OutputError, match=r"mhsds-recon\[excel\]"):
        render_workbook(make_pack())


def test_without_the_extra_a_pdf_names_it(
    make_pack: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(OutputError, match=r"mhsds-recon\[pdf\]"):
        render_pdf(make_pack())


def test_a_pdf_is_tagged_the_same_twice_and_read_by_the_gate(
    make_pack: Callable[..., Pack], pdfium: ModuleType
) -> None:
    pack = make_pack()
    content = render_pdf(pack)
    assert content == render_pdf(pack)
    with pdfium.PdfDocument(content) as document:
        assert document.is_tagged()
    text = text_of(content)
    assert "Sign-off pack for September 2025" in text
    check_privacy({"pack.pdf": content}, pack=pack)
    planted = render_pdf(make_pack(provider_name="Trust of 9434765919"))
    with pytest.raises(PrivacyError, match=r"pack\.pdf, the whole file: a number"):
        check_privacy({"pack.pdf": planted})


def test_the_first_three_sections_fit_one_printed_side(
    make_pack: Callable[..., Pack],
    month: SimpleNamespace,
    reconciliation: Reconciliation,
    pdfium: ModuleType,
) -> None:
    """With every group asked about, and five things that changed."""
    values = {**month.values, "LOC09": 260, "ED88": 35}
    pack = make_pack(
        pack_type="B",
        reconciliation=reconciliation,
        provider_name="A Long Name " * 3,
        figures=month.figures(values),
        previous_figures=month.figures_before({**values, "MHS95": 990}),
        previous_validation=month.validation_before(
            failures=month.failures[:2], file_codes=("MHSREJ002",)
        ),
        trends=(month.trend("MHS30d", [880.0 + place % 4 * 20 for place in range(17)] + [1200.0]),),
        cut_off=load_cut_offs().of(ReportingPeriod(2025, 9)),
    )
    by_name = {section.id: section for section in pack.sections}
    assert len(by_name["changes"].sentences) == 5
    assert len(by_name["sign-off"].tables[0].rows) == 6
    with pdfium.PdfDocument(render_pdf(pack)) as document:
        first, second = (document[page].get_textpage().get_text_bounded() for page in (0, 1))
    assert "One decision for each group" in first
    assert re.search(r"Submission\s+health", second)
    assert "One decision for each group" not in second
