"""Counting: what comes back, and what cannot be counted."""

from __future__ import annotations

import datetime as dt

import msgspec
import polars as pl
import pytest

from mhsds_recon.errors import DefinitionError, ExtractError, UsageError
from mhsds_recon.frames import Extract, extract_from_frames
from mhsds_recon.measures import count, describe
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.measures import IsTrue

SEPTEMBER = ReportingPeriod(2025, 9)


def empty_extract(standard: Standard, month: str, provider: str = "RZZ") -> Extract:
    period = ReportingPeriod.parse(month)
    header = {
        "OrgIDProvider": [provider],
        "ReportingPeriodStartDate": [str(period.start)],
        "ReportingPeriodEndDate": [str(period.end)],
    }
    tables = {"MHS000Header": pl.DataFrame(header)}
    return extract_from_frames(tables, standard=standard, name=f"{provider} {month}")


def test_every_measure_counts_nought_where_nothing_was_submitted(standard: Standard) -> None:
    figures = count([empty_extract(standard, "2025-09")], standard=standard, period=SEPTEMBER)
    assert set(figures.frame["measure_id"]) == set(standard.measures)
    assert set(figures.frame["exact_value"]) == {0.0}
    assert set(figures.frame["measure_value"]) == {"*"}


def test_a_row_for_england_says_whose_records_it_counts(standard: Standard) -> None:
    figures = count(
        [empty_extract(standard, "2025-09")],
        standard=standard,
        period=SEPTEMBER,
        measure_ids=["MRS11"],
        status="Provisional",
    )
    england, provider = figures.frame.to_dicts()
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
