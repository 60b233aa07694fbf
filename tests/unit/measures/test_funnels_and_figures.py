"""Funnels on the oracle's extracts: they end where the measures do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import PolarsEngine, open_extracts, read_reference
from mhsds_recon.measures import count, submissions_of
from mhsds_recon.measures.funnels import Funnels, count_funnels
from mhsds_recon.measures.pairing import ALL_TOOLS, PAIRED, count_pairing
from mhsds_recon.standard import ReportingPeriod, Standard

if TYPE_CHECKING:
    from pathlib import Path

SEPTEMBER = ReportingPeriod(2025, 9)
COUNTED_UNITS = ("referrals", "spells")


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Path:
    return shared / "oracle" / "measures"


@pytest.fixture(scope="module")
def funnels(oracle: Path, standard: Standard) -> Funnels:
    engine = PolarsEngine()
    return count_funnels(
        open_extracts(oracle / "input", standard=standard, engine=engine),
        standard=standard,
        period=SEPTEMBER,
        reference=read_reference(oracle, engine=engine),
        by_team=True,
    )


@pytest.mark.shared
def test_what_is_left_at_a_step_is_what_its_measure_counts(
    oracle: Path, standard: Standard, funnels: Funnels
) -> None:
    engine = PolarsEngine()
    steps = funnels.frame.filter(
        pl.col("team").is_null(),
        pl.col("measure_id").is_not_null(),
        (pl.col("unit").is_in(COUNTED_UNITS))
        | ((pl.col("unit") == "people") & (pl.col("funnel") == "access")),
    )
    figures = count(
        open_extracts(oracle / "input", standard=standard, engine=engine),
        standard=standard,
        period=SEPTEMBER,
        reference=read_reference(oracle, engine=engine),
        measure_ids=steps["measure_id"].unique().to_list(),
    )
    counted = dict(
        figures.frame.filter(breakdown="Provider").select("measure_id", "exact_value").iter_rows()
    )
    assert set(counted) == {"MHS95", "MHS110", "MHS111", "MHS112", "MHS112b", "MHS112d"} | {
        "MHS112f",
        "MHS113a",
        "MHS114a",
        "MHS115a",
        "MRS08",
    }
    for funnel, measure_id, left in steps.select("funnel", "measure_id", "left").iter_rows():
        assert left == counted[measure_id], (funnel, measure_id)


@pytest.mark.shared
def test_scores_by_tool_and_reason_are_those_of_the_funnel(
    oracle: Path, standard: Standard, funnels: Funnels
) -> None:
    engine = PolarsEngine()
    extracts = open_extracts(oracle / "input", standard=standard, engine=engine)
    reference = read_reference(oracle, engine=engine)
    found = count_pairing(submissions_of(extracts, SEPTEMBER, reference, standard))
    assert found is not None
    steps = funnels.of("paired_scores", "scores")
    whole, paired = (found.tools.filter(pl.col("reason").eq_missing(one)) for one in (None, PAIRED))
    of_all = pl.col("level") == ALL_TOOLS
    assert whole.filter(of_all)["scores"].item() == steps.filter(measure_id="MHS110")["left"].item()
    assert paired.filter(of_all)["scores"].item() == steps["left"][-1]
    for part in (whole, paired):
        assert part.filter(~of_all)["scores"].sum() == part.filter(of_all)["scores"].item()
    by_team = found.teams.filter(pl.col("reason").is_null())
    whole_team = by_team["scores"].sum()
    assert whole_team >= whole.filter(of_all)["scores"].item() > by_team["scores"].max()
    shown = {*found.shown()["scores"], *found.shown_by_team()["scores"]}
    assert not shown & {"0", "1", "2", "3", "4"}


@pytest.mark.shared
def test_nothing_comes_back_after_a_step_and_no_team_has_more_than_all(funnels: Funnels) -> None:
    assert funnels.not_assessed == {}
    assert funnels.frame.filter(pl.col("dropped") < 0).is_empty()
    step = ["funnel", "unit", "number"]
    together = funnels.frame.filter(pl.col("team").is_null()).select(*step, all_teams="left")
    of_teams = funnels.frame.filter(pl.col("team").is_not_null()).join(together, on=step)
    assert of_teams.height > 0
    assert of_teams.filter(pl.col("left") > pl.col("all_teams")).is_empty()
    added = of_teams.group_by(*step).agg(pl.col("left").sum(), pl.col("all_teams").first())
    assert added.filter(pl.col("left") < pl.col("all_teams")).is_empty()
