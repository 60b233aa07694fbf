"""Differences from month to month: new, persisting, closed; and what comes back every month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["FIGURE", "Change", "changes_between", "repeats"]

Change = Literal["new", "persisting", "closed", "not_compared"]

FIGURE = (
    "provider",
    "measure_id",
    "breakdown",
    "primary_level",
    "secondary_level",
    "further_levels",
)
"""What identifies a figure, whatever the month."""

_AGREES = ("agree", "agree_within_rounding", "suppressed_consistent")
_KEPT = ("result", "gap_low", "gap_high", "residual")


def changes_between(
    reconciled: pl.DataFrame, before: ReportingPeriod, now: ReportingPeriod
) -> pl.DataFrame:
    """Return the figures that differ from the published ones in one of two months, or in both.

    Args:
        reconciled: Figures of several months, each once a month: ``FIGURE``,
            reporting_period_end, result, gap_low, gap_high, residual.
        before: The earlier month.
        now: The later month.

    Returns:
        ``FIGURE``, change, result_before and what ``reconciled`` says of the later month. A
        change is ``new`` (did not differ before, or was not compared), ``persisting``, ``closed``
        (agrees now) or ``not_compared`` (differed before, and cannot be compared now).
    """
    rows = nw.from_native(reconciled)
    earlier = _of_month(rows, before).select(*FIGURE, result_before="result")
    later = _of_month(rows, now).select(*FIGURE, *_KEPT)
    either = earlier.join(later, on=list(FIGURE), how="full", suffix="_later").with_columns(
        nw.coalesce(name, f"{name}_later").alias(name) for name in FIGURE
    )
    differed, differs = (
        nw.col(name).str.starts_with("differs").fill_null(value=False)
        for name in ("result_before", "result")
    )
    change = (
        nw.when(differed & differs)
        .then(nw.lit("persisting"))
        .when(differs)
        .then(nw.lit("new"))
        .when(differed & nw.col("result").is_in(_AGREES).fill_null(value=False))
        .then(nw.lit("closed"))
        .when(differed)
        .then(nw.lit("not_compared"))
    )
    changed = either.with_columns(change=change).filter(~nw.col("change").is_null())
    columns = (*FIGURE, "change", "result_before", *_KEPT)
    found: pl.DataFrame = changed.select(columns).sort("change", *FIGURE).to_native()
    return found


def repeats(rows: pl.DataFrame, by: Sequence[str], *, now: ReportingPeriod) -> pl.DataFrame:
    """Return what is there in a month, and for how many months in a row it has been.

    A month for which nothing was kept ends a row: what it would have shown is not known.

    Args:
        rows: Any rows with period (CCYY-MM), the columns of ``by``, and ``size``, a number.
        by: What one offender is told by, such as rule and table, team, or cause.
        now: The month. Later ones are left out.

    Returns:
        ``by``, months_in_a_row, since (CCYY-MM, the first of them), months (of all that were
        given) and size (the sum in this month); the longest row first, then the largest size.
    """
    number = nw.col("period").str.slice(0, 4).cast(nw.Int64) * 12 + nw.col("period").str.slice(
        5, 2
    ).cast(nw.Int64)
    back = now.year * 12 + now.month - number
    by_month = (
        nw.from_native(rows.lazy())
        .filter(nw.col("period") <= str(now))
        .group_by(*by, "period")
        .agg(nw.col("size").sum())
        .with_columns(back=back)
        .with_columns(place=nw.col("back").rank("ordinal").over(*by) - 1)
    )
    in_a_row = by_month.filter(nw.col("back") == nw.col("place"))
    current = in_a_row.group_by(*by).agg(
        months_in_a_row=nw.len().cast(nw.Int64), since=nw.col("period").min()
    )
    every = by_month.group_by(*by).agg(months=nw.len().cast(nw.Int64))
    size = by_month.filter(nw.col("back") == 0).select(*by, "size")
    joined = current.join(every, on=list(by)).join(size, on=list(by))
    found: pl.DataFrame = (
        joined.select(*by, "months_in_a_row", "since", "months", "size")
        .sort("months_in_a_row", "size", *by, descending=[True, True, *(False for _ in by)])
        .collect("polars")
        .to_native()
    )
    return found


def _of_month(rows: nw.DataFrame[Any], month: ReportingPeriod) -> nw.DataFrame[Any]:
    return rows.filter(nw.col("reporting_period_end") == month.end)
