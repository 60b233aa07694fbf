"""Scores of closed referrals by tool and team: how many form a pair, and why others do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.disclosure import SUPPRESSED
from mhsds_recon.measures.funnels import assessed, rows_passed
from mhsds_recon.measures.hiding import HIDES_BELOW, show_steps
from mhsds_recon.measures.team_names import names_of_teams

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["ALL_TOOLS", "NOT_IN_LIST", "PAIRED", "UNLISTED", "Pairing", "count_pairing"]

ALL_TOOLS = "all tools"
UNLISTED = "tools that are not in the national list"
PAIRED = "paired"
"""What stands for the reason of a score that is first or last of a pair."""

NOT_IN_LIST = "not_in_list"
"""The reason of a score that cannot flow: the national list does not have its code."""

_TOGETHER = 3 * HIDES_BELOW
_FUNNEL, _DENOMINATOR = "paired_scores", "MHS110"


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """The scores of counted closed referrals, exactly: before disclosure control.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        tools: One row per tool (its name; ALL_TOOLS, UNLISTED) and reason: level (the tool),
            reason (as ``unpaired_because`` of ``referral_scores``, PAIRED, null for all of them
            together) and scores.
        teams: The same by local team (CareProfTeamLocalID, or UNKNOWN). A score of a referral of
            several teams is in each, so teams do not add up.
        team_names: What teams are called.
    """

    provider: str
    period: ReportingPeriod
    tools: pl.DataFrame = field(repr=False)
    teams: pl.DataFrame = field(repr=False)
    team_names: Mapping[str, str] = field(default_factory=dict)

    def shown(self, *, exact: bool = False) -> pl.DataFrame:
        """Return ``tools`` with scores as text, under disclosure control unless exact."""
        return _shown(self.tools, exact=exact)

    def shown_by_team(self, *, exact: bool = False) -> pl.DataFrame:
        """Return ``teams`` with scores as text, under disclosure control unless exact."""
        return _shown(self.teams, exact=exact)


def count_pairing(submissions: Submissions) -> Pairing | None:
    """Return the scores of the referrals that MHS110 counts; None where it cannot be counted."""
    funnels, _ = assessed(submissions, [_FUNNEL])
    if not funnels:
        return None
    (funnel,) = funnels
    steps = [number for number, step in enumerate(funnel.steps) if step.measure == _DENOMINATOR]
    also = {
        "tool": nw.col("tool_name").fill_null(nw.lit(UNLISTED)),
        "reason": nw.col("unpaired_because").fill_null(nw.lit(PAIRED)),
    }
    scores = rows_passed(submissions, funnel, also).filter(
        nw.col("passed") > steps[0], ~nw.col("score_key").is_null()
    )
    levels = ("tool", funnel.team or "tool")
    tools, teams = submissions.engine.collect([_counted(scores, level) for level in levels])
    by_tool = nw.from_native(tools)
    together = by_tool.group_by("reason").agg(nw.col("scores").sum())
    all_tools = together.select(nw.lit(ALL_TOOLS).alias("level"), "reason", "scores")
    return Pairing(
        provider=submissions.provider,
        period=submissions.period,
        tools=_with_sums(nw.concat([by_tool, all_tools])),
        teams=_with_sums(nw.from_native(teams)),
        team_names=names_of_teams(submissions),
    )


def _counted(scores: nw.LazyFrame[Any], level: str) -> nw.LazyFrame[Any]:
    """Return how many scores there are, each once at every level that it has."""
    once = scores.select(nw.col(level).alias("level"), "reason", "score_key").unique()
    return once.group_by("level", "reason").agg(scores=nw.len())


def _with_sums(parts: nw.DataFrame[Any]) -> pl.DataFrame:
    """Return parts with all reasons together, which have none."""
    whole = parts.group_by("level").agg(nw.col("scores").sum())
    together = whole.with_columns(reason=nw.lit(None, dtype=nw.String))
    frame = nw.concat([parts, together.select("level", "reason", "scores")])
    ordered: pl.DataFrame = frame.sort("level", "reason").to_native()
    return ordered


def _shown(counted: pl.DataFrame, *, exact: bool) -> pl.DataFrame:
    """Return scores as text, under disclosure control unless exact.

    A level of fewer than 5 scores is left out, and with it the smallest others until those left
    out amount to 15: then no total tells a small count (as with local teams, ``parts``).
    Scores by reason are ``*`` below 8: they are what drops out between two steps of a funnel
    that is shown elsewhere, and 10 scores of which few are left tell 4 of fewer than 5.
    """
    rows = nw.from_native(counted)
    if exact:
        said: pl.DataFrame = rows.with_columns(nw.col("scores").cast(nw.String)).to_native()
        return said
    count, is_small = nw.col("scores"), nw.col("scores") < HIDES_BELOW
    left_out = nw.when(is_small).then(count).otherwise(0).sum()
    so_far = nw.when(~is_small).then(count).otherwise(0).cum_sum()
    too_little = (left_out > 0) & (
        left_out + so_far.over(order_by=["scores", "level"]) - count < _TOGETHER
    )
    named = rows.filter(nw.col("reason").is_null(), nw.col("level") != ALL_TOOLS).filter(
        ~is_small & ~too_little
    )
    levels = [*named.get_column("level").to_list(), ALL_TOOLS]
    steps = rows.filter(nw.col("level").is_in(levels)).select(
        funnel=nw.col("level"),
        unit=nw.lit("scores"),
        number=nw.lit(0),
        team=nw.col("reason"),
        left=count,
        dropped=nw.lit(None, dtype=nw.Int64),
    )
    is_told = nw.col("team").is_null() | (nw.col("left") != str(HIDES_BELOW))
    scores = nw.when(is_told).then(nw.col("left")).otherwise(nw.lit(SUPPRESSED))
    shown: pl.DataFrame = (
        nw.from_native(show_steps(steps.to_native()))
        .select(level=nw.col("funnel"), reason=nw.col("team"), scores=scores)
        .to_native()
    )
    return shown
