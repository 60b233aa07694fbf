"""The levels of a breakdown: how rows are divided, and what each part is called."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import narwhals as nw
from msgspec import Struct

from mhsds_recon.standard.measures import Level

if TYPE_CHECKING:
    from mhsds_recon.standard.measures import Breakdown, Commissioner, Measure

__all__ = ["TEAM", "TEAM_ID", "Grouping", "grouping_of", "level_columns"]

UNKNOWN = "UNKNOWN"
TEAM = "team"
"""What a breakdown is `of` that looks at rows once for each of their teams."""
TEAM_ID = "CareProfTeamLocalID"
"""The column that names the team then."""
_WHOLE = ("England", "Provider")


class Grouping(Struct, frozen=True, kw_only=True):
    """How rows are divided, whatever the breakdown is called; all rows at once by default.

    Attributes:
        columns: The columns whose values divide them, one or two, the last one by ``levels``.
        within: The column of the first level, if that is one.
        of: Dimensions joined for it, with the months that a commissioner is taken from.
        by_team: Whether rows are there once for each of their teams.
    """

    columns: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    other: str | None = None
    blank: str | None = None
    of: tuple[tuple[str, Commissioner | None], ...] = ()
    by_team: bool = False


def grouping_of(breakdown: Breakdown, measure: Measure) -> Grouping:
    """Return how a breakdown divides the rows of a measure."""
    names = (breakdown.first, breakdown.second)
    return Grouping(
        columns=tuple(name for name in names if name is not None and name not in _WHOLE),
        within=() if breakdown.first in _WHOLE else (breakdown.first,),
        levels=breakdown.levels,
        other=breakdown.other,
        blank=breakdown.blank,
        of=tuple(
            (name, measure.commissioner if name == "commissioner" else None)
            for name in breakdown.of
            if name != TEAM
        ),
        by_team=TEAM in breakdown.of,
    )


def level_columns(grouping: Grouping) -> list[nw.Expr]:
    """Return expressions for ``level_1`` and perhaps ``level_2``; null leaves a row out."""
    *leading, last = grouping.columns
    found = [nw.col(name).cast(nw.String) for name in leading]
    found.append(_level(nw.col(last), grouping))
    return [level.alias(f"level_{place}") for place, level in enumerate(found, start=1)]


def _level(value: nw.Expr, grouping: Grouping) -> nw.Expr:
    known = value.cast(nw.String) if not grouping.levels else _text(grouping.other)
    for level in reversed(grouping.levels):
        known = nw.when(_belongs(value, level)).then(nw.lit(level.level)).otherwise(known)
    return nw.when(value.is_null()).then(_text(grouping.blank)).otherwise(known)


def _belongs(value: nw.Expr, level: Level) -> nw.Expr:
    if level.lowest is None and level.highest is None:
        return value.is_in(level.codes or (level.level,))
    ends = []
    if level.lowest is not None:
        ends.append(value >= level.lowest)
    if level.highest is not None:
        ends.append(value <= level.highest)
    return reduce(and_, ends)


def _text(value: str | None) -> nw.Expr:
    return nw.lit(value, dtype=nw.String)
