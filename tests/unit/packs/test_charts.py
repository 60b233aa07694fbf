"""Where the marks of a chart lie."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.packs.charts import WIDTH, draw
from mhsds_recon.packs.model import (
    BarChart,
    ChartBar,
    ChartPhase,
    ChartStep,
    ControlChart,
    Point,
    WalkChart,
)

NUMBERS = st.one_of(st.none(), st.integers(0, 5_000_000).map(lambda number: 5.0 * number))


def control_chart(
    values: list[float | None], *, mean: float | None = None, signal: str = ""
) -> ControlChart:
    points = tuple(
        Point(label=f"month {n}", value=value, signal=signal) for n, value in enumerate(values)
    )
    phase = ChartPhase(first=0, last=max(len(values) - 1, 0), mean=mean)
    return ControlChart(id="c", title="t", alternative="a", points=points, phases=(phase,))


def walk_chart(*steps: tuple[str, float, bool]) -> WalkChart:
    return WalkChart(
        id="w",
        title="t",
        alternative="a",
        steps=tuple(
            ChartStep(label=label, value=value, shown=f"{value:+g}", is_total=is_total)
            for label, value, is_total in steps
        ),
    )


@given(st.lists(NUMBERS, max_size=40), NUMBERS)
def test_every_mark_of_a_control_chart_lies_on_the_drawing(
    values: list[float | None], mean: float | None
) -> None:
    drawing = draw(control_chart(values, mean=mean))
    places = [(dot.x, dot.y) for dot in drawing.dots]
    places += [point for line in drawing.lines for point in line.points]
    assert len(drawing.dots) == sum(value is not None for value in values)
    assert all(0 <= x <= WIDTH and 0 <= y <= drawing.height for x, y in places)
    assert all(math.isfinite(number) for place in places for number in place)


def test_a_hidden_month_breaks_the_line() -> None:
    drawing = draw(control_chart([10, 20, None, 30, 40, None, 50]))
    series = [line for line in drawing.lines if line.kind == "series"]
    assert [len(line.points) for line in series] == [2, 2]


def test_higher_values_lie_higher() -> None:
    low, high = draw(control_chart([100, 200])).dots
    assert high.y < low.y


@pytest.mark.parametrize(
    ("signal", "shape", "kind"),
    [
        ("", "circle", "common"),
        ("improvement_high", "triangle-up", "improvement"),
        ("concern_low", "triangle-down", "concern"),
        ("neither_high", "square", "neither"),
    ],
)
def test_signals_differ_by_shape_as_well_as_colour(signal: str, shape: str, kind: str) -> None:
    (dot,) = draw(control_chart([10], signal=signal)).dots
    assert (dot.shape, dot.kind) == (shape, kind)


def test_nothing_is_drawn_of_a_hidden_bar_but_its_words() -> None:
    bars = (
        ChartBar(label="All", value=20, shown="20"),
        ChartBar(label="Few", value=None, shown="*"),
    )
    drawing = draw(BarChart(id="b", title="t", alternative="a", bars=bars))
    assert len(drawing.bars) == 1
    assert [word.text for word in drawing.words] == ["All", "20", "Few", "*"]


def test_steps_of_a_walk_begin_where_the_one_before_ended() -> None:
    drawing = draw(
        walk_chart(
            ("Ours", 100, True), ("Lost", -40, False), ("Late", 20, False), ("End", 80, True)
        )
    )
    ours, lost, late, end = drawing.bars
    assert lost.x + lost.width == pytest.approx(ours.x, abs=0.2)
    assert late.x == pytest.approx(lost.x, abs=0.2)
    assert late.x + late.width == pytest.approx(end.x, abs=0.2)
    assert [bar.kind for bar in drawing.bars] == ["bar", "down", "up", "bar"]


def test_small_steps_between_large_figures_can_be_seen() -> None:
    drawing = draw(walk_chart(("Ours", 33_120, True), ("Lost", -15, False), ("End", 33_105, True)))
    assert drawing.bars[1].width > drawing.width / 2


def test_words_behind_the_longest_bar_fit() -> None:
    drawing = draw(walk_chart(("Ours", 100, True), ("Lost", 0, False), ("End", 100, True)))
    shown = "fewer than 5"
    longest = draw(
        BarChart(
            id="b", title="t", alternative="a", bars=(ChartBar(label="All", value=9, shown=shown),)
        )
    )
    assert all(
        word.x + 7 * len(word.text) <= each.width
        for each in (drawing, longest)
        for word in each.words
    )
