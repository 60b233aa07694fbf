"""Disclosure control where counts stand beside counts: what each of them shows, and together.

A count by itself follows ``disclosure``. Beside a total its parts can be worked out all the same
where they only just make it up: 10 stands for 8 to 12, so its two parts of 0 to 4 can only be 4
and 4. And a step less the step before is taken between what is shown, never between exact counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.measures.disclosure import SUPPRESSED, control, interval

if TYPE_CHECKING:
    import polars as pl

__all__ = ["HIDES_BELOW", "SPARE", "barely_reach", "bounds", "number", "show", "show_steps"]

_BASE = 5
HIDES_BELOW = 5
"""Counts below it are not shown."""

SPARE = HIDES_BELOW - 1
"""By how much parts at their largest must exceed their total, where it is known exactly.

With less to spare a hidden part would be known to be more than 0.
"""

_TELLS = 2
_STEP = ("funnel", "unit", "number")
_RULE = "bbrb_count"
_BREAKDOWN = "Provider"


def show(column: str) -> nw.Expr:
    """Return a column of counts as text: ``*`` below 5 or where null, else the nearest 5."""
    nothing = nw.lit(None, dtype=nw.Float64)
    count = nw.col(column).cast(nw.Float64)
    shown = control(count, nothing, nothing, nw.lit(_RULE), nw.lit(_BREAKDOWN))
    return shown.alias(column)


def number(column: str) -> nw.Expr:
    """Return a column of shown counts as numbers, null where they are hidden."""
    text = nw.col(column)
    return nw.when(text.str.contains("^[0-9]+$")).then(text).cast(nw.Float64).alias(column)


def bounds(column: str) -> tuple[nw.Expr, nw.Expr]:
    """Return the lowest and the highest count that a column of shown counts stands for."""
    return interval(nw.col(column), number(column), nw.lit(_RULE), nw.lit(_BREAKDOWN))


def _is_shown(column: str) -> nw.Expr:
    return nw.col(column) != SUPPRESSED


def barely_reach(spare: nw.Expr) -> nw.Expr:
    """Return whether parts at their largest so barely reach a rounded total that they must hide.

    With less than 4 to spare a hidden part would be known to be more than 0. Shown counts
    differ by fives, and so does what is to spare: with 5 or 6 parts hide as well, else hiding
    would tell that there is 0 or 1 to spare, and with it what the hidden parts are.

    Args:
        spare: Parts at their largest less their total at its smallest, both as shown.
    """
    whole = spare.cast(nw.Int64)
    return (whole < SPARE) | ((whole < _BASE + _TELLS) & (whole >= _BASE))


def show_steps(steps: pl.DataFrame) -> pl.DataFrame:
    """Return the steps of funnels under disclosure control.

    Args:
        steps: One row per funnel, unit, team (null for all teams together) and step, by number;
            a unit of all teams is in one team at least.

    Returns:
        The same with ``left`` and ``dropped`` as text. ``left`` is ``*`` below 5, else the
        nearest 5; teams show ``*`` at a step where all teams together would tell a hidden one.
        ``dropped`` is the difference of two steps as shown, ``*`` where that is below 5, null
        where one of them is hidden or there is no step before. A team of which nothing can be
        shown is left out: to name it would tell that it has somebody.
    """
    shown = nw.from_native(steps).with_row_index("place").with_columns(show("left"))
    told = _told_by_the_total(shown)
    hidden = nw.col("is_told").fill_null(value=False) & ~nw.col("team").is_null()
    before = nw.col("before").shift(1).over("funnel", "unit", "team", order_by="number")
    fewer = (before - nw.col("before")).cast(nw.Int64)
    dropped = (
        nw.when(fewer >= HIDES_BELOW)
        .then(fewer.cast(nw.String))
        .otherwise(nw.when(~fewer.is_null()).then(nw.lit(SUPPRESSED)))
    )
    rows: pl.DataFrame = (
        shown.join(told, on=list(_STEP), how="left")
        .with_columns(
            nw.when(hidden).then(nw.lit(SUPPRESSED)).otherwise(nw.col("left")).alias("left")
        )
        .filter(nw.col("team").is_null() | _is_shown("left").any().over("funnel", "unit", "team"))
        .with_columns(number("left").alias("before"))
        .with_columns(dropped.alias("dropped"))
        .sort("place")
        .select(steps.columns)
        .to_native()
    )
    return rows


def _told_by_the_total(shown: nw.DataFrame[pl.DataFrame]) -> nw.DataFrame[pl.DataFrame]:
    """Return the steps at which all teams together tell more of a hidden team than it shows."""
    low, high = bounds("left")
    teams = (
        shown.filter(~nw.col("team").is_null())
        .with_columns(high.alias("high"), (nw.col("left") == SUPPRESSED).alias("is_hidden"))
        .group_by(*_STEP)
        .agg(nw.col("high").sum(), nw.col("is_hidden").any())
    )
    together = shown.filter(nw.col("team").is_null()).with_columns(low.alias("low"))
    return (
        together.join(teams, on=list(_STEP))
        .filter("is_hidden", barely_reach(nw.col("high") - nw.col("low")))
        .select(*_STEP, is_told=nw.lit(value=True))
    )
