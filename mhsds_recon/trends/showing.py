"""A trend as readers may see it: disclosure control on figures, lines, gaps and signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.measures.disclosure import control, plain
from mhsds_recon.trends.differences import FIGURE
from mhsds_recon.trends.trend import without_small_numbers

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.trends.review import Review
    from mhsds_recon.trends.trend import Trend

__all__ = ["SHOWN_COLUMNS", "shown", "shown_changes", "shown_repeats"]

SHOWN_COLUMNS = (
    "measure_id",
    "breakdown",
    "primary_level",
    "secondary_level",
    "period",
    "local",
    "published",
    "gap",
    "result",
    "phase",
    "mean",
    "lower",
    "upper",
    "signals",
)
"""The columns of a trend as shown."""

_LINES = ("mean", "lower", "upper")
_OF_ROWS = ("rule", "team")
_ENOUGH = 5.0


def shown(trend: Trend, *, exact: bool = False) -> pl.DataFrame:
    """Return the months of a trend as text, with ``SHOWN_COLUMNS``.

    Args:
        trend: From ``trend_of``.
        exact: Show exact values, to named readers inside the trust. Otherwise local figures and
            lines are shown as the publication shows such figures; gaps are taken between figures
            as shown; signals that would say something of a hidden figure are left out; and
            whether a figure agrees exactly or within rounding is not told.
    """
    rows = nw.from_native((trend if exact else without_small_numbers(trend)).points)
    rule, breakdown = nw.lit(trend.measure.disclosure), nw.lit(trend.breakdown)
    if exact:
        rows = rows.with_columns(
            plain(nw.col("local_exact").cast(nw.Float64)).alias("local"),
            *(plain(nw.col(line).round(1)).alias(line) for line in _LINES),
            plain(nw.col("gap").cast(nw.Float64)).alias("gap"),
        )
    else:
        gap = read_numbers(nw.col("local_published")) - read_numbers(nw.col("published"))
        rows = rows.with_columns(
            nw.col("local_published").alias("local"),
            *(
                nw.when(~nw.col(line).is_null())
                .then(_as_published(nw.col(line), rule, breakdown))
                .alias(line)
                for line in _LINES
            ),
            gap.cast(nw.Int64).cast(nw.String).alias("gap"),
            _without_rounding("result"),
        )
    named = rows.with_columns(
        measure_id=nw.lit(trend.measure.id),
        breakdown=breakdown,
        primary_level=nw.lit(trend.levels[0]),
        secondary_level=nw.lit(trend.levels[1]),
        phase=nw.col("phase").cast(nw.String),
    )
    table: pl.DataFrame = named.select(SHOWN_COLUMNS).to_native()
    return table


def shown_changes(changes: pl.DataFrame, *, exact: bool = False) -> pl.DataFrame:
    """Return differences from month to month without what would give exact values away."""
    rows = nw.from_native(changes)
    if not exact:
        told = (_without_rounding(name) for name in ("result_before", "result"))
        rows = rows.with_columns(*told).drop("gap_low", "gap_high", "residual")
    table: pl.DataFrame = rows.to_native()
    return table


def shown_repeats(review: Review, *, exact: bool = False) -> pl.DataFrame:
    """Return what comes back every month as one table.

    Returns:
        kind (figure, rule, team or cause), what, months_in_a_row, since, months and size as text:
        rows of a rule or team, after disclosure control unless ``exact``; figures of a cause.
    """
    kinds = {
        "figure": (review.figures, FIGURE[1:]),
        "rule": (review.rules, ("code", "table")),
        "team": (review.teams, ("team",)),
        "cause": (review.causes, ("cause_id",)),
    }
    size = nw.col("size").cast(nw.Float64)
    controlled = _as_published(size, nw.lit("bbrb_count"), nw.lit("Provider"))
    tables = [
        nw.from_native(rows).select(
            nw.lit(kind).alias("kind"),
            nw.concat_str(*by, separator=" ").str.strip_chars().alias("what"),
            "months_in_a_row",
            "since",
            "months",
            (controlled if kind in _OF_ROWS and not exact else plain(size)).alias("size"),
        )
        for kind, (rows, by) in kinds.items()
        if rows is not None
    ]
    table: pl.DataFrame = nw.concat(tables).to_native()
    return table


def _without_rounding(result: str) -> nw.Expr:
    """Return a result, not telling whether figures agree exactly or within rounding."""
    agrees = nw.col(result) == "agree_within_rounding"
    return nw.when(agrees).then(nw.lit("agree")).otherwise(nw.col(result)).alias(result)


def _as_published(line: nw.Expr, rule: nw.Expr, breakdown: nw.Expr) -> nw.Expr:
    """Return a line after disclosure control; none of our figures lies below 0."""
    enough = nw.lit(_ENOUGH)
    floored = nw.when(line < 0).then(nw.lit(0.0)).otherwise(line)
    return control(floored, enough, enough, rule, breakdown)
