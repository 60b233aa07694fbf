"""The maturity estimate under disclosure control: no count of 1 to 4 can be worked out from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.disclosure import SUPPRESSED
from mhsds_recon.measures.hiding import HIDES_BELOW, SPARE, barely_reach, bounds, show
from mhsds_recon.standard.quality import VODIM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

__all__ = ["NOT_PUBLISHED", "RESULTS", "ShownMaturity", "score_in_words", "show_maturity"]

RESULTS = tuple(result.lower() for result in VODIM)
"""The results of a row, as columns."""

NOT_PUBLISHED = "-"
"""What stands for a result that an item does not publish."""

_USABLE, _UNUSABLE = RESULTS[:2], RESULTS[2:]
_ALL = 100.0


@dataclass(frozen=True, kw_only=True)
class ShownMaturity:
    """The maturity estimate as a reader may see it.

    Attributes:
        frame: The columns of ``Maturity.frame``, score_low and score_high. Counts are text: ``*``
            below 5, else the nearest 5, and ``-`` where the item does not publish the result; an
            item with fewer than 5 records is left out. A
            score that fewer than 5 rows make, or keep from 100%, is null and between score_low
            and score_high, which the counts shown allow. Then below_line is null unless both are
            on one side of the line, and would_add is null with it, or by the middle of what the
            counts allow.
        overall: Mean of the scores, in %, hidden ones by the middle. None where none is counted.
    """

    frame: pl.DataFrame = field(repr=False)
    overall: float | None


def show_maturity(frame: pl.DataFrame, line: float) -> ShownMaturity:
    """Return the items of a maturity estimate under disclosure control.

    Args:
        frame: As ``Maturity.frame``.
        line: The score that an item should reach, in %.
    """
    columns = list(frame.columns)
    items = _with_scores_shown(_with_counts_shown(nw.from_native(frame)), line)
    items = items.filter(nw.col("records") != SUPPRESSED)
    counted = items.filter("is_counted")
    return ShownMaturity(
        frame=items.select(*columns, "score_low", "score_high").to_native(),
        overall=counted["middle"].mean() if len(counted) else None,
    )


def score_in_words(item: Mapping[str, Any]) -> str:
    """Return the score of a row of ``ShownMaturity.frame``, or what it is over or under."""
    score, low, high = item["score"], item["score_low"], item["score_high"]
    if score is not None:
        return f"{score:.1f}"
    if low is None or (low <= 0 and high >= _ALL):
        return "cannot tell"
    return f"over {low:.1f}" if low > 0 else f"under {high:.1f}"


def _with_counts_shown(items: nw.DataFrame[pl.DataFrame]) -> nw.DataFrame[pl.DataFrame]:
    """Return items with counts as text, is_made_of_few and lacks_few (rows of its score).

    Some results are hidden where they would tell more of a hidden one than it shows: a score that
    is shown can tell exactly how many rows count and how many do not.
    """
    makes = (nw.col("records") * nw.col("score") / _ALL).round(6)
    shown = items.with_columns(
        (makes < HIDES_BELOW).alias("is_made_of_few"),
        (nw.col("records") - makes < HIDES_BELOW).alias("lacks_few"),
        *(_all(results).alias(name) for name, results in (("ok", _USABLE), ("bad", _UNUSABLE))),
    ).with_columns(
        nw.when(nw.col(name).is_null())
        .then(nw.lit(NOT_PUBLISHED))
        .otherwise(show(name))
        .alias(name)
        for name in ("records", *RESULTS)
    )
    is_hidden = nw.col("is_made_of_few") | nw.col("lacks_few")
    most = _at_most_few(_USABLE, "is_made_of_few") + _at_most_few(_UNUSABLE, "lacks_few")
    by_all = is_hidden & barely_reach(most - bounds("records")[0])
    told = shown.with_columns(
        (by_all | (~is_hidden & _is_told(results, total))).alias(f"{total}_is_told")
        for results, total in ((_USABLE, "ok"), (_UNUSABLE, "bad"))
    )
    return told.with_columns(
        nw.when(nw.col(f"{total}_is_told") & (nw.col(name) != NOT_PUBLISHED))
        .then(nw.lit(SUPPRESSED))
        .otherwise(nw.col(name))
        .alias(name)
        for results, total in ((_USABLE, "ok"), (_UNUSABLE, "bad"))
        for name in results
    )


def _with_scores_shown(
    items: nw.DataFrame[pl.DataFrame], line: float
) -> nw.DataFrame[pl.DataFrame]:
    """Return items with the scores that may be shown, else what the counts shown allow."""
    made_of_few, lacks_few = nw.col("is_made_of_few"), nw.col("lacks_few")
    is_hidden = made_of_few | lacks_few
    fewest, _ = bounds("records")
    # Of fewer records, to say that both parts are small would tell how small.
    few = nw.when(fewest > 2 * SPARE).then(HIDES_BELOW / fewest * _ALL)
    middle = few * SPARE / HIDES_BELOW / 2
    within = items.with_columns(
        nw.when(~is_hidden).then(nw.col("score").round(1)).alias("score"),
        nw.when(is_hidden & lacks_few & ~made_of_few).then(_ALL - few).alias("score_low"),
        nw.when(is_hidden & made_of_few & ~lacks_few).then(few).alias("score_high"),
        nw.when(made_of_few).then(middle).otherwise(_ALL - middle).alias("middle"),
    ).with_columns(nw.coalesce("score", "middle").alias("middle"))
    low, high = nw.col("score_low"), nw.col("score_high")
    is_below = (
        nw.when(low >= line)
        .then(nw.lit(value=False))
        .otherwise(nw.when(high < line).then(nw.lit(value=True)))
    )
    gain = nw.when(nw.col("is_counted")).then(line - nw.col("middle")).otherwise(nw.lit(0.0))
    of_all = max(1, int(items["is_counted"].sum()))
    said = nw.when(is_below).then(gain / of_all).otherwise(nw.when(~is_below).then(nw.lit(0.0)))
    return within.with_columns(
        nw.when(is_hidden).then(is_below).otherwise(nw.col("below_line")).alias("below_line"),
        nw.when(is_hidden).then(said).otherwise(nw.col("would_add")).alias("would_add"),
        nw.when(is_hidden).then(low.fill_null(0.0)).alias("score_low"),
        nw.when(is_hidden).then(high.fill_null(_ALL)).alias("score_high"),
    )


def _all(results: Sequence[str]) -> nw.Expr:
    return reduce(add, (nw.col(name).fill_null(0) for name in results))


def _is_told(results: Sequence[str], total: str) -> nw.Expr:
    """Return whether some results at their most barely reach a total that is known exactly.

    One of them must be hidden, or just not: else hiding them would tell that one is small.
    """
    return _has(results, SUPPRESSED, str(HIDES_BELOW)) & (_most(results) - nw.col(total) < SPARE)


def _has(results: Sequence[str], *texts: str) -> nw.Expr:
    return reduce(or_, (nw.col(name).is_in(texts) for name in results))


def _at_most_few(results: Sequence[str], is_few: str) -> nw.Expr:
    """Return the most rows of some results, which may be known to be few together."""
    most = _most(results)
    return nw.when(nw.col(is_few) & (most > SPARE)).then(nw.lit(float(SPARE))).otherwise(most)


def _most(results: Sequence[str]) -> nw.Expr:
    return reduce(add, (bounds(name)[1].fill_null(0) for name in results))
