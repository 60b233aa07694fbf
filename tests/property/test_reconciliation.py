"""Laws of comparing in published space, against disclosure control in plain Python."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import compare
from mhsds_recon.standard import ReportingPeriod

PERIOD = ReportingPeriod(2025, 9)
counts = st.integers(0, 40) | st.integers(0, 200_000)
pairs = st.lists(st.tuples(counts, counts) | counts.map(lambda n: (n, n)), min_size=1, max_size=30)
shares = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=30
)


def as_count(value: int) -> str:
    return "*" if value < 5 else str((value + 2) // 5 * 5)


def as_percent(numerator: int, denominator: int) -> str:
    if numerator < 5:
        return "*"
    return str((Fraction(100 * numerator, denominator) + Fraction(1, 2)).__floor__())


def reconciled(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    frame = pl.DataFrame(rows).with_columns(
        reporting_period_start=PERIOD.start,
        reporting_period_end=PERIOD.end,
        status=pl.lit("Final"),
        breakdown=pl.lit("Provider"),
        primary_level=pl.lit("RZZ"),
        primary_level_description=pl.lit("A TRUST"),
        secondary_level=pl.lit("NONE"),
        secondary_level_description=pl.lit("NONE"),
        measure_name=pl.lit("A measure"),
        further_levels=pl.lit(""),
        file_version=pl.lit(""),
        file=pl.lit("a.csv"),
        published_value=pl.col("published").cast(pl.Float64, strict=False),
        denominator=pl.lit(None, pl.Float64),
    )
    figures = Figures(provider="RZZ", period=PERIOD, frame=frame, missing_months={})
    result = compare(figures, PublishedFigures(provider="RZZ", frame=frame)).frame
    by_measure = {row["measure_id"]: row for row in result.to_dicts()}
    return [by_measure[row["measure_id"]] for row in rows]


@given(pairs)
def test_counts_agree_exactly_when_control_gives_the_published_text(
    values: list[tuple[int, int]],
) -> None:
    rows: list[dict[str, object]] = [
        {
            "measure_id": f"M{n}",
            "exact_value": float(ours),
            "numerator": None,
            "disclosure": "bbrb_count",
            "measure_value": as_count(ours),
            "published": as_count(theirs),
        }
        for n, (ours, theirs) in enumerate(values)
    ]
    for (ours, theirs), row in zip(values, reconciled(rows), strict=True):
        differs = str(row["result"]).startswith("differs")
        assert differs == (as_count(ours) != as_count(theirs))
        low, high = row["published_low"], row["published_high"]
        assert isinstance(low, float)
        assert isinstance(high, float)
        assert low <= theirs <= high
        assert as_count(int(low)) == as_count(theirs) == as_count(int(high))
        assert as_count(int(high) + 1) != as_count(theirs)
        assert low == 0 or as_count(int(low) - 1) != as_count(theirs)
        assert row["gap_low"] == ours - high
        assert row["gap_high"] == ours - low
        assert row["gap_low"] <= ours - theirs <= row["gap_high"]
        assert (row["residual"] != 0) == differs


@given(shares)
def test_percentages_agree_exactly_when_control_gives_the_published_text(
    values: list[tuple[int, int, int]],
) -> None:
    rows: list[dict[str, object]] = [
        {
            "measure_id": f"M{n}",
            "exact_value": 100 * ours / whole,
            "numerator": float(ours),
            "disclosure": "bbrb_percent",
            "measure_value": as_percent(ours, whole),
            "published": as_percent(theirs, whole),
        }
        for n, (ours, theirs, whole) in enumerate(values)
    ]
    for (ours, theirs, whole), row in zip(values, reconciled(rows), strict=True):
        if as_percent(theirs, whole) == "*":
            expected = ours < 5
            assert (row["result"] == "suppressed_consistent") == expected
            assert (row["result"] == "suppressed_not_comparable") != expected
        else:
            same = as_percent(ours, whole) == as_percent(theirs, whole)
            assert str(row["result"]).startswith("agree") == same
            assert str(row["result"]).startswith("differs") != same
            low, high = row["published_low"], row["published_high"]
            assert isinstance(low, float)
            assert isinstance(high, float)
            assert low <= 100 * theirs / whole <= high
