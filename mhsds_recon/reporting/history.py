"""What the ``history`` commands print: past runs, what files changed, if the chain is whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from mhsds_recon.reporting.layout import WIDTH, paragraph, table

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.history import History, PastRun, PublishedChanges, Verification

__all__ = ["changes_text", "history_text", "past_run_text", "verification_text"]

_MOST_LINES = 20
_CHANGE = (
    "measure_id",
    "breakdown",
    "primary_level",
    "secondary_level",
    "reporting_period_end",
    "kind",
    "earlier_published",
    "published",
)
_STEP = ("measure_id", "breakdown", "primary_level", "cause_id", "size", "evidence")


def history_text(runs: pl.DataFrame, files: pl.DataFrame, *, width: int = WIDTH) -> str:
    """Return past runs and published files, earliest first.

    Args:
        runs: As ``History.runs`` gives them.
        files: As ``History.published_files`` gives them.
        width: Columns of the terminal.
    """
    if runs.is_empty() and files.is_empty():
        return "Nothing is remembered yet."
    parts = []
    if not runs.is_empty():
        names = ("run", "recorded_at", "verb", "provider", "period", "software", "standard")
        parts.append(table(names, _cells(runs, names), width=width))
    if not files.is_empty():
        names = ("entry", "recorded_at", "provider", "file", "status", "last_end", "rows")
        parts.append(table(names, _cells(files, names), width=width))
    return "\n\n".join(parts)


def past_run_text(past: PastRun, *, width: int = WIDTH) -> str:
    """Return what is remembered of a run, its longest lists cut short."""
    facts = past.facts
    verdict = {True: "the file was accepted", False: "the file was rejected"}
    head = [f"{facts['verb']} of {facts['provider']} {facts['period'] or ''}".rstrip()]
    head.append(f"  recorded {_cell(facts['recorded_at'])} as entry {facts['run']}")
    head.append(f"  software {facts['software']}, standard {facts['standard']}")
    if facts["file_accepted"] is not None:
        head.append(f"  {verdict[facts['file_accepted']]}")
    results = past.comparisons.group_by("result").len(name="figures").sort("result")
    listed = {
        "read and written": (past.files, ("role", "name", "rows", "sha256")),
        "rows by table": (past.tables, ("table", "submitted", "accepted")),
        "rules": (past.rules.sort("rows", descending=True), ("code", "level", "table", "rows")),
        "comparisons": (results, ("result", "figures")),
        "steps": (past.steps, _STEP),
    }
    parts = ["\n".join(head)]
    parts += [_section(title, rows, names, width) for title, (rows, names) in listed.items()]
    parts.append(f"figures: {past.figures.height:,}")
    return "\n\n".join(part for part in parts if part)


def changes_text(changes: PublishedChanges, *, width: int = WIDTH) -> str:
    """Return what published files changed and which reconciliations no longer stand.

    Empty where nothing did.
    """
    lines = [
        f"{file}: {kind}, {figures:,} figures, {changed:,} with another value"
        for file, kind, figures, changed in changes.counts().rows()
        if kind != "repeat"
    ]
    changed = changes.frame.filter(changes.frame["is_changed"])
    if not changed.is_empty():
        lines.append(_section("changed values", changed, _CHANGE, width))
    for opened in changes.reopened:
        measures = ", ".join(opened.measure_ids)
        text = (
            f"Reopened: the reconciliation of {opened.provider} {opened.period} (run"
            f" {opened.run}) compared other values for {measures}. Run reconcile again."
        )
        lines.append(paragraph(text, width=width, indent=""))
    return "\n".join(lines)


def verification_text(verification: Verification, history: History) -> str:
    """Return whether the chain is whole, what is not, and the last hash to keep elsewhere."""
    head = f"{history.place}: {verification.entries:,} entries"
    if verification.is_whole:
        return f"{head}, all as they were recorded.\nLast hash: {verification.last}"
    return "\n".join([f"{head}. Not as they were recorded:", *verification.problems])


def _section(title: str, rows: pl.DataFrame, names: tuple[str, ...], width: int) -> str:
    if rows.is_empty():
        return ""
    parts = [f"{title}:", table(names, _cells(rows.head(_MOST_LINES), names), width=width)]
    if rows.height > _MOST_LINES:
        parts.append(f"... and {rows.height - _MOST_LINES:,} more.")
    return "\n".join(parts)


def _cells(rows: pl.DataFrame, names: tuple[str, ...]) -> list[list[str | int]]:
    return [[_cell(value) for value in row] for row in rows.select(names).iter_rows()]


def _cell(value: object) -> str | int:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return value
    return "" if value is None else str(value)
