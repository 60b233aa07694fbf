"""What the commands print: short texts for a terminal, without any value of a record."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mhsds_recon.reporting.failures import meaning
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table
from mhsds_recon.reporting.unassessed import by_reason
from mhsds_recon.validation.baseline import count_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import Standard
    from mhsds_recon.testing import PlantedError
    from mhsds_recon.validation import Validation
    from mhsds_recon.validation.baseline import Baseline, Failure

__all__ = ["planted_text", "reconciliation_text", "standard_text", "validation_text"]

SHAPE = {"SHAPE01", "SHAPE02"}
_MOST_RULES = 15


def validation_text(
    validation: Validation,
    written: Iterable[Path],
    *,
    baseline: Baseline | None = None,
    width: int = WIDTH,
) -> str:
    """Return verdict, rows by table with rejections, the failures, and the paths.

    Args:
        validation: What was found.
        written: Where the results are.
        baseline: Known failures; new, known and cleared ones are then shown apart.
        width: Columns of the terminal.
    """
    failures = count_failures(validation, baseline)
    parts = [_verdict_text(validation, width)]
    tables = validation.by_table().rows(named=True)
    touched = [row for row in tables if row["rejected"] or row["warnings"]]
    if touched:
        header = ("table", "submitted", "accepted", "rejected", "warnings")
        rows = ([row[name] for name in header] for row in touched)
        parts.append(table(header, rows, width=width))
    now = [failure for failure in failures if failure.rows and failure.level != "file_rejected"]
    standard = validation.standard
    if baseline is None:
        most_first = sorted(now, key=lambda failure: -failure.rows)
        parts.append(_failure_table(most_first, standard, width))
    else:
        parts += _against_baseline(failures, standard, width)
    if validation.not_assessed:
        parts.append(_unassessed_text(validation, width))
    parts.append("\n".join(paths(written)))
    return "\n\n".join(part for part in parts if part)


def reconciliation_text(reconciliation: Reconciliation, written: Iterable[Path]) -> str:
    """Return how many figures have each result, and the paths."""
    rows = reconciliation.counts().select("result", "rows").rows()
    return "\n".join([table(("result", "figures"), rows), "", *paths(written)])


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
    return table(header, rows)


def standard_text(standard: Standard, *, width: int = WIDTH) -> str:
    """Return how much of each kind of definition a version holds."""
    kinds = Counter(type(rule.check).__name__ for rule in standard.rules.values())
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    elements = sum(len(table.elements) for table in standard.tables.values())
    held = (
        f"{len(standard.tables)} tables, {elements} elements, {len(standard.code_lists)} code"
        f" lists, {len(standard.rules)} rules ({listed}), {len(standard.file_rules)} file rules,"
        f" {len(standard.measures)} measures, 0 custom rules."
    )
    return f"{standard.title}: no problems.\n{paragraph(held, width=width, indent='')}"


def _verdict_text(validation: Validation, width: int) -> str:
    extract, verdict = validation.extract, validation.file_verdict
    rules = validation.standard.file_rules
    reasons = "; ".join(f"{code}: {rules[code].meaning}" for code in verdict.codes)
    judged = "accepted." if verdict.accepted else f"REJECTED. {reasons}"
    accepted = validation.accepted
    rows = f"{accepted['submitted'].sum():,} submitted, {accepted['accepted'].sum():,} accepted"
    about = f"{extract.provider} {extract.period or 'period unreadable'}"
    found = validation.findings.height
    return "\n".join(
        [
            paragraph(f"{about}: the file would be {judged}", width=width, indent=""),
            f"Rows: {rows}.",
            f"Findings: {found:,}, of {validation.counts().height} kinds.",
        ]
    )


def _unassessed_text(validation: Validation, width: int) -> str:
    lines = [f"Not assessed: {len(validation.not_assessed)} rules"]
    for reason, codes in by_reason(validation.not_assessed, validation.standard).items():
        line = f"{reason[0].upper()}{reason[1:]}: {', '.join(codes)}"
        lines.append(paragraph(line, width=width))
    return "\n".join(lines)


def _against_baseline(failures: Sequence[Failure], standard: Standard, width: int) -> Iterable[str]:
    """Yield what is new, how much is known, and which entries of the baseline are stale."""
    new = [failure for failure in failures if failure.is_new]
    stale = [failure for failure in failures if failure.is_stale]
    known = [failure for failure in failures if failure.rows and not failure.is_new]
    cleared = sum(not failure.rows for failure in stale)
    yield (
        f"Against the baseline: {len(new)} new, {len(known)} known,"
        f" {cleared} cleared, {len(stale) - cleared} with fewer rows than stated."
    )
    if new:
        yield f"New\n{_failure_table(new, standard, width, known=True)}"
    if stale:
        rows = [(entry.rows, entry.known, entry.code, entry.table) for entry in stale]
        header = ("rows", "stated", "code", "table")
        hint = paragraph(
            "The baseline states more than still fails: write it anew with --update-baseline.",
            width=width,
            indent="",
        )
        listed = _with_rest(table(header, rows[:_MOST_RULES], width=width), len(rows))
        yield f"Cleared or fewer\n{listed}\n{hint}"


def _failure_table(
    failures: Sequence[Failure], standard: Standard, width: int, *, known: bool = False
) -> str:
    if not failures:
        return ""
    rows = [
        (
            failure.rows,
            *((failure.known,) if known else ()),
            failure.code,
            failure.level.replace("_", " "),
            f"{failure.table}: {meaning(failure, standard)}"
            if failure.table
            else meaning(failure, standard),
        )
        for failure in failures[:_MOST_RULES]
    ]
    header = ("rows", *(("known",) if known else ()), "code", "level", "what must hold")
    laid_out = table(header, rows, width=width)
    return _with_rest(laid_out, len(failures))


def _with_rest(laid_out: str, found: int) -> str:
    more = found - _MOST_RULES
    return f"{laid_out}\n... and {more:,} more: see summary.json." if more > 0 else laid_out


def _counted(validation: Validation) -> list[dict[str, Any]]:
    return validation.counts().to_dicts()


def _lost(error: PlantedError) -> list[tuple[str, int]]:
    return [(measure, -lost) for measure, lost in error.loss.items() if lost]
