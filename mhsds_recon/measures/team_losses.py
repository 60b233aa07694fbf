"""What each team's funnel comes to: where it starts, what counts, and where most is lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.disclosure import SUPPRESSED
from mhsds_recon.measures.hiding import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

__all__ = ["TeamLoss", "team_losses"]


@dataclass(frozen=True, kw_only=True)
class TeamLoss:
    """A team's funnel, as shown.

    Attributes:
        team: CareProfTeamLocalID, or UNKNOWN.
        first: What is left at the step that it starts from.
        counted: What is left at the last one.
        step: Name of the step at which most drop out, by what is shown; empty where no drop is.
        dropped: How many drop out there; ``*`` where fewer than 5 do at every step, null where it
            cannot be told.
    """

    team: str
    first: str
    counted: str
    step: str
    dropped: str | None


def team_losses(
    shown: pl.DataFrame, funnel_id: str, unit: str, start: int = 0
) -> tuple[TeamLoss, ...]:
    """Return the teams of a funnel, those first that start with most.

    Args:
        shown: As ``Funnels.shown`` returns it: only what it shows is looked at.
        funnel_id: The funnel.
        unit: Name of the unit.
        start: Number of the step to start from.
    """
    rows = (
        nw.from_native(shown)
        .filter(
            nw.col("funnel") == funnel_id,
            nw.col("unit") == unit,
            nw.col("number") >= start,
            ~nw.col("team").is_null(),
        )
        .with_columns(number("dropped").alias("size"), number("left").alias("amount"))
        .sort("team", "number")
        .rows(named=True)
    )
    teams = [list(steps) for _, steps in groupby(rows, key=itemgetter("team"))]
    teams.sort(key=lambda steps: -(steps[0]["amount"] or 0))
    return tuple(map(_loss, teams))


def _loss(steps: Sequence[dict[str, Any]]) -> TeamLoss:
    drops = steps[1:]
    largest = max(drops, key=lambda step: step["size"] or 0, default=steps[0])
    is_shown = bool(largest["size"])
    all_small = all(step["dropped"] == SUPPRESSED for step in drops)
    return TeamLoss(
        team=steps[0]["team"],
        first=steps[0]["left"],
        counted=steps[-1]["left"],
        step=largest["step"] if is_shown else "",
        dropped=largest["dropped"] if is_shown or all_small else None,
    )
