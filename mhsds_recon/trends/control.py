"""Statistical process control of one series: the mean, its limits, and the four signals.

An individuals chart (XmR): limits lie 2.66 mean moving ranges from the mean. A moving range is the
step between neighbouring months; a month without a figure has none to either side, and ends every
row of points. Source: pack specification 5.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Sides = NDArray[np.int8]
    Flags = NDArray[np.bool_]

__all__ = [
    "FEWEST_POINTS",
    "LONGEST_LOOK",
    "SIGNALS",
    "Limits",
    "Signal",
    "limits_of",
    "signals_of",
]

Signal = Literal["outside_limits", "rising_or_falling", "near_limit", "one_side"]

SIGNALS: tuple[Signal, ...] = get_args(Signal)
"""The signals, in the order in which the side of a point with several is decided."""

FEWEST_POINTS = 15
"""With fewer points there are no limits."""

LONGEST_LOOK = 7
"""How many months, itself included, can decide on a signal of the latest one."""

_TO_LIMIT = 2.66
_TO_SCREEN = 3.267
_IN_A_ROW = LONGEST_LOOK
# Sums of floats miss each other by less than this share; a point on a line is not beyond it.
_NOISE = 1e-9


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The lines of a chart.

    Attributes:
        mean: The mean of the points.
        moving_range: The mean moving range.
        screened: How many moving ranges were left out of it as too large.
    """

    mean: float
    moving_range: float
    screened: int = 0

    @property
    def reach(self) -> float:
        """How far from the mean the limits lie."""
        return _TO_LIMIT * self.moving_range

    @property
    def lower(self) -> float:
        """The lower limit; it can lie below 0."""
        return self.mean - self.reach

    @property
    def upper(self) -> float:
        """The upper limit."""
        return self.mean + self.reach


def limits_of(values: Values, *, screen: bool = False) -> Limits | None:
    """Return the mean and limits of a series, None where it has too few points.

    Args:
        values: One value a month, in order; NaN where there is none.
        screen: Leave moving ranges above 3.267 times their mean out of the mean.
    """
    if np.count_nonzero(~np.isnan(values)) < FEWEST_POINTS:
        return None
    ranges = np.abs(np.diff(values))
    ranges = ranges[~np.isnan(ranges)]
    if not ranges.size:
        return None
    kept = ranges[ranges <= _TO_SCREEN * ranges.mean()] if screen else ranges
    return Limits(
        mean=float(np.nanmean(values)),
        moving_range=float(kept.mean()),
        screened=ranges.size - kept.size,
    )


def signals_of(values: Values, limits: Limits) -> dict[Signal, Sides]:
    """Return, for each signal, the side of every point that is part of it.

    - ``outside_limits``: the point lies beyond a limit.
    - ``rising_or_falling``: seven points in a row that all rise, or all fall. A point that ends
      one such row and begins another is on the side of the first.
    - ``near_limit``: of three points in a row on one side of the mean, two or three lie beyond
      two thirds of the way to the limit and not beyond the limit; those are the signal.
    - ``one_side``: seven or more points in a row on one side of the mean.

    Returns:
        1 for high (or rising), -1 for low (or falling), 0 for no signal.
    """
    noise = _NOISE * max(abs(limits.mean), 1.0)
    off = values - limits.mean
    high, low = off > noise, off < -noise
    step = np.diff(values)
    outside = np.abs(off) > limits.reach + noise
    near = (np.abs(off) > 2 / 3 * limits.reach + noise) & ~outside
    return {
        "outside_limits": _sides(outside & high, outside & low),
        "rising_or_falling": _slopes(step, noise),
        "near_limit": _sides(_near_pairs(near, high), _near_pairs(near, low)),
        "one_side": _sides(_in_a_row(high), _in_a_row(low)),
    }


def _sides(high: Flags, low: Flags) -> Sides:
    return high.astype(np.int8) - low.astype(np.int8)


def _slopes(step: Values, noise: float) -> Sides:
    """Return which points lie on a row that rises or falls; at a peak the row before it counts."""
    rises, falls = _in_a_row(step > noise, 1), _in_a_row(step < -noise, 1)
    came_up = np.insert(step, 0, 0.0) > noise
    return _sides(rises & (came_up | ~falls), falls & ~(rises & came_up))


def _in_a_row(flags: Flags, between: int = 0) -> Flags:
    """Return which points lie among seven in a row.

    Args:
        flags: What holds for the points, or for the steps between them.
        between: 1 where it holds for steps.
    """
    rows = np.all(_neighbours(flags, _IN_A_ROW - between), axis=1)
    return _among(rows, _IN_A_ROW, flags.size + between)


def _near_pairs(near: Flags, on_side: Flags) -> Flags:
    """Return which near points lie among three on one side of which two or three are near."""
    enough = _neighbours(near, 3).sum(axis=1) >= 2  # noqa: PLR2004  two of three
    return near & _among(enough & _neighbours(on_side, 3).all(axis=1), 3, near.size)


def _neighbours(flags: Flags, length: int) -> Flags:
    """Return each so many neighbours as a row; no row where there are fewer."""
    if flags.size < length:
        return np.empty((0, length), dtype=np.bool_)
    return sliding_window_view(flags, length)


def _among(starts: Flags, points: int, size: int) -> Flags:
    """Return which of ``size`` points lie among the so many from one of the starts on."""
    found = np.zeros(size, dtype=np.bool_)
    for start in np.flatnonzero(starts):
        found[start : start + points] = True
    return found
