"""What the next Final may be: the interval, and that its stated coverage holds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.standard import Standard
from mhsds_recon.trends import next_final, revisions_by_measure

COUNT, SHARE = "CYP32", "MRS08b"
PAIRS = st.tuples(st.integers(1, 80), st.integers(1, 80)).map(
    lambda pair: (pair[0] * 5.0, pair[1] * 5.0)
)


def test_the_interval_of_a_count_is_that_of_shares_to_the_next_published_value(
    standard: Standard,
) -> None:
    revised = [(100.0, 100.0)] * 10 + [(100.0, 95.0), (200.0, 220.0)]
    found = next_final(300.0, revised, measure=standard.measures[COUNT])
    assert found is not None
    assert (found.low, found.high) == (285.0, 330.0)
    assert (found.hits, found.misses, found.revisions) == (11, 2, 12)
    assert found.coverage == pytest.approx(11 / 13)


def test_ends_go_outwards_to_what_can_be_published(standard: Standard) -> None:
    revised = [(100.0, 95.0)] * 11 + [(100.0, 105.0)]
    found = next_final(30.0, revised, measure=standard.measures[COUNT])
    assert found is not None
    assert (found.low, found.high) == (25.0, 35.0)


def test_a_percentage_moves_by_points_and_not_below_0(standard: Standard) -> None:
    revised = [(50.0, 51.0)] * 11 + [(10.0, 5.0)]
    found = next_final(3.0, revised, measure=standard.measures[SHARE])
    assert found is not None
    assert (found.low, found.high) == (0.0, 4.0)


def test_eleven_revisions_give_no_interval(standard: Standard) -> None:
    revised = [(100.0, 105.0)] * 11
    assert next_final(100.0, revised, measure=standard.measures[COUNT]) is None
    from_nothing = [*revised, (0.0, 5.0)]
    assert next_final(100.0, from_nothing, measure=standard.measures[COUNT]) is None


def test_a_count_of_nothing_has_no_share_to_move_by(standard: Standard) -> None:
    assert next_final(0.0, [(100.0, 105.0)] * 12, measure=standard.measures[COUNT]) is None


@pytest.mark.parametrize(
    ("revisions", "hits", "of"), [(12, 11, 13), (18, 17, 19), (19, 16, 20), (36, 31, 37)]
)
def test_the_coverage_is_stated_and_never_below_80_percent(
    standard: Standard, revisions: int, hits: int, of: int
) -> None:
    found = next_final(100.0, [(100.0, 105.0)] * revisions, measure=standard.measures[COUNT])
    assert found is not None
    assert (found.hits, found.hits + found.misses) == (hits, of)
    assert found.coverage >= 0.8


@given(revised=st.lists(PAIRS, min_size=13, max_size=30), measure=st.sampled_from([COUNT, SHARE]))
def test_of_all_revisions_each_left_out_in_turn_at_least_the_stated_share_is_met(
    standard: Standard, revised: list[tuple[float, float]], measure: str
) -> None:
    """The law behind the interval: it holds for any revisions whatever, without chance."""
    met = stated = 0
    for left_out, (performance, final) in enumerate(revised):
        others = [pair for place, pair in enumerate(revised) if place != left_out]
        found = next_final(performance, others, measure=standard.measures[measure])
        assert found is not None
        met += found.low <= final <= found.high
        stated = found.hits
        assert stated + found.misses == len(revised)
    assert met >= stated


@pytest.mark.parametrize("revisions", [12, 24])
def test_simulated_finals_lie_within_as_often_as_stated(standard: Standard, revisions: int) -> None:
    """Large counts, so that rounding to 5 adds nothing; the share met is the stated one."""
    rng = np.random.default_rng(20251123)
    repeats, large = 3000, 10_000_000.0
    moves = 1 + rng.gamma(2.0, 0.01, (repeats, revisions + 1)) - 0.015
    met, stated = 0, 0.0
    for row in moves:
        found = next_final(
            large,
            [(large, large * move) for move in row[:-1]],
            measure=standard.measures[COUNT],
        )
        assert found is not None
        met += found.low <= large * row[-1] <= found.high
        stated = found.coverage
    spread = (stated * (1 - stated) / repeats) ** 0.5
    assert met / repeats == pytest.approx(stated, abs=4 * spread)


def test_revisions_are_summed_up_by_figure() -> None:
    months = [
        dt.date(2024, 4, 30),
        dt.date(2024, 5, 31),
        dt.date(2024, 6, 30),
        dt.date(2024, 7, 31),
    ]
    frame = pl.DataFrame(
        {
            "provider": ["RZZ"] * 4,
            "measure_id": ["CYP32"] * 4,
            "breakdown": ["Provider"] * 4,
            "primary_level": ["RZZ"] * 4,
            "secondary_level": ["NONE"] * 4,
            "further_levels": [""] * 4,
            "reporting_period_end": months,
            "performance_value": [100.0, 100.0, 100.0, None],
            "final_value": [105.0, 100.0, 90.0, 5.0],
        }
    )
    row = revisions_by_measure(frame).row(0, named=True)
    assert (row["revisions"], row["unchanged"]) == (3, 1)
    assert (row["lowest"], row["median"], row["highest"]) == (-10.0, 0.0, 5.0)
