"""Disclosure control and the intervals that published figures allow."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.measures.disclosure import control, interval

COUNT_RULES = st.sampled_from(["bbrb_count", "legacy_count"])


def shown(
    value: float | None,
    disclosure: str = "bbrb_count",
    *,
    numerator: float | None = None,
    denominator: float | None = None,
    breakdown: str = "Provider",
) -> str:
    schema = dict.fromkeys(("value", "numerator", "denominator"), pl.Float64)
    row = pl.DataFrame(
        {"value": [value], "numerator": [numerator], "denominator": [denominator]}, schema
    )
    text = control(
        nw.col("value"),
        nw.col("numerator"),
        nw.col("denominator"),
        nw.lit(disclosure),
        nw.lit(breakdown),
    )
    return str(nw.from_native(row).select(text.alias("text"))["text"].item())


def allowed(
    published: str, disclosure: str = "bbrb_count", breakdown: str = "Provider"
) -> tuple[float | None, float | None]:
    number = None if published == "*" else float(published)
    row = pl.DataFrame(
        {"text": [published], "number": [number]}, {"text": pl.String, "number": pl.Float64}
    )
    low, high = interval(nw.col("text"), nw.col("number"), nw.lit(disclosure), nw.lit(breakdown))
    ends = nw.from_native(row).select(low.alias("low"), high.alias("high"))
    return ends["low"].item(), ends["high"].item()


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "*"), (4, "*"), (5, "5"), (7, "5"), (8, "10"), (105, "105"), (107, "105"), (None, "*")],
)
@pytest.mark.parametrize("rule", ["bbrb_count", "legacy_count"])
def test_small_counts_are_hidden_and_others_go_to_the_nearest_five(
    rule: str, value: float | None, expected: str
) -> None:
    assert shown(value, rule) == expected


@pytest.mark.parametrize(
    ("value", "numerator", "expected"),
    [
        (61.5, 5, "62"),
        (1.4, 10, "1"),
        (0.2, 5, "0"),
        (99.0, 4, "*"),
        (50.0, None, "*"),
        (-0.5, 9, "-1"),
    ],
)
def test_a_percentage_or_median_follows_its_own_count(
    value: float, numerator: float | None, expected: str
) -> None:
    assert shown(value, "bbrb_percent", numerator=numerator) == expected


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 5, "50"), (4, 50, "*"), (50, 4, "*"), (5, None, "*")],
)
def test_a_legacy_proportion_follows_both_counts(
    numerator: float, denominator: float | None, expected: str
) -> None:
    text = shown(50.2, "legacy_proportion", numerator=numerator, denominator=denominator)
    assert text == expected


def test_data_quality_shows_counts_and_percentages_by_their_own_rules() -> None:
    percentage = "Provider; VODIM result (percentage)"
    assert shown(12, "dq", numerator=12, breakdown="Provider; VODIM result (count)") == "10"
    assert shown(80.5, "dq", numerator=12, breakdown=percentage) == "81"
    assert shown(80.5, "dq", numerator=4, breakdown=percentage) == "*"


@pytest.mark.parametrize("breakdown", ["England", "England; Age Band"])
@pytest.mark.parametrize(("value", "expected"), [(3.0, "3"), (15.656909, "15.656909")])
def test_england_is_shown_as_it_is(breakdown: str, value: float, expected: str) -> None:
    assert shown(value, "bbrb_percent", breakdown=breakdown) == expected
    assert allowed(expected, "bbrb_percent", breakdown) == (value, value)


@pytest.mark.parametrize(
    ("published", "ends"), [("*", (0, 4)), ("5", (5, 7)), ("10", (8, 12)), ("105", (103, 107))]
)
def test_a_published_count_stands_for_an_interval(
    published: str, ends: tuple[float, float]
) -> None:
    assert allowed(published) == ends


def test_a_published_percentage_stands_for_half_a_point_to_each_side() -> None:
    assert allowed("62", "bbrb_percent") == (61.5, 62.5)
    assert allowed("*", "bbrb_percent") == (None, None)


@given(st.integers(0, 100_000), COUNT_RULES)
def test_both_ends_of_the_interval_are_published_the_same(number: int, rule: str) -> None:
    published = shown(number, rule)
    low, high = allowed(published, rule)
    assert low is not None
    assert high is not None
    assert low <= number <= high
    assert {shown(low, rule), shown(high, rule)} == {published}
    assert shown(high + 1, rule) != published


@given(st.integers(0, 100_000), COUNT_RULES)
def test_control_shows_no_small_count_and_changes_nothing_twice(number: int, rule: str) -> None:
    published = shown(number, rule)
    assert published not in {"0", "1", "2", "3", "4"}
    assert published == "*" or shown(float(published), rule) == published
