"""What the commands print: short texts for a terminal, without any value of a record."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as TextTable

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.measures import describe as describe_measure
from mhsds_recon.validation.messages import describe as describe_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import polars as pl

    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import CodeList, Rule, Standard, Table
    from mhsds_recon.testing import PlantedError
    from mhsds_recon.validation import Validation

__all__ = [
    "definition_text",
    "planted_text",
    "reconciliation_text",
    "standard_text",
    "validation_text",
]

SHAPE = {"SHAPE01", "SHAPE02"}
_WIDTH = 110
_MOST_RULES = 15


def validation_text(validation: Validation, written: Iterable[Path]) -> str:
    """Return verdict, rows by table with rejections, the most frequent rules, and the paths."""
    extract, verdict = validation.extract, validation.file_verdict
    rules = validation.standard.file_rules
    reasons = "; ".join(f"{code}: {rules[code].meaning}" for code in verdict.codes)
    tables = validation.by_table().rows(named=True)
    touched = [row for row in tables if row["rejected"] or row["warnings"]]
    counts = validation.counts()
    judged = "accepted." if verdict.accepted else f"REJECTED. {reasons}"
    submitted, accepted = (sum(row[key] for row in tables) for key in ("submitted", "accepted"))
    found = validation.findings.height
    lines = [
        f"{extract.provider} {extract.period or 'period unreadable'}: the file would be {judged}",
        f"Rows: {submitted:,} submitted, {accepted:,} accepted.",
        f"Findings: {found:,}, of {counts.height} kinds.",
    ]
    if touched:
        header = ("table", "submitted", "accepted", "rejected", "warnings")
        lines += ["", _table(header, ([row[name] for name in header] for row in touched))]
    if counts.height:
        lines += ["", _rule_table(counts, validation.standard)]
    if counts.height > _MOST_RULES:
        lines.append(f"... and {counts.height - _MOST_RULES} more kinds: see summary.json.")
    if validation.not_assessed:
        lines += ["", f"Not assessed: {', '.join(validation.not_assessed)}"]
    return "\n".join([*lines, "", *_paths(written)])


def reconciliation_text(reconciliation: Reconciliation, written: Iterable[Path]) -> str:
    """Return how many figures have each result, and the paths."""
    rows = reconciliation.counts().select("result", "rows").rows()
    return "\n".join([_table(("result", "figures"), rows), "", *_paths(written)])


def planted_text(planted: Iterable[PlantedError], validation: Validation) -> str:
    """Return the errors planted in the validated month beside how many rows their rules name.

    A rule can name more rows than were planted: those that fall because the row above them did.
    """
    found = {(row["table"], row["code"]): row["rows"] for row in _counted(validation)}
    shape = {row["table"]: row["rows"] for row in _counted(validation) if row["code"] in SHAPE}
    rows = [
        (
            error.description,
            error.code,
            error.rows,
            shape.get(error.table, 0)
            if error.code == "shape"
            else found.get((error.table, error.code), 0),
            ", ".join(f"{measure} {lost:+}" for measure, lost in _lost(error)) or "nothing",
        )
        for error in planted
        if error.period == str(validation.extract.period)
    ]
    header = ("planted", "rule", "rows planted", "rows found", "takes from the figures")
    return _table(header, rows)


def _counted(validation: Validation) -> list[dict[str, Any]]:
    return validation.counts().to_dicts()


def _lost(error: PlantedError) -> list[tuple[str, int]]:
    return [(measure, -lost) for measure, lost in error.loss.items() if lost]


def standard_text(standard: Standard) -> str:
    """Return how much of each kind of definition a version holds."""
    kinds = Counter(type(rule.check).__name__ for rule in standard.rules.values())
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    elements = sum(len(table.elements) for table in standard.tables.values())
    return (
        f"{standard.title}: no problems.\n"
        f"{len(standard.tables)} tables, {elements} elements, {len(standard.code_lists)} code"
        f" lists, {len(standard.rules)} rules ({listed}), {len(standard.file_rules)} file rules,"
        f" {len(standard.measures)} measures, 0 custom rules."
    )


def definition_text(code: str, standard: Standard) -> str:
    """Return a rule, measure, table or code list in words.

    Raises:
        UsageError: Nothing has that name; the near miss is named.
    """
    if code in standard.rules:
        return _rule_text(standard.rules[code], standard)
    if code in standard.file_rules:
        return f"{code}: rejects the whole file where {standard.file_rules[code].meaning}."
    if code in standard.measures:
        return describe_measure(standard.measures[code])
    if code in standard.tables:
        return _table_text(standard.tables[code])
    if code in standard.code_lists:
        return _code_list_text(standard.code_lists[code])
    known = [
        *standard.rules,
        *standard.file_rules,
        *standard.measures,
        *standard.tables,
        *standard.code_lists,
    ]
    message = f"Nothing in version {standard.version} is called '{code}'.{near_miss(code, known)}"
    raise UsageError(message)


def _rule_text(rule: Rule, standard: Standard) -> str:
    element = rule.element
    spot = f"{rule.table}.{element}" if element else rule.table
    lines = [
        f"{rule.code}  {spot}  {rule.level.replace('_', ' ')}",
        describe_rule(rule, standard),
    ]
    if rule.identified_by:
        lines.append(f"A failing row is named by: {', '.join(rule.identified_by)}.")
    if rule.note:
        lines.append(f"Note: {rule.note}.")
    return "\n".join(lines)


def _table_text(table: Table) -> str:
    rows = (
        (element.name, element.uid, element.format, element.requirement, element.code_list or "")
        for element in table.elements
    )
    parent = f", below {table.parent} by {table.parent_key}" if table.parent else ""
    header = ("element", "uid", "format", "requirement", "code list")
    return f"{table.name}: {table.title}{parent}\n\n{_table(header, rows)}"


def _code_list_text(codes: CodeList) -> str:
    if not codes.codes:
        return f"{codes.name}: its codes are not published, so it cannot be tested."
    rows = ((code.code, code.meaning, code.valid_from) for code in codes.codes)
    note = f" ({codes.note})" if codes.note else ""
    return f"{codes.name}{note}\n\n{_table(('code', 'meaning', 'valid from'), rows)}"


def _rule_table(counts: pl.DataFrame, standard: Standard) -> str:
    rows = (
        (
            row["rows"],
            row["code"],
            row["level"].replace("_", " "),
            describe_rule(standard.rules[row["code"]], standard)
            if row["code"] in standard.rules
            else f"{row['table']} {row['element'] or ''}: not as the standard names it",
        )
        for row in counts.head(_MOST_RULES).iter_rows(named=True)
    )
    return _table(("rows", "code", "level", "what must hold"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    table = TextTable(box=None, pad_edge=False, header_style="")
    body = list(rows)
    for index, name in enumerate(header):
        numeric = all(isinstance(row[index], int) for row in body)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    target = io.StringIO()
    Console(file=target, width=_WIDTH, color_system=None, markup=False).print(table)
    return "\n".join(line.rstrip() for line in target.getvalue().splitlines())


def _paths(written: Iterable[Path]) -> list[str]:
    return [f"Written: {path}" for path in written]
