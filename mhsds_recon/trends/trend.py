"""One figure over months: local, published and gap, with the phases and icons of its chart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import numpy as np

from mhsds_recon.measures.disclosure import control_given
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.publication import SUPPRESSED
from mhsds_recon.standard.trend_rules import overlaps
from mhsds_recon.trends.control import (
    FEWEST_POINTS,
    LONGEST_LOOK,
    SIGNALS,
    Limits,
    limits_of,
    signals_of,
)
from mhsds_recon.trends.settings import NO_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.standard import Measure
    from mhsds_recon.standard.trend_rules import Direction, TrendRules
    from mhsds_recon.trends.control import Sides, Signal, Values
    from mhsds_recon.trends.settings import TrendSettings

__all__ = [
    "POINT_COLUMNS",
    "Assurance",
    "NoLimits",
    "Phase",
    "Trend",
    "Variation",
    "trend_of",
    "without_small_numbers",
]

Variation = Literal[
    "common_cause",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neither_high",
    "neither_low",
    "not_told",
]
Assurance = Literal["passing", "failing", "hit_or_miss"]
NoLimits = Literal["months_overlap", "too_few_points", "no_neighbours"]

POINT_COLUMNS = (
    "period",
    "local_exact",
    "local_published",
    "published",
    "gap",
    "result",
    "phase",
    "mean",
    "lower",
    "upper",
    "signals",
    "side",
)
"""The columns of ``Trend.points``."""

_FIGURES = POINT_COLUMNS[1:6]
_LINES = POINT_COLUMNS[6:]
_PREFERS_TABLE_BELOW = 20
_ICONS: dict[tuple[Direction, int], Variation] = {
    ("high", 1): "improvement_high",
    ("high", -1): "concern_low",
    ("low", 1): "concern_high",
    ("low", -1): "improvement_low",
    ("neither", 1): "neither_high",
    ("neither", -1): "neither_low",
}
# A star stands for a count of 0 to 4; of a percentage or a waiting time it says nothing.
_HIDDEN_COUNT, _HIDDEN_SHARE = 4.0, 1e9


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Months that are comparable with one another.

    Attributes:
        start: Its first month.
        reason: Why a new line starts here; empty for the first.
        months: How many months it has.
        points: How many of them have a local exact value.
        mean: Their mean; None where there is none, or where the measure is rolling.
        limits: The limits.
        no_limits: Why there are none.
        signals: The side of each of its months in each signal.
    """

    start: ReportingPeriod
    reason: str
    months: int
    points: int
    mean: float | None = None
    limits: Limits | None = None
    no_limits: NoLimits | None = None
    signals: Mapping[Signal, Sides] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One figure of one provider over months.

    Attributes:
        measure: The measure.
        breakdown: The breakdown.
        levels: The primary and the secondary level.
        points: One row for every month from the first to the last, with ``POINT_COLUMNS``:
            period as CCYY-MM; the figures of the series (null for a month without one, and
            local_published always after disclosure control); the
            number of the phase, from 1; its mean and limits, null where it has none; the signals
            of the point with commas between, and the side of the first: 1 high, -1 low, 0 none.
        phases: The phases, earliest first.
        direction: Which way is good.
        variation: What the latest local point says; None without limits; ``not_told`` where
            hidden figures decide, which only ``without_small_numbers`` minds.
        assurance: Whether the limits promise the target; None without either.
        target: The target.
        screens: Whether large moving ranges were left out of the limits.
    """

    measure: Measure
    breakdown: str
    levels: tuple[str, str]
    points: pl.DataFrame = field(repr=False)
    phases: tuple[Phase, ...]
    direction: Direction
    variation: Variation | None = None
    assurance: Assurance | None = None
    target: float | None = None
    screens: bool = False

    @property
    def is_count(self) -> bool:
        """Whether the figures are counts, not percentages or waiting times."""
        return self.measure.disclosure.endswith("_count")

    @property
    def prefers_table(self) -> bool:
        """Whether the counts are so small that a table says more than a chart."""
        mean = self.phases[-1].mean
        return self.is_count and mean is not None and mean < _PREFERS_TABLE_BELOW

    @property
    def parts(self) -> list[slice]:
        """Where the months of each phase lie among the points."""
        ends = accumulate((phase.months for phase in self.phases), initial=0)
        return [slice(*both) for both in pairwise(ends)]

    def icon(self, side: int) -> Variation:
        """Return what a point on one side of the mean says: 1 high, -1 low, 0 none."""
        return _ICONS[self.direction, side] if side else "common_cause"


def trend_of(
    series: pl.DataFrame,
    measure: Measure,
    *,
    rules: TrendRules,
    settings: TrendSettings = NO_SETTINGS,
) -> Trend:
    """Return a figure over months, with limits and signals from its exact local values.

    Args:
        series: One row a month, at least one, of one figure: breakdown, primary_level,
            secondary_level, reporting_period_end, local_exact, local_published, published, gap,
            result; as ``history.History.series`` gives them for one stage.
        measure: Its definition.
        rules: Dated changes and directions.
        settings: The trust's decisions.
    """
    rows = _every_month(nw.from_native(series), measure)
    values = _values(rows)
    changes = rules.changes_of(measure) | settings.changes_of(measure.id)
    months: list[str] = rows.get_column("period").to_list()
    starts = [0, *(place for place, month in enumerate(months) if place and month in changes)]
    figure = next(nw.from_native(series).iter_rows(named=True))
    trend = Trend(
        measure=measure,
        breakdown=figure["breakdown"],
        levels=(figure["primary_level"], figure["secondary_level"]),
        points=rows.to_native(),
        phases=tuple(
            _phase(
                values[start:end],
                measure,
                start=months[start],
                reason=changes.get(months[start], "") if start else "",
                settings=settings,
            )
            for start, end in pairwise([*starts, len(months)])
        ),
        direction=rules.direction(measure.id),
        target=settings.target_of(measure.id),
        screens=settings.screen_moving_ranges,
    )
    return _with_lines(trend)


def without_small_numbers(trend: Trend) -> Trend:
    """Return the trend with lines and signals that say nothing about hidden figures.

    The lines take a count shown as ``*`` for the middle of what a star stands for and leave other
    hidden figures out: with their exact values, a mean of few months could be solved for them. A
    hidden figure has a signal here if it would have it whatever it hides: with all of them at one
    end of what a star stands for, and at the other. Seven months that fall to 5 and then by
    unknown steps could else be counted down. Without such a signal the latest month is not called
    usual where a figure that could decide it is hidden.
    """
    rows = nw.from_native(trend.points)
    values, most = _values(rows), _HIDDEN_COUNT if trend.is_count else _HIDDEN_SHARE
    hidden = (rows.get_column("local_published") == SUPPRESSED).fill_null(value=False).to_numpy()
    hidden &= ~np.isnan(values)
    middle = _HIDDEN_COUNT / 2 if trend.is_count else np.nan
    lowest, seen, highest = (np.where(hidden, value, values) for value in (0.0, middle, most))
    phases = tuple(
        replace(lined, signals=_shared(lined.limits, lowest[part], highest[part]))
        for phase, part in zip(trend.phases, trend.parts, strict=True)
        for lined in [_lined(phase, seen[part], screen=trend.screens)]
    )
    safe = _with_lines(replace(trend, phases=phases))
    decides = hidden[trend.parts[-1]][-LONGEST_LOOK:].any()
    if decides and safe.variation == "common_cause":
        return replace(safe, variation="not_told")
    return safe


def _every_month(series: nw.DataFrame[Any], measure: Measure) -> nw.DataFrame[Any]:
    """Return period and figures in order, with an empty row for each month that has none.

    Local figures can have come as they are, from a counts file; here they are as published.
    """
    ends = series.get_column("reporting_period_end")
    first, last = (ReportingPeriod.of(end) for end in (ends.min(), ends.max()))
    months = [str(month) for month in last.window(last.number - first.number + 1)]
    every = nw.from_dict({"period": months}, backend="polars")
    given, exact = nw.col("local_published"), nw.col("local_exact").cast(nw.Float64)
    rows = series.with_columns(
        control_given(given, exact, nw.lit(measure.disclosure), nw.col("breakdown")).alias(
            "local_published"
        ),
        nw.col("reporting_period_end").dt.to_string("%Y-%m").alias("period"),
    ).select("period", *_FIGURES)
    return every.join(rows, on="period", how="left").sort("period")


def _values(rows: nw.DataFrame[Any]) -> Values:
    return rows.get_column("local_exact").cast(nw.Float64).to_numpy().astype(np.float64)


def _phase(
    values: Values, measure: Measure, *, start: str, reason: str, settings: TrendSettings
) -> Phase:
    phase = Phase(
        start=ReportingPeriod.parse(start),
        reason=reason,
        months=values.size,
        points=int(np.count_nonzero(~np.isnan(values))),
        no_limits="months_overlap" if overlaps(measure) else None,
    )
    lined = _lined(phase, values, screen=settings.screen_moving_ranges)
    return replace(lined, signals=signals_of(values, lined.limits) if lined.limits else {})


def _lined(phase: Phase, values: Values, *, screen: bool) -> Phase:
    """Return a phase with the mean and limits of some values, or why it has none."""
    if phase.no_limits == "months_overlap":
        return phase
    points = int(np.count_nonzero(~np.isnan(values)))
    limits = limits_of(values, screen=screen)
    return replace(
        phase,
        points=points,
        mean=float(np.nanmean(values)) if points else None,
        limits=limits,
        no_limits=None if limits else _no_limits(points),
    )


def _no_limits(points: int) -> NoLimits:
    return "too_few_points" if points < FEWEST_POINTS else "no_neighbours"


def _shared(limits: Limits | None, one: Values, other: Values) -> dict[Signal, Sides]:
    """Return the signals that two series have alike."""
    if limits is None:
        return {}
    first, second = signals_of(one, limits), signals_of(other, limits)
    return {name: np.where(first[name] == second[name], first[name], 0) for name in SIGNALS}


def _with_lines(trend: Trend) -> Trend:
    """Return the trend with lines and signals beside its points, and with its icons."""
    lines = [
        {
            "phase": number,
            "mean": phase.mean,
            "lower": phase.limits.lower if phase.limits else None,
            "upper": phase.limits.upper if phase.limits else None,
            "signals": ", ".join(name for name, side in sides.items() if side),
            "side": next((side for side in sides.values() if side), 0),
        }
        for number, phase in enumerate(trend.phases, start=1)
        for place in range(phase.months)
        for sides in [{name: int(side[place]) for name, side in phase.signals.items()}]
    ]
    types = (nw.Int64(), nw.Float64(), nw.Float64(), nw.Float64(), nw.String(), nw.Int64())
    added = nw.from_dicts(lines, dict(zip(_LINES, types, strict=True)), backend="polars")
    figures = nw.from_native(trend.points).select("period", *_FIGURES)
    points = nw.concat([figures, added], how="horizontal")
    return replace(
        trend,
        points=points.to_native(),
        variation=_variation(trend, points),
        assurance=_assurance(trend),
    )


def _variation(trend: Trend, points: nw.DataFrame[Any]) -> Variation | None:
    """Return the icon of the latest point that has a value."""
    if trend.phases[-1].limits is None:
        return None
    side = points.filter(~nw.col("local_exact").is_null()).get_column("side").to_list()[-1]
    return trend.icon(side)


def _assurance(trend: Trend) -> Assurance | None:
    """Return whether every, no, or some figure within the limits reaches the target."""
    limits, target = trend.phases[-1].limits, trend.target
    if limits is None or target is None or trend.direction == "neither":
        return None
    way = 1 if trend.direction == "high" else -1
    worst, best = sorted((way * limits.lower, way * limits.upper))
    if worst >= way * target:
        return "passing"
    return "failing" if way * target >= best else "hit_or_miss"
