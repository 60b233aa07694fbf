"""Submission health: the verdict on the file, the rows of its tables now and before."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import CANNOT_TELL, Shown
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.checks import (
    failures_of,
    found_by_level,
    meaning_of,
    rejects,
    rows_by_table,
    table_title,
)
from mhsds_recon.packs.sections.portal import portal_sentences, portal_tables

if TYPE_CHECKING:
    from mhsds_recon.packs.material import Material

__all__ = ["health_section"]

_TABLE_COLUMNS = (
    Column(name="Table"),
    Column(name="Rows submitted", kind="count"),
    Column(name="Rows accepted", kind="count"),
    Column(name="Rows rejected", kind="count"),
    Column(name="Warnings", kind="count"),
)
_LEVEL_COLUMNS = (
    Column(name="Level"),
    Column(name="Rules that failed", kind="tally"),
    Column(name="Rows", kind="count"),
)
_MONTH_COLUMNS = (
    Column(name="Table"),
    Column(name="This month", kind="count"),
    Column(name="Last month", kind="count"),
    Column(name="Change", kind="change"),
    Column(name="Median of 12 months", kind="count"),
)
_FILE = "file_rejected"
_NONE = "-"


def health_section(material: Material) -> Section:
    """Return section 4.4: the verdict on the file, its tables over time, and the portal's view."""
    say = material.words.say
    validation = material.inputs.validation
    filled = rows_by_table(material)
    all_tables = len(material.inputs.standard.tables)
    not_assessed = len(validation.not_assessed)
    verdict = "file_accepted" if validation.file_verdict.accepted else "file_rejected"
    sentences = (
        say(verdict),
        say("tables_filled", all=all_tables, filled=len(filled), empty=all_tables - len(filled)),
        *_over_months(material, set(filled)),
        say("rules_not_assessed", count=not_assessed)
        if not_assessed
        else say("rules_all_assessed"),
        *portal_sentences(material),
    )
    warnings = _warnings(material)
    rows = Table(
        id="rows-by-table",
        caption="Rows of each table",
        columns=_TABLE_COLUMNS,
        rows=tuple(
            (
                table_title(material, name),
                *(part.text for part in parts),
                material.numbers.count(warnings[name]).text,
            )
            for name, parts in filled.items()
        ),
    )
    return Section(
        id="health",
        title=material.words.titles["health"],
        sentences=sentences,
        tables=(
            *_file_codes(material),
            _levels(material),
            rows,
            *_months(material, set(filled)),
            *portal_tables(material),
        ),
        notes=(say("parts_note"), say("months_note")),
    )


def _file_codes(material: Material) -> tuple[Table, ...]:
    codes = material.inputs.validation.file_verdict.codes
    table = Table(
        id="file-rejections",
        caption="Why the whole file would be rejected",
        columns=(Column(name="Code", kind="code"), Column(name="What it means", kind="prose")),
        rows=tuple((code, meaning_of(material, code)) for code in codes),
    )
    return (table,) if codes else ()


def _levels(material: Material) -> Table:
    """Return what was found at each level: files, groups, records and warnings."""
    found = found_by_level(material)
    file_codes = len(material.inputs.validation.file_verdict.codes)
    rows = []
    for level, name in material.words.levels.items():
        if level == _FILE:
            rows.append((name, str(file_codes), _NONE))
        elif level in found:
            # The sum of what is shown by rule tells no more than that.
            shown = material.numbers.count(found[level]["rows"])
            rows.append((name, f"{found[level]['rules']:g}", shown.text))
        else:
            rows.append((name, "0", "0"))
    return Table(
        id="findings-by-level",
        caption="Rules that failed and the rows that fail them, by level",
        columns=_LEVEL_COLUMNS,
        rows=tuple(rows),
    )


def _warnings(material: Material) -> Counter[str]:
    """Return the warnings of each table: the sum of its rules as shown, which tells no more."""
    warnings: Counter[str] = Counter()
    for failure, shown in failures_of(material):
        if not rejects(failure):
            warnings[failure["table"]] += int(shown.number or 0)
    return warnings


def _over_months(material: Material, filled: set[str]) -> tuple[str, ...]:
    """Return what can be said of the months before, and of tables that should have rows."""
    say, past, period = material.words.say, material.inputs.past, material.inputs.period
    known = len(past.year_before(period))
    if not known:
        return (say("months_unknown"),)
    sentences = [] if past.is_whole_year(period) else [say("months_too_few", known=known)]
    gone = _gone(material, filled)
    if not gone:
        return (*sentences, say("tables_none_gone", known=known))
    names = ", ".join(table_title(material, name) for name in gone)
    return (*sentences, say("tables_gone", known=known, tables=names))


def _gone(material: Material, filled: set[str]) -> list[str]:
    """Return the tables that had rows in most of the months before and have none now."""
    months = material.inputs.past.year_before(material.inputs.period)
    times = Counter(name for rows in months for name, count in rows.items() if count)
    return [
        name
        for name in material.inputs.standard.tables
        if name not in filled and 2 * times[name] > len(months)
    ]


def _months(material: Material, filled: set[str]) -> tuple[Table, ...]:
    """Return the rows of each table now, last month and in the middle of the year before."""
    past, period = material.inputs.past, material.inputs.period
    if not past.rows:
        return ()
    submitted = dict(material.inputs.validation.accepted.select("table", "submitted").rows())
    last = past.rows.get(period.back(1))
    shown = filled | {name for name in (last or {}) if (last or {})[name]}
    wanted = shown | set(_gone(material, filled))
    names = (name for name in material.inputs.standard.tables if name in wanted)
    rows = []
    for name in names:
        now = material.numbers.count(submitted.get(name, 0))
        before = material.numbers.count(None if last is None else last.get(name, 0))
        rows.append(
            (
                table_title(material, name),
                now.text,
                before.text,
                material.numbers.change(now, before).text,
                _middle(material, name).text,
            )
        )
    table = Table(
        id="rows-by-month",
        caption="Rows of each table beside earlier months",
        columns=_MONTH_COLUMNS,
        rows=tuple(rows),
    )
    return (table,)


def _middle(material: Material, name: str) -> Shown:
    """Return the median of the twelve months before, made of counts as each month shows them."""
    past, period = material.inputs.past, material.inputs.period
    if not past.is_whole_year(period):
        return Shown(text=CANNOT_TELL)
    months = (
        material.numbers.count(rows.get(name, 0)).number or 0 for rows in past.year_before(period)
    )
    return material.numbers.count(median(months))
