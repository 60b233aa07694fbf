"""Counting: what comes back, and what cannot be counted."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl
import pytest

from mhsds_recon.errors import DefinitionError, ExtractError, UsageError
from mhsds_recon.frames import Extract, extract_from_frames
from mhsds_recon.frames.engine import PolarsEngine
from mhsds_recon.measures import count, describe
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.measures import IsTrue

if TYPE_CHECKING:
    import narwhals as nw

SEPTEMBER = ReportingPeriod(2025, 9)


CACHE_NODE = r"CACHE\[id: ([0-9a-f-]+)"


class RecordingEngine(PolarsEngine):
    """Counts what is shared and keeps the plans that are collected together."""

    def __init__(self) -> None:
        self.shares = 0
        self.collected: list[list[nw.LazyFrame[Any]]] = []

    def share(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Share as polars does, and count it."""
        self.shares += 1
        return super().share(frame)

    def collect(
        self, frames: Sequence[nw.LazyFrame[Any]], *, find_shared: bool = True
    ) -> list[pl.DataFrame]:
        """Collect as polars does, and keep the plans."""
        self.collected.append(list(frames))
        return super().collect(frames, find_shared=find_shared)


def empty_extract(standard: Standard, month: str, provider: str = "RZZ") -> Extract:
    period = ReportingPeriod.parse(month)
    header = {
        "OrgIDProvider": [provider],
        "ReportingPeriodStartDate": [str(period.start)],
        "ReportingPeriodEndDate": [str(period.end)],
    }
    tables = {"MHS000Header": pl.DataFrame(header)}
    return extract_from_frames(tables, standard=standard, name=f"{provider} {month}")


def test_every_measure_can_be_counted_where_nothing_was_submitted(standard: Standard) -> None:
    """What the publication shows for every provider is there; levels that occur nowhere are not."""
    figures = count([empty_extract(standard, "2025-09")], standard=standard, period=SEPTEMBER)
    rows = figures.frame.filter(breakdown="Provider")
    refused = {(one.measure_id, one.breakdown) for one in figures.not_assessed}
    assert set(rows["measure_id"]) == {
        measure.id
        for measure in standard.measures.values()
        if "Provider" in measure.breakdowns
        and (measure.id, "Provider") not in refused
        and not measure.local
    }
    assert not {name for name, one in standard.breakdowns.items() if one.local}.intersection(
        figures.frame["breakdown"]
    )
    assert set(rows["measure_value"]) == {"*"}
    of_care = [one.id for one in standard.measures.values() if one.group != "data quality"]
    care = figures.frame.filter(pl.col("measure_id").is_in(of_care))
    assert set(care["exact_value"]) == {0.0, None}
    assert set(care["breakdown"]) == {"England", "Provider"}
    assert figures.unpublished is not None
    assert figures.unpublished.is_empty()


def test_the_lines_of_the_national_code_differ_on_nothing_to_count(standard: Standard) -> None:
    figures = count(
        [empty_extract(standard, "2025-09")],
        standard=standard,
        period=SEPTEMBER,
        measure_ids=["MHS95", "MHS131", "MHS111a", "CYP32", "ED86e", "MHS-DQM01"],
    )
    values = dict(figures.frame.filter(breakdown="Provider")["measure_id", "exact_value"].rows())
    assert values == {"MHS95": 0.0, "MHS131": 0.0, "MHS111a": 0.0, "CYP32": None, "ED86e": None}


def test_what_needs_an_absent_reference_file_is_named_and_left_out(standard: Standard) -> None:
    figures = count(
        [empty_extract(standard, "2025-09")],
        standard=standard,
        period=SEPTEMBER,
        measure_ids=["MHS109", "MRS08"],
    )
    reasons = {(one.measure_id, one.breakdown): one.reason for one in figures.not_assessed}
    sub_icb = "Sub ICB of GP Practice or Residence"
    assert reasons["MHS109", sub_icb] == "needs postcodes and gp_practices"
    assert "refsets" in reasons["MRS08", "Provider"]
    assert set(figures.frame["measure_id"]) == {"MHS109"}


def test_a_measure_not_yet_defined_for_the_period_is_named(standard: Standard) -> None:
    measure = standard.measures["MHS30d"]
    later = msgspec.structs.replace(measure, first_month="2025-10")
    other = msgspec.structs.replace(standard, measures={"MHS30d": later})
    figures = count([empty_extract(standard, "2025-09")], standard=other, period=SEPTEMBER)
    assert figures.frame.is_empty()
    assert [(one.breakdown, one.reason) for one in figures.not_assessed] == [
        ("all", "not defined for 2025-09")
    ]


def test_every_derivation_is_made_once_and_shared_in_one_plan(standard: Standard) -> None:
    engine = RecordingEngine()
    extract = empty_extract(standard, "2025-09")
    count([replace(extract, engine=engine)], standard=standard, period=SEPTEMBER)
    (plans,) = engine.collected
    explained = [plan.to_native().explain(optimized=False) for plan in plans]
    uses = Counter(shared for plan in explained for shared in set(re.findall(CACHE_NODE, plan)))
    assert len(plans) < len(standard.measures)
    assert len(uses) <= engine.shares
    assert max(uses.values()) > len(plans) / 2


def test_a_row_for_england_says_whose_records_it_counts(standard: Standard) -> None:
    figures = count(
        [empty_extract(standard, "2025-09")],
        standard=standard,
        period=SEPTEMBER,
        measure_ids=["MRS11"],
        status="Provisional",
    )
    england, provider, *_ = figures.frame.to_dicts()
    assert england["primary_level"] == "England"
    assert "this provider" in england["primary_level_description"]
    assert provider["breakdown"] == "Provider"
    assert provider["primary_level"] == "RZZ"
    assert provider["secondary_level"] == "NONE"
    assert provider["status"] == "Provisional"
    assert provider["reporting_period_start"] == dt.date(2025, 7, 1)
    assert provider["reporting_period_end"] == dt.date(2025, 9, 30)


def test_published_figures_have_the_national_layout_and_no_exact_value(standard: Standard) -> None:
    figures = count([empty_extract(standard, "2025-09")], standard=standard, period=SEPTEMBER)
    published = figures.published()
    assert published.width == 11
    assert set(published.dtypes) == {pl.String}
    assert published["REPORTING_PERIOD_END"][0] == "30/09/2025"
    assert figures.exact().columns == [*published.columns, "EXACT_VALUE"]
    assert "0.0" not in figures._repr_html_()
    assert "exact_value" not in repr(figures)


def test_missing_months_of_the_window_are_named_by_measure(standard: Standard) -> None:
    extracts = [empty_extract(standard, month) for month in ("2025-05", "2025-09")]
    figures = count(extracts, standard=standard, period=SEPTEMBER)
    gaps = SEPTEMBER.window(4)[:3]
    assert figures.missing_months["MRS11"] == gaps
    assert figures.missing_months["MHS110"] == gaps
    assert len(figures.missing_months["MHS95"]) == 10
    assert "MHS30d" not in figures.missing_months
    assert figures.missing_months["MHS111a"] == gaps


def test_later_months_are_left_out(standard: Standard) -> None:
    months = ("2025-09", "2025-10")
    extracts = [empty_extract(standard, month) for month in months]
    figures = count(extracts, standard=standard, period=SEPTEMBER, measure_ids=["MHS30d"])
    assert figures.period == SEPTEMBER


def test_an_absent_period_is_an_error_that_names_what_is_there(standard: Standard) -> None:
    with pytest.raises(ExtractError, match=r"no extract for 2025-09.*'RZZ 2025-08' \(2025-08\)"):
        count([empty_extract(standard, "2025-08")], standard=standard, period=SEPTEMBER)
    with pytest.raises(ExtractError, match="none"):
        count([], standard=standard, period=SEPTEMBER)


def test_two_extracts_of_a_month_are_an_error_that_names_both(standard: Standard) -> None:
    twice = [empty_extract(standard, "2025-09")] * 2
    with pytest.raises(ExtractError, match=r"2025-09: 'RZZ 2025-09' and 'RZZ 2025-09'"):
        count(twice, standard=standard, period=SEPTEMBER)


def test_two_providers_are_an_error(standard: Standard) -> None:
    extracts = [
        empty_extract(standard, "2025-08", "RZY"),
        empty_extract(standard, "2025-09", "RZZ"),
    ]
    with pytest.raises(ExtractError, match="RZY, RZZ"):
        count(extracts, standard=standard, period=SEPTEMBER)


def test_an_unknown_measure_is_an_error_with_the_near_miss(standard: Standard) -> None:
    extract = empty_extract(standard, "2025-09")
    with pytest.raises(UsageError, match="Did you mean 'MHS95'"):
        count([extract], standard=standard, period=SEPTEMBER, measure_ids=["MHS59"])


def test_a_column_that_a_cohort_lacks_is_a_definition_error(standard: Standard) -> None:
    measure = standard.measures["MRS13"]
    wrong = msgspec.structs.replace(measure.count, where=(IsTrue(column="is_opne"),))
    measures = {"MRS13": msgspec.structs.replace(measure, count=wrong)}
    other = msgspec.structs.replace(standard, measures=measures)
    with pytest.raises(DefinitionError, match=r"MRS13.*is_opne.*Did you mean 'is_open'"):
        count([empty_extract(standard, "2025-09")], standard=other, period=SEPTEMBER)


def test_a_description_says_what_is_counted_and_how_it_is_disclosed(standard: Standard) -> None:
    words = describe(standard.measures["MHS110"])
    assert "MHS110: Number of closed referrals" in words
    assert "different values of ServiceRequestID" in words
    assert "AgeServReferRecDate is from 0 to 17" in words
    assert "ServTeamTypeMH is not A14, B02, E01, E02, E03 or E04 (blank passes)" in words
    assert "ReferralRequestReceivedDate is 01/01/2016 or later" in words
    assert "bbrb_count" in words


def test_every_measure_can_be_described(standard: Standard) -> None:
    for measure in standard.measures.values():
        assert describe(measure).startswith(f"{measure.id}: {measure.name}\n")
