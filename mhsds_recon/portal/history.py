"""Portal reports over months: which rules are new, stay or have gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from mhsds_recon.portal.report import PortalReport
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["portal_history"]

_SCHEMA = {
    "period": nw.String(),
    "code": nw.String(),
    "level": nw.String(),
    "rows": nw.Int64(),
    "previous_period": nw.String(),
    "previous_rows": nw.Int64(),
    "status": nw.String(),
    "version": nw.String(),
}

_Line = dict[str, str | int | None]


@dataclass(frozen=True, kw_only=True)
class _Month:
    """A report's period, the version of its form, and level and rows of each rule by code."""

    period: str
    version: str
    rules: Mapping[str, tuple[str | None, int]]


def portal_history(reports: Sequence[PortalReport]) -> pl.DataFrame:
    """Return what became of each rule from one report to the next.

    Args:
        reports: In any order; of several for one period the last given counts.

    Returns:
        period, code, level, rows, previous_period, previous_rows, status, version: one row per
        period and rule that its report or the one before it names, in order. ``status`` is
        ``new``, ``recurring`` or ``cleared`` (rows 0) against the last report of a submission
        that did not fail; ``first`` where there is none; ``failed`` for the rules of a submission
        that failed, in which nothing can be said to have cleared. ``version`` is the one in whose
        form the report names records: a code can mean something else in another. Counts only.

    Raises:
        UsageError: The period of a report is not known.
    """
    lines = list(_lines(_by_period(reports)))
    columns = {name: [line[name] for line in lines] for name in _SCHEMA}
    history: pl.DataFrame = nw.from_dict(columns, schema=_SCHEMA, backend="polars").to_native()
    return history


def _by_period(reports: Sequence[PortalReport]) -> dict[ReportingPeriod, PortalReport]:
    found: dict[ReportingPeriod, PortalReport] = {}
    for report in reports:
        if report.period is None:
            message = (
                f"The reporting period of '{report.file.name}' is not known: nothing in a report"
                " tells it. Give it when the report is read, or put the month into the file's name,"
                " such as 2025-09."
            )
            raise UsageError(message)
        found[report.period] = report
    return dict(sorted(found.items()))


def _lines(reports: Mapping[ReportingPeriod, PortalReport]) -> Iterator[_Line]:
    before: _Month | None = None
    for period, report in reports.items():
        rules = {code: (level, rows) for code, level, rows in report.counts().rows()}
        month = _Month(period=str(period), version=report.version, rules=rules)
        yield from _changes(month, before if report.completed else None, completed=report.completed)
        if report.completed:
            before = month


def _changes(month: _Month, before: _Month | None, *, completed: bool) -> Iterator[_Line]:
    """Yield what became of each rule of a month and of the one before it."""
    earlier = before.rules if before else {}
    for code in sorted(month.rules.keys() | earlier.keys()):
        level, rows = month.rules.get(code) or (earlier[code][0], 0)
        _, previous_rows = earlier.get(code, (None, 0))
        if before is None:
            status = "first" if completed else "failed"
        elif rows:
            status = "recurring" if previous_rows else "new"
        else:
            status = "cleared"
        yield {
            "period": month.period,
            "code": code,
            "level": level,
            "rows": rows,
            "previous_period": before.period if before else None,
            "previous_rows": previous_rows if before else None,
            "status": status,
            "version": month.version,
        }
