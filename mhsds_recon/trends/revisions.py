"""How far Final figures move from Performance figures, and what the next Final may be.

The interval is distribution-free: if the next revision is drawn like the last ones, so that all
orders of them are equally likely, it falls between the k-th smallest and the k-th largest of n
revisions in at least (n + 1 - 2k) of (n + 1) cases. Between the smallest and the largest of
twelve that is 11 of 13; more cannot be claimed from twelve, whatever the formula.
Source: order statistics as in split conformal prediction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np

from mhsds_recon.trends.differences import FIGURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from mhsds_recon.standard import Measure

__all__ = ["FEWEST_REVISIONS", "NextFinal", "next_final", "revisions_by_measure"]

FEWEST_REVISIONS = 12
"""With fewer revisions no interval is given."""

_CUT_ONE_IN = 10
_BASE = 5


@dataclass(frozen=True, kw_only=True)
class NextFinal:
    """What the Final figure will be, going by past revisions.

    Attributes:
        performance: The Performance figure it starts from.
        low: The lower end, as it could be published.
        high: The upper end, likewise.
        hits: Of ``hits + misses`` months, in at least how many the Final lies within.
        misses: In at most how many it does not.
        revisions: How many revisions it rests on.
    """

    performance: float
    low: float
    high: float
    hits: int
    misses: int
    revisions: int

    @property
    def coverage(self) -> float:
        """The share of months in which the interval holds, at least."""
        return self.hits / (self.hits + self.misses)


def next_final(
    performance: float, revised: Sequence[tuple[float, float]], *, measure: Measure
) -> NextFinal | None:
    """Return an interval for the Final figure that will follow a Performance figure.

    Counts move by a share of themselves, percentages and waiting times by an amount. The ends
    are those of the widest interval left when as many revisions are cut off at each end as keep
    the coverage at 80% or more; they go outwards to the next value that can be published.

    Args:
        performance: The Performance figure as published, as a number.
        revised: Past pairs of a Performance and a Final figure of the same level, as published.
            Pairs that start from 0 say nothing about shares and are left out for counts.
        measure: Says what kind of figure it is.

    Returns:
        None where fewer than twelve revisions can be used, or where a count is 0.
    """
    is_count = measure.disclosure.endswith("_count")
    usable = [(was, became) for was, became in revised if was or not is_count]
    n = len(usable)
    if n < FEWEST_REVISIONS or (is_count and not performance):
        return None
    before, after = np.array(usable).T
    moves = np.sort(after / before if is_count else after - before)
    cut = (n + 1) // _CUT_ONE_IN
    ends = (moves[cut - 1], moves[n - cut])
    low, high = (float(performance * end if is_count else performance + end) for end in ends)
    base = _BASE if is_count else 1
    return NextFinal(
        performance=performance,
        low=max(math.floor(round(low / base, 9)) * base, 0),
        high=math.ceil(round(high / base, 9)) * base,
        hits=n + 1 - 2 * cut,
        misses=2 * cut,
        revisions=n,
    )


def revisions_by_measure(revisions: pl.DataFrame) -> pl.DataFrame:
    """Return how Final figures differed from Performance figures, by figure.

    Args:
        revisions: One row for each figure and month that has both: ``FIGURE``,
            reporting_period_end, performance_value, final_value; as
            ``history.History.revisions`` gives them. Rows where one is no number are left out.

    Returns:
        ``FIGURE``, revisions (how many), unchanged (how many of them moved nothing), and the
        lowest, median and highest revision, in units of the figure.
    """
    rows: nw.LazyFrame[Any] = nw.from_native(revisions.lazy())
    moved = rows.with_columns(
        move=nw.col("final_value") - nw.col("performance_value"),
    ).filter(~nw.col("move").is_null())
    found: pl.DataFrame = (
        moved.group_by(*FIGURE)
        .agg(
            revisions=nw.len().cast(nw.Int64),
            unchanged=(nw.col("move") == 0).sum().cast(nw.Int64),
            lowest=nw.col("move").min(),
            median=nw.col("move").median(),
            highest=nw.col("move").max(),
        )
        .sort(*FIGURE)
        .collect("polars")
        .to_native()
    )
    return found
