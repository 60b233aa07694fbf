"""What each pair of a local and a published figure comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from mhsds_recon.errors import PublishedError
from mhsds_recon.measures import Figures
from mhsds_recon.published import LocalCounts, PublishedFigures
from mhsds_recon.reconciliation import RECONCILIATION_COLUMNS, VARIANCE_COLUMNS, compare

MakeLocal = Callable[..., Figures]
MakePublished = Callable[..., PublishedFigures]
NO_VALUES = ("published_low", "published_high", "gap_low", "gap_high", "explained", "residual")


def count(exact: float, shown: str) -> dict[str, Any]:
    return {"exact_value": exact, "measure_value": shown}


def percent(exact: float | None, numerator: float, shown: str) -> dict[str, Any]:
    return {
        "exact_value": exact,
        "numerator": numerator,
        "disclosure": "bbrb_percent",
        "measure_value": shown,
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "result"),
    [
        (count(10, "10"), "10", "agree"),
        (count(10, "10"), "10.0", "agree"),
        (count(12, "10"), "10", "agree_within_rounding"),
        (count(13, "15"), "10", "differs_unexplained"),
        (count(7, "5"), "5", "agree_within_rounding"),
        (count(4, "*"), "5", "differs_unexplained"),
        (count(0, "*"), "*", "suppressed_consistent"),
        (count(4, "*"), "*", "suppressed_consistent"),
        (count(5, "5"), "*", "differs_unexplained"),
        (count(12, "10"), None, "suppressed_not_comparable"),
        (percent(33.3, 9, "33"), "33", "agree_within_rounding"),
        (percent(33.0, 9, "33"), "33", "agree"),
        (percent(33.6, 9, "34"), "33", "differs_unexplained"),
        (percent(33.3, 9, "33"), "*", "suppressed_not_comparable"),
        (percent(33.3, 4, "*"), "*", "suppressed_consistent"),
        (percent(33.3, 4, "*"), "33", "differs_unexplained"),
        (percent(0.0, 9, "0"), "0", "agree"),
    ],
)
def test_results(
    local: MakeLocal,
    published: MakePublished,
    ours: dict[str, Any],
    theirs: str | None,
    result: str,
) -> None:
    row = compare(local(ours), published({"published": theirs})).frame.row(0, named=True)
    assert row["result"] == result
    assert row["local_published"] == ours["measure_value"]
    assert row["published"] == theirs


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (count(12, "10"), "10", (8, 12, 0, 4, 0)),
        (count(20, "20"), "10", (8, 12, 8, 12, 8)),
        (count(20, "20"), "105", (103, 107, -87, -83, -83)),
        (count(20, "20"), "*", (0, 4, 16, 20, 16)),
        (count(3, "*"), "5", (5, 7, -4, -2, -2)),
        (percent(33.6, 9, "34"), "33", (32.5, 33.5, 0.1, 1.1, 0.1)),
        (percent(33.3, 9, "33"), "*", (None,) * 5),
    ],
)
def test_gaps_are_measured_to_every_value_that_the_published_figure_allows(
    local: MakeLocal,
    published: MakePublished,
    ours: dict[str, Any],
    theirs: str,
    expected: tuple[float | None, ...],
) -> None:
    row = compare(local(ours), published({"published": theirs})).frame.row(0, named=True)
    found = [row[name] for name in NO_VALUES if name != "explained"]
    assert found == pytest.approx(list(expected))


def test_a_level_that_is_absent_is_no_submission_and_not_zero(
    local: MakeLocal, published: MakePublished
) -> None:
    figures = local(count(0, "*") | {"measure_id": "M2"}, {})
    frame = compare(figures, published({})).frame
    row = frame.row(by_predicate=pl.col("measure_id") == "M2", named=True)
    assert row["result"] == "not_published"
    assert [row[name] for name in ("published", *NO_VALUES)] == [None] * 7
    assert (row["status"], row["file_version"]) == (None, None)


def test_a_published_figure_that_is_not_counted_here_is_not_assessed(
    local: MakeLocal, published: MakePublished
) -> None:
    frame = compare(local({}), published({}, {"measure_id": "M2", "published": "45"})).frame
    row = frame.row(by_predicate=pl.col("measure_id") == "M2", named=True)
    assert (row["result"], row["published"], row["local_exact"]) == ("not_assessed", "45", None)
    assert (row["provider"], row["status"], row["file_version"]) == ("RZZ", "Performance", "v2")


def test_another_window_is_another_definition(local: MakeLocal, published: MakePublished) -> None:
    quarter = published({"reporting_period_start": dt.date(2025, 7, 1)})
    results = compare(local({}), quarter).frame["result"].to_list()
    assert sorted(results) == ["definition_differs", "not_assessed"]


def test_windows_that_are_both_counted_are_each_compared(
    local: MakeLocal, published: MakePublished
) -> None:
    windows: tuple[dict[str, Any], ...] = ({}, {"reporting_period_start": dt.date(2025, 7, 1)})
    frame = compare(local(*windows), published(*windows)).frame
    assert frame["result"].to_list() == ["agree_within_rounding"] * 2


def test_levels_and_breakdowns_tell_figures_apart(
    local: MakeLocal, published: MakePublished
) -> None:
    levels = [
        {"breakdown": "Provider; Age Group", "secondary_level": "Under 18"},
        {"breakdown": "Provider; Age Group", "secondary_level": "18-64"},
    ]
    theirs = published(levels[0] | {"published": "20"}, levels[1])
    frame = compare(local(*levels), theirs).frame
    assert dict(frame.select("secondary_level", "result").iter_rows()) == {
        "Under 18": "differs_unexplained",
        "18-64": "agree_within_rounding",
    }


def test_figures_with_further_levels_are_not_taken_for_totals(
    local: MakeLocal, published: MakePublished
) -> None:
    theirs = published({}, {"further_levels": "Male", "published": "5"})
    frame = compare(local({}), theirs).frame.sort("further_levels")
    assert frame["result"].to_list() == ["agree_within_rounding", "not_assessed"]


def test_england_other_providers_and_other_periods_are_left_out(
    local: MakeLocal, published: MakePublished
) -> None:
    england = {"breakdown": "England", "primary_level": "England"}
    theirs = published(
        {},
        england,
        {"primary_level": "RXX"},
        {"reporting_period_end": dt.date(2025, 8, 31), "measure_id": "M2"},
    )
    frame = compare(local({}, england), theirs).frame
    assert frame.select("breakdown", "primary_level", "measure_id").rows() == [
        ("Provider", "RZZ", "M1")
    ]


def test_a_file_of_another_period_is_refused_with_the_periods_it_holds(
    local: MakeLocal, published: MakePublished
) -> None:
    ends = (dt.date(2025, 8, 31), dt.date(2025, 7, 31))
    theirs = published(*({"reporting_period_end": end} for end in ends))
    expected = r"provider 'RZZ' are not for 2025-09\. Periods found: 2025-07, 2025-08\."
    with pytest.raises(PublishedError, match=expected):
        compare(local({}), theirs)


def test_a_file_without_the_provider_is_refused(local: MakeLocal, published: MakePublished) -> None:
    with pytest.raises(PublishedError, match="no row for provider 'RZZ'"):
        compare(local({}), published({"primary_level": "RXX"}))


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (("10", None, "bbrb_count"), "10", ("agree_within_rounding", -4, 4)),
        (("10", None, "bbrb_count"), "20", ("differs_unexplained", -14, -6)),
        (("12", 12.0, "bbrb_count"), "10", ("agree_within_rounding", 0, 4)),
        (("3", 3.0, "bbrb_count"), "*", ("suppressed_consistent", -1, 3)),
        (("*", 12.0, "bbrb_percent"), "*", ("suppressed_consistent", None, None)),
        (("33.4", 33.4, "bbrb_percent"), "33", ("agree_within_rounding", -0.1, 0.9)),
        (("10", None, None), "10", ("agree_within_rounding", None, None)),
        (("10", None, None), "15", ("differs_unexplained", None, None)),
        (("10", None, None), "*", ("suppressed_not_comparable", None, None)),
        ((None, None, "bbrb_count"), "10", ("not_assessed", None, None)),
    ],
)
def test_local_counts_are_compared_with_or_without_disclosure_control(
    local: MakeLocal,
    published: MakePublished,
    ours: tuple[str | None, float | None, str | None],
    theirs: str,
    expected: tuple[Any, ...],
) -> None:
    columns = ("measure_value", "exact_value", "disclosure")
    figures = local(dict(zip(columns, ours, strict=True)))
    frame = figures.frame.with_columns(pl.col("measure_value").cast(pl.String))
    counts = LocalCounts(provider="RZZ", period=figures.period, frame=frame)
    row = compare(counts, published({"published": theirs})).frame.row(0, named=True)
    assert row["result"] == expected[0]
    assert [row["gap_low"], row["gap_high"]] == pytest.approx(list(expected[1:]))


def test_the_result_tells_its_size_and_shows_only_what_may_be_published(
    local: MakeLocal, published: MakePublished
) -> None:
    figures = local(count(3, "*"), count(13, "15") | {"measure_id": "M2"}, {"measure_id": "M3"})
    result = compare(figures, published({"published": "*"}, {"measure_id": "M2"}))
    assert result.frame.columns == list(RECONCILIATION_COLUMNS)
    assert (result.variance.height, result.variance.columns) == (0, list(VARIANCE_COLUMNS))
    assert result.counts().rows() == [
        ("suppressed_consistent", 1),
        ("differs_unexplained", 1),
        ("not_published", 1),
    ]
    assert (result.provider, str(result.period), result.superseded) == ("RZZ", "2025-09", 3)
    shown = result._repr_html_()
    assert "differs_unexplained" in shown
    assert "3.0" not in shown
    assert "13.0" not in shown
    assert "13.0" not in repr(result)
