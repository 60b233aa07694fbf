"""Hiding more figures, so that what is hidden cannot be had by subtraction.

Where a figure of a local breakdown is hidden because it is small, the smallest that are shown of
the same total are hidden with it until those hidden together amount to 15 at least: three times
the smallest count that is shown. Then no rounded total tells a count of 1 to 4, not even to
somebody who knows this rule; with less it can (7 and 7 beside 4 make 18, the least that is shown
as 20). Lines are looked at one by one: the teams of a measure, and the second levels of a team or
of the provider. What is part of a hidden total is hidden too.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import narwhals as nw

from mhsds_recon.measures.hiding import HIDES_BELOW
from mhsds_recon.standard.publication import NO_LEVEL, SUPPRESSED

__all__ = ["hide_more"]

_PROVIDER = "Provider;"
_TOGETHER = 3 * HIDES_BELOW
_LINES = (
    ("measure_id", "breakdown", "secondary_level"),
    ("measure_id", "breakdown", "primary_level"),
)
_PARTS = ("part", "part_of_share")


def hide_more(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return figures with further values of local breakdowns hidden.

    A percentage, mean or percentile goes by the counts that it is made of, since it could be
    turned into them.

    Args:
        rows: The frame of ``Figures`` with is_local (its breakdown is) and is_amount (its value
            is a count or a sum).
    """
    parts = rows.with_columns(
        nw.when(nw.col("is_amount")).then("exact_value").otherwise("numerator").alias(_PARTS[0]),
        nw.when(~nw.col("is_amount")).then("denominator").alias(_PARTS[1]),
    )
    is_small = (nw.col("measure_value") == SUPPRESSED) | _is_small(_PARTS[0]) | _is_small(_PARTS[1])
    parts = parts.with_columns((nw.col("is_local") & is_small).alias("hidden"))
    before = -1
    while before != (before := int(parts["hidden"].sum())):
        for part, line in product(_PARTS, _LINES):
            parts = parts.with_columns(nw.col("hidden") | _smallest_shown(part, line))
        parts = parts.with_columns(nw.col("hidden") | _is_part_of_hidden())
    shown = nw.when(~nw.col("hidden")).then("measure_value").otherwise(nw.lit(SUPPRESSED))
    return parts.with_columns(shown.alias("measure_value")).drop(*_PARTS, "hidden")


def _is_small(part: str) -> nw.Expr:
    return (nw.col(part) < HIDES_BELOW).fill_null(value=False)


def _smallest_shown(part: str, line: tuple[str, ...]) -> nw.Expr:
    """Return which shown parts of a line are hidden with those that are, smallest first."""
    value, hidden = nw.col(part), nw.col("hidden")
    sum_hidden = nw.when(hidden).then(value).sum().over(*line)
    shown = nw.when(~hidden).then(value)
    so_far = shown.cum_sum().over(*line, order_by=[part, "primary_level", "secondary_level"])
    too_little = (sum_hidden > 0) & (sum_hidden + so_far - value < _TOGETHER)
    return nw.col("is_local") & too_little.fill_null(value=False)


def _is_part_of_hidden() -> nw.Expr:
    """Return what a hidden total of a team, or of a second level of the provider, is made of."""
    of_team = nw.col("hidden") & (nw.col("secondary_level") == NO_LEVEL)
    of_level = nw.col("hidden") & nw.col("breakdown").str.starts_with(_PROVIDER)
    return nw.col("is_local") & (
        of_team.any().over("measure_id", "primary_level")
        | of_level.any().over("measure_id", "secondary_level")
    )
