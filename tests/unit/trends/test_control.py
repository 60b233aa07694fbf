"""Limits and signals, on series small enough to check by hand and against another package.

The package ``abspc`` draws the same charts. It differs on purpose in three ways, so it is given
our lines and our lengths: its limits lie 3/1.128 = 2.6596 mean moving ranges from the mean (ours
2.66, as the guidance rounds it), its row on one side has eight points (ours seven) and its rising
or falling row six (ours seven).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import abspc
import numpy as np
import pandas as pd
import pytest
from abspc import spc
from hypothesis import given, settings
from hypothesis import strategies as st

from mhsds_recon.trends.control import FEWEST_POINTS, limits_of, signals_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALTERNATING = [10.0, 12.0] * 8


def array(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


COUNTS = st.lists(st.integers(0, 60), min_size=15, max_size=60)
# Rows on one side, and rising or falling ones, are rare in independent draws.
SLOPES = st.lists(st.tuples(st.integers(-5, 5), st.integers(3, 9)), min_size=5, max_size=8).map(
    lambda slopes: [step for step, months in slopes for _ in range(months)]
)
STEPS = st.one_of(st.lists(st.integers(-3, 4), min_size=15, max_size=60), SLOPES)
WALKS = STEPS.map(lambda steps: [100 + int(total) for total in np.cumsum(steps)])
SERIES = st.one_of(COUNTS, WALKS).map(lambda values: [float(value) for value in values])


def test_limits_lie_2_66_mean_moving_ranges_from_the_mean() -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    assert (limits.mean, limits.moving_range) == (11.0, 2.0)
    assert limits.lower == pytest.approx(11 - 5.32)
    assert limits.upper == pytest.approx(11 + 5.32)


def test_fourteen_points_have_no_limits() -> None:
    values = array([*ALTERNATING[:14], None, None])
    assert limits_of(values) is None
    values[15] = 10
    assert limits_of(values) is not None


def test_points_without_a_neighbour_have_no_moving_range_and_so_no_limits() -> None:
    assert limits_of(array([1.0, None] * FEWEST_POINTS)) is None


def test_screening_leaves_out_moving_ranges_above_3_267_times_their_mean() -> None:
    values = array([*ALTERNATING, 60.0, *ALTERNATING])
    kept, screened = limits_of(values), limits_of(values, screen=True)
    assert kept is not None
    assert screened is not None
    assert kept.moving_range == pytest.approx((30 * 2 + 48 + 50) / 32)
    assert (screened.moving_range, screened.screened) == (2.0, 2)
    assert screened.mean == kept.mean


@pytest.mark.parametrize("way", [1, -1])
def test_a_point_beyond_a_limit_is_a_signal_and_one_on_it_is_not(way: int) -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    reach = limits.reach
    values = array([11.0, 11.0 + way * reach, 11.0 + way * (reach + 0.01)])
    assert list(signals_of(values, limits)["outside_limits"]) == [0, 0, way]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(("points", "is_signal"), [(6, False), (7, True), (9, True)])
def test_seven_or_more_points_on_one_side_are_a_signal(
    way: int, points: int, *, is_signal: bool
) -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    values = array([11.0 - way, *[11.0 + way] * points, 11.0])
    assert list(signals_of(values, limits)["one_side"]) == [0, *[way * is_signal] * points, 0]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(("points", "is_signal"), [(6, False), (7, True), (9, True)])
def test_seven_or_more_points_that_all_rise_or_all_fall_are_a_signal(
    way: int, points: int, *, is_signal: bool
) -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    row = [11.0 + way * step / 10 for step in range(points)]
    values = array([row[0], *row, row[-1]])
    assert list(signals_of(values, limits)["rising_or_falling"]) == [
        0,
        *[way * is_signal] * points,
        0,
    ]


@pytest.mark.parametrize("way", [1, -1])
def test_a_turning_point_is_on_the_side_of_the_row_before_it(way: int) -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    slope = [11.0 + way * step / 10 for step in range(7)]
    signal = signals_of(array([*slope, *slope[-2::-1]]), limits)["rising_or_falling"]
    assert list(signal) == [way] * 7 + [-way] * 6


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ((4, 4, 1), (1, 1, 0)),
        ((4, 1, 4), (1, 0, 1)),
        ((4, 4, 4), (1, 1, 1)),
        ((-4, -1, -4), (-1, 0, -1)),
        ((4, 1, 1, 4), (0, 0, 0, 0)),
        ((4, -1, 4), (0, 0, 0)),
        ((4, -4, 1), (0, 0, 0)),
        ((4, 6, 1), (0, 0, 0)),
        ((4, 4, None), (0, 0, 0)),
        ((3, 3, 3), (0, 0, 0)),
    ],
)
def test_two_of_three_points_near_a_limit_and_inside_it_are_a_signal(
    offsets: tuple[float | None, ...], expected: tuple[int, ...]
) -> None:
    """The limit is 5.32 from the mean, two thirds of the way 3.55; all three on one side."""
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    values = array([None if one is None else 11.0 + one for one in offsets])
    assert tuple(signals_of(values, limits)["near_limit"]) == expected


def test_a_month_without_a_figure_ends_a_row() -> None:
    limits = limits_of(array(ALTERNATING))
    assert limits is not None
    signals = signals_of(array([12.0] * 4 + [None] + [12.0] * 4), limits)
    assert not signals["one_side"].any()


@given(st.floats(0.001, 1e6), st.integers(15, 40))
def test_a_series_that_never_changes_has_no_signal(value: float, months: int) -> None:
    """Its limits lie on its mean, which rounding can put beside the value."""
    values = np.full(months, value)
    limits = limits_of(values)
    assert limits is not None
    assert not any(sides.any() for sides in signals_of(values, limits).values())


@given(SERIES)
def test_lines_are_those_of_abspc_but_for_the_rounded_constant(series: list[float]) -> None:
    limits = limits_of(array(series))
    theirs = abspc.calculate_control_limits(pd.DataFrame({"value": series}), "XmR").iloc[0]
    assert limits is not None
    assert limits.mean == pytest.approx(theirs["mean"])
    assert limits.reach == pytest.approx((theirs["ucl"] - theirs["mean"]) * 2.66 * 1.128 / 3)


@settings(max_examples=400)
@given(SERIES)
def test_signals_are_those_of_abspc(series: list[float]) -> None:
    values = array(series)
    limits = limits_of(values)
    assert limits is not None
    ours = signals_of(values, limits)
    lines = {
        "mean": limits.mean,
        "ucl": limits.upper,
        "lcl": limits.lower,
        "uwl": limits.mean + 2 / 3 * limits.reach,
        "lwl": limits.mean - 2 / 3 * limits.reach,
    }
    theirs = abspc.detect_special_causes(pd.DataFrame({"value": series}).assign(**lines))
    mean = np.full(values.size, limits.mean)
    expected = {
        "outside_limits": theirs["rule1"].to_numpy(),
        "rising_or_falling": spc._rule3_trend(values, run_length=7),
        "near_limit": theirs["rule4"].to_numpy(),
        "one_side": spc._rule2_shift(values, mean, run_length=7),
    }
    for name, sides in ours.items():
        np.testing.assert_array_equal(sides != 0, expected[name], err_msg=name)
    # Their longer row on one side is part of ours, our longer rising row part of theirs.
    assert not (theirs["rule2"] & (ours["one_side"] == 0)).any()
    assert not ((ours["rising_or_falling"] != 0) & ~theirs["rule3"]).any()


@given(SERIES)
def test_turning_a_series_upside_down_turns_every_signal(series: list[float]) -> None:
    values = array(series)
    limits, turned = limits_of(values), limits_of(-values)
    assert limits is not None
    assert turned is not None
    ours, theirs = signals_of(values, limits), signals_of(-values, turned)
    assert all(np.array_equal(ours[name], -theirs[name]) for name in ours)
