"""The rows behind funnels, on the oracle's extracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import Engine, open_extracts, read_reference
from mhsds_recon.measures import Submissions, submissions_of
from mhsds_recon.measures.funnels import funnels_of
from mhsds_recon.measures.submissions import NO_REFERENCE
from mhsds_recon.measures.work_list import WORK_LIST_COLUMNS, list_not_counted
from mhsds_recon.standard import ReportingPeriod, Standard

if TYPE_CHECKING:
    from pathlib import Path

SEPTEMBER = ReportingPeriod(2025, 9)
BY_REFERRAL = ("MHS101Referral", "MHS201CareContact", "MHS204IndirectActivity")


@pytest.fixture
def submissions(shared: Path, standard: Standard, engine: Engine) -> Submissions:
    oracle = shared / "oracle" / "measures"
    extracts = open_extracts(oracle / "input", standard=standard, engine=engine)
    return submissions_of(extracts, SEPTEMBER, read_reference(oracle, engine=engine), standard)


@pytest.mark.shared
def test_as_many_referrals_are_listed_at_a_step_as_drop_out_there(submissions: Submissions) -> None:
    names = ["closed_referrals", "paired_scores"]
    rows = list_not_counted(submissions, names)
    listed = (
        rows.filter("is_furthest")
        .unique(["funnel", "step", "ServiceRequestID"])
        .group_by("funnel", "step")
        .agg(pl.len().cast(pl.Int64).alias("listed"))
    )
    counted = funnels_of(submissions, funnel_ids=names).frame
    dropped = counted.filter(pl.col("dropped") > 0, unit="referrals")
    both = dropped.join(listed, on=["funnel", "step"], how="full", coalesce=True)
    assert rows.columns == list(WORK_LIST_COLUMNS)
    assert both.height > len(names)
    assert (both["dropped"] == both["listed"]).all()


@pytest.mark.shared
def test_every_row_is_where_the_list_says(submissions: Submissions) -> None:
    rows = list_not_counted(submissions, ["access", "clock_stops", "paired_scores"])
    assert rows.height > 0
    assert rows.select("table", "month", "row_number", "step").null_count().sum_horizontal()[0] == 0
    for table in BY_REFERRAL:
        listed = rows.filter(table=table).unique(["month", "row_number", "ServiceRequestID"])
        assert listed.height > 0, table
        for period, extract in submissions.extracts.items():
            (there,) = submissions.engine.collect(
                [extract.tables[table].select("row_number", "ServiceRequestID")]
            )
            own = listed.filter(month=str(period))
            found = own.join(there, on=["row_number", "ServiceRequestID"], how="semi")
            assert found.height == own.height, (table, period)


@pytest.mark.shared
def test_nobody_who_is_counted_is_listed(submissions: Submissions) -> None:
    listed = list_not_counted(submissions, ["access"])
    counted = funnels_of(submissions, funnel_ids=["access"]).of("access", "local patients")
    patients = counted["left"][0] - counted["left"][-1]
    assert listed["LocalPatientID"].n_unique() == patients


@pytest.mark.shared
def test_without_the_reference_file_it_needs_there_is_nothing_to_list(
    shared: Path, standard: Standard, engine: Engine
) -> None:
    extracts = open_extracts(
        shared / "oracle" / "measures" / "input", standard=standard, engine=engine
    )
    without = submissions_of(extracts, SEPTEMBER, NO_REFERENCE, standard)
    with pytest.raises(UsageError, match="no funnel to list rows of: clock_stops needs refsets"):
        list_not_counted(without, ["clock_stops"])
