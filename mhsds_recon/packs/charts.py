"""Charts of the pack as drawings: where every mark, line and word of an inline SVG lies.

Only numbers as shown are drawn. A chart says nothing that its text alternative and the table
beside it do not say: shapes and words repeat what colours say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mhsds_recon.packs.model import BarChart, Chart, ControlChart, WalkChart

__all__ = ["Bar", "Dot", "Drawing", "Line", "Word", "draw"]

WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 14, 34
_HEIGHT = 240
_BAR, _BAR_GAP = 22, 30
_LABELS = 8
_TICKS = 4
_MARK, _LETTER = 6, 7.5

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "triangle-up", "triangle-down"]

_SHAPES: dict[str, Shape] = {
    "": "circle",
    "improvement_high": "triangle-up",
    "improvement_low": "triangle-down",
    "concern_high": "triangle-up",
    "concern_low": "triangle-down",
    "neither_high": "square",
    "neither_low": "square",
}


@dataclass(frozen=True, kw_only=True)
class Word:
    """A text on a drawing."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line through points; ``kind`` says how it looks."""

    points: tuple[tuple[float, float], ...]
    kind: Literal["series", "mean", "limit", "axis", "phase"]


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A point of a series: its place, shape and look."""

    x: float
    y: float
    shape: Shape
    kind: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar: its corner, size and look."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """An SVG, before it is written."""

    height: float
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()
    words: tuple[Word, ...] = ()
    width: float = WIDTH


def draw(chart: Chart) -> Drawing:
    """Return the drawing of a chart; the same chart, the same drawing."""
    match chart:
        case ControlChart():
            return _control(chart)
        case BarChart():
            return _bars(chart)
        case WalkChart():
            return _walk(chart)


def _control(chart: ControlChart) -> Drawing:
    drawn = [point.value for point in chart.points if point.value is not None]
    limits = [
        line
        for phase in chart.phases
        for line in (phase.mean, phase.lower, phase.upper)
        if line is not None
    ]
    low, high = _range([*drawn, *limits])
    place = _scale(low, high, _HEIGHT - _BOTTOM, _TOP)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(chart.points) - 1, 1)

    def across(number: int) -> float:
        return _round(_LEFT + number * step)

    dots = tuple(
        Dot(
            x=across(number),
            y=place(point.value),
            shape=_SHAPES[point.signal],
            kind=point.signal.split("_")[0] or "common",
        )
        for number, point in enumerate(chart.points)
        if point.value is not None
    )
    return Drawing(
        height=_HEIGHT,
        lines=(
            *_axis(low, high, place),
            *_phase_lines(chart, across, place),
            *_series(chart, across, place),
        ),
        dots=dots,
        words=(*_ticks(low, high, place), *_months(chart, across)),
    )


def _series(
    chart: ControlChart, across: Callable[[int], float], place: Callable[[float], float]
) -> Iterator[Line]:
    """Yield the lines between points; a month without a number breaks them."""
    run: list[tuple[float, float]] = []
    for number, point in enumerate(chart.points):
        if point.value is not None:
            run.append((across(number), place(point.value)))
        if point.value is None or number == len(chart.points) - 1:
            if len(run) > 1:
                yield Line(points=tuple(run), kind="series")
            run = []


def _phase_lines(
    chart: ControlChart, across: Callable[[int], float], place: Callable[[float], float]
) -> Iterator[Line]:
    for phase in chart.phases:
        first, last = across(phase.first), across(phase.last)
        if phase.first:
            yield Line(points=((first, _TOP), (first, _HEIGHT - _BOTTOM)), kind="phase")
        if phase.mean is not None:
            yield Line(points=((first, place(phase.mean)), (last, place(phase.mean))), kind="mean")
        for limit in (phase.lower, phase.upper):
            if limit is not None:
                yield Line(points=((first, place(limit)), (last, place(limit))), kind="limit")


def _months(chart: ControlChart, across: Callable[[int], float]) -> Iterator[Word]:
    """Yield the months below the axis, no more of them than can be read."""
    every = -(-len(chart.points) // _LABELS)
    for number, point in enumerate(chart.points):
        if number % every == 0:
            x = across(number)
            anchor: Anchor = "end" if x > WIDTH - _LEFT else "middle"
            yield Word(x=x, y=_HEIGHT - _BOTTOM + 20, text=point.label, anchor=anchor)


def _axis(low: float, high: float, place: Callable[[float], float]) -> Iterator[Line]:
    for tick in _steps(low, high):
        yield Line(points=((_LEFT, place(tick)), (WIDTH - _RIGHT, place(tick))), kind="axis")


def _ticks(low: float, high: float, place: Callable[[float], float]) -> Iterator[Word]:
    for tick in _steps(low, high):
        yield Word(x=_LEFT - 8, y=place(tick) + 4, text=f"{tick:,.10g}", anchor="end")


def _bars(chart: BarChart) -> Drawing:
    """Return horizontal bars, each below its words, so that long ones fit."""
    most = max((bar.value or 0 for bar in chart.bars), default=0) or 1
    place = _scale(0, most, 0, _before_words(bar.shown for bar in chart.bars))
    bars, words = [], []
    for number, bar in enumerate(chart.bars):
        y = number * (_BAR + _BAR_GAP)
        words.append(Word(x=0, y=y + 16, text=bar.label))
        length = place(bar.value or 0)
        if bar.value is not None:
            bars.append(Bar(x=0, y=y + 24, width=length, height=_BAR, kind="bar"))
        words.append(Word(x=length + 8, y=y + 24 + 16, text=bar.shown))
    return Drawing(height=len(chart.bars) * (_BAR + _BAR_GAP), bars=tuple(bars), words=tuple(words))


def _walk(chart: WalkChart) -> Drawing:
    """Return a bridge: bars that begin where the one before ended, between marks of both figures.

    Only places count, not lengths from 0: steps are small beside the figures that they lead to.
    """
    ends: list[tuple[float, float]] = []
    level = 0.0
    for step in chart.steps:
        start = step.value if step.is_total else level
        level = step.value if step.is_total else level + step.value
        ends.append((start, level))
    low, high = _range([end for pair in ends for end in pair])
    place = _scale(low, high, 0, _before_words(step.shown for step in chart.steps))
    bars, words = [], []
    for number, (step, (start, end)) in enumerate(zip(chart.steps, ends, strict=True)):
        y = number * (_BAR + _BAR_GAP)
        left, right = sorted((place(start), place(end)))
        kind = "bar" if step.is_total else "down" if step.value < 0 else "up"
        width = _MARK if step.is_total else _round(right - left)
        words.append(Word(x=0, y=y + 16, text=step.label))
        bars.append(Bar(x=left, y=y + 24, width=width, height=_BAR, kind=kind))
        words.append(Word(x=max(right, left + width) + 8, y=y + 24 + 16, text=step.shown))
    return Drawing(
        height=len(chart.steps) * (_BAR + _BAR_GAP), bars=tuple(bars), words=tuple(words)
    )


def _before_words(shown: Iterable[str]) -> float:
    """Return how far bars may reach so that the number behind each still fits."""
    return WIDTH - _MARK - 8 - _LETTER * max(map(len, shown), default=0)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return what an axis reaches over: all values, and 0 where they come near it."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = min(low, 0.0) if low < high / 2 else low
    return (low, high) if high > low else (low - 1, high + 1)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: _round(start + (value - low) / (high - low) * (end - start))


def _steps(low: float, high: float) -> Iterator[float]:
    """Yield round numbers between two values, about as many as fit an axis."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 1 else 1.0
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    tick = -(-low // step) * step
    while tick <= high:
        yield tick
        tick += step


def _round(value: float) -> float:
    return round(value, 1)
