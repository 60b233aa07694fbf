"""Scores of closed referrals by tool: how many form a pair, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.measures.funnels import assessed, rows_passed
from mhsds_recon.measures.hiding import show_steps

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["ALL_TOOLS", "PAIRED", "UNLISTED", "Pairing", "count_pairing"]

ALL_TOOLS = "all tools"
UNLISTED = "tools that are not in the national list"
PAIRED = "paired"
"""What stands for the reason of a score that is first or last of a pair."""

_FUNNEL, _DENOMINATOR = "paired_scores", "MHS110"


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """The scores of counted closed referrals, exactly: before disclosure control.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per tool (its name; ALL_TOOLS, UNLISTED) and reason: tool, reason (as
            ``unpaired_because`` of ``referral_scores``, PAIRED, null for all of them together)
            and scores.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)

    def shown(self, *, exact: bool = False) -> pl.DataFrame:
        """Return the frame with scores as text, under disclosure control unless exact."""
        if exact:
            rows: pl.DataFrame = (
                nw.from_native(self.frame)
                .with_columns(nw.col("scores").cast(nw.String))
                .to_native()
            )
            return rows
        steps = nw.from_native(self.frame).select(
            funnel=nw.col("tool"),
            unit=nw.lit("scores"),
            number=nw.lit(0),
            team=nw.col("reason"),
            left=nw.col("scores"),
            dropped=nw.lit(None, dtype=nw.Int64),
        )
        shown = nw.from_native(show_steps(steps.to_native()))
        said: pl.DataFrame = shown.select(
            tool=nw.col("funnel"), reason=nw.col("team"), scores=nw.col("left")
        ).to_native()
        return said


def count_pairing(submissions: Submissions) -> Pairing | None:
    """Return the scores of the referrals that MHS110 counts; None where it cannot be counted.

    A score of a referral of several teams counts once.
    """
    funnels, _ = assessed(submissions, [_FUNNEL])
    if not funnels:
        return None
    (funnel,) = funnels
    steps = [number for number, step in enumerate(funnel.steps) if step.measure == _DENOMINATOR]
    also = {
        "tool": nw.col("tool_name").fill_null(nw.lit(UNLISTED)),
        "reason": nw.col("unpaired_because").fill_null(nw.lit(PAIRED)),
    }
    scores = (
        rows_passed(submissions, funnel, also)
        .filter(nw.col("passed") > steps[0], ~nw.col("score_key").is_null())
        .select("tool", "reason", "score_key")
        .unique()
        .group_by("tool", "reason")
        .agg(scores=nw.len())
    )
    (counted,) = submissions.engine.collect([scores])
    by_both = nw.from_native(counted)
    parts = [
        by_both,
        by_both.group_by("reason").agg(nw.col("scores").sum()).with_columns(tool=nw.lit(ALL_TOOLS)),
    ]
    by_tool = nw.concat([part.select("tool", "reason", "scores") for part in parts])
    whole = by_tool.group_by("tool").agg(nw.col("scores").sum())
    together = whole.with_columns(reason=nw.lit(None, dtype=nw.String))
    frame = nw.concat([by_tool, together.select("tool", "reason", "scores")])
    ordered: pl.DataFrame = frame.sort("tool", "reason").to_native()
    return Pairing(provider=submissions.provider, period=submissions.period, frame=ordered)
