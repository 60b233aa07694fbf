"""What the rules found: submission health and rule failures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mhsds_recon.frames import SHAPE_MEANINGS
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.validation.messages import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.packs.material import Material

__all__ = ["failures_section", "health_section", "meaning_of"]

_TABLE_COLUMNS = (
    Column(name="Table"),
    Column(name="Rows submitted", kind="count"),
    Column(name="Rows accepted", kind="count"),
    Column(name="Rows rejected", kind="count"),
    Column(name="Warnings", kind="count"),
)
_FAILURE_COLUMNS = (
    Column(name="Rule", kind="code"),
    Column(name="What it means", kind="prose"),
    Column(name="Level"),
    Column(name="Table"),
    Column(name="Rows", kind="count"),
)
_WARNING_LEVELS = frozenset({"severity_1_warning", "warning"})


def health_section(material: Material) -> Section:
    """Return section 4.4: the verdict on the file and the rows of every table that has any."""
    say = material.words.say
    validation = material.inputs.validation
    warnings = _warnings(material)
    filled = [row for row in validation.by_table().iter_rows(named=True) if row["submitted"]]
    all_tables = len(material.inputs.standard.tables)
    not_assessed = len(validation.not_assessed)
    verdict = "file_accepted" if validation.file_verdict.accepted else "file_rejected"
    sentences = (
        say(verdict),
        say("tables_filled", all=all_tables, filled=len(filled), empty=all_tables - len(filled)),
        say("rules_not_assessed", count=not_assessed)
        if not_assessed
        else say("rules_all_assessed"),
    )
    tables = [_file_codes(material)] if validation.file_verdict.codes else []
    tables.append(
        Table(
            id="rows-by-table",
            caption="Rows of each table",
            columns=_TABLE_COLUMNS,
            rows=tuple(_table_row(material, row, warnings[row["table"]]) for row in filled),
        )
    )
    return Section(
        id="health",
        title=material.words.titles["health"],
        sentences=sentences,
        tables=tuple(tables),
        notes=(say("parts_note"),),
    )


def failures_section(material: Material) -> Section:
    """Return section 4.5: rules that failed, rejections first, then by rows as shown."""
    say = material.words.say
    title = material.words.titles["rule-failures"]
    failures = sorted(
        material.inputs.validation.counts().iter_rows(named=True),
        key=lambda failure: _rejections_first(material, failure),
    )
    if not failures:
        return Section(id="rule-failures", title=title, sentences=(say("failures_none"),))
    warning = sum(failure["level"] in _WARNING_LEVELS for failure in failures)
    table = Table(
        id="failed-rules",
        caption="Rules that failed",
        columns=_FAILURE_COLUMNS,
        rows=tuple(_failure_row(material, failure) for failure in failures),
    )
    sentence = say("failures_some", rejecting=len(failures) - warning, warning=warning)
    return Section(id="rule-failures", title=title, sentences=(sentence,), tables=(table,))


def meaning_of(material: Material, code: str) -> str:
    """Return what a rule asks, or what a finding about the file or its tables says, in words.

    Empty for a code that this version of the standard does not have.
    """
    standard = material.inputs.standard
    if code in standard.rules:
        return describe(standard.rules[code], standard)
    if code in SHAPE_MEANINGS:
        return SHAPE_MEANINGS[code]
    file_rule = standard.file_rules.get(code)
    return "" if file_rule is None else f"The file is rejected where {file_rule.meaning}."


def _file_codes(material: Material) -> Table:
    codes = material.inputs.validation.file_verdict.codes
    return Table(
        id="file-rejections",
        caption="Why the whole file would be rejected",
        columns=(Column(name="Code", kind="code"), Column(name="What it means", kind="prose")),
        rows=tuple((code, meaning_of(material, code)) for code in codes),
    )


def _table_row(material: Material, row: Mapping[str, Any], warnings: float) -> tuple[str, ...]:
    table = material.inputs.standard.tables.get(row["table"])
    name = row["table"] if table is None else f"{table.name} ({table.title})"
    parts = material.numbers.parts(row["submitted"], row["accepted"], row["rejected"])
    return (name, *(part.text for part in parts), material.numbers.count(warnings).text)


def _warnings(material: Material) -> Counter[str]:
    """Return the warnings of each table: the sum of its rules as shown, which tells no more."""
    warnings: Counter[str] = Counter()
    for failure in material.inputs.validation.counts().iter_rows(named=True):
        if failure["level"] in _WARNING_LEVELS:
            shown = material.numbers.count(failure["rows"])
            warnings[failure["table"]] += int(shown.number or 0)
    return warnings


def _rejections_first(material: Material, failure: Mapping[str, Any]) -> tuple[bool, float, str]:
    # Rows are compared as shown: the order of suppressed counts would tell them apart.
    shown = material.numbers.count(failure["rows"])
    return failure["level"] in _WARNING_LEVELS, -(shown.number or 0), failure["code"]


def _failure_row(material: Material, failure: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        failure["code"],
        meaning_of(material, failure["code"]),
        material.words.levels[failure["level"]],
        failure["table"],
        material.numbers.count(failure["rows"]).text,
    )
