"""One figure over months: phases, lines, icons, and what of it may be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.errors import DefinitionError, ReferenceFileError
from mhsds_recon.standard import Standard
from mhsds_recon.standard.trend_rules import TrendRules, load_trend_rules, overlaps
from mhsds_recon.trends import Trend, TrendSettings, read_settings, shown, trend_of
from mhsds_recon.trends import without_small_numbers as safe
from mhsds_recon.trends.settings import Recalculation, Target

Series = Callable[..., pl.DataFrame]

MONTHLY, GOOD, BAD = "CYP32", "MHS111", "MHS58"
USUAL = [100, 120] * 10
SETTINGS = """
screen_moving_ranges = true

[[recalculation]]
measure = "CYP32"
month = "2025-01"
decided = 2025-03-12
reason = "a second team opened"

[[target]]
measure = "CYP32"
value = 90.0
"""


@pytest.fixture
def draw(standard: Standard, rules: TrendRules, series: Series) -> Callable[..., Trend]:
    """A function that makes the trend of a measure from its values."""

    def make(
        values: list[float | None],
        measure: str = MONTHLY,
        *,
        start: str = "2024-04",
        settings: TrendSettings = TrendSettings(),  # noqa: B008  frozen
    ) -> Trend:
        return trend_of(
            series(values, start=start), standard.measures[measure], rules=rules, settings=settings
        )

    return make


def test_lines_and_signals_stand_beside_every_month(draw: Callable[..., Trend]) -> None:
    trend = draw([*USUAL, 200])
    latest = trend.points.row(-1, named=True)
    assert trend.points["period"].to_list()[:2] == ["2024-04", "2024-05"]
    assert (latest["local_exact"], latest["signals"], latest["side"]) == (200, "outside_limits", 1)
    assert latest["mean"] == pytest.approx((110 * 20 + 200) / 21)
    assert latest["upper"] - latest["mean"] == pytest.approx(2.66 * (19 * 20 + 80) / 20)


@pytest.mark.parametrize(
    ("measure", "latest", "icon"),
    [
        (GOOD, 300, "improvement_high"),
        (GOOD, 0, "concern_low"),
        (BAD, 300, "concern_high"),
        (BAD, 0, "improvement_low"),
        (MONTHLY, 300, "neither_high"),
        (MONTHLY, 0, "neither_low"),
        (MONTHLY, 110, "common_cause"),
    ],
)
def test_the_latest_point_decides_the_variation_icon(
    draw: Callable[..., Trend], measure: str, latest: float, icon: str
) -> None:
    assert draw([*USUAL, latest], measure).variation == icon


def test_an_earlier_signal_does_not_change_the_icon(draw: Callable[..., Trend]) -> None:
    trend = draw([*USUAL, 300, 110])
    assert trend.points["signals"].to_list()[-2] == "outside_limits"
    assert trend.variation == "common_cause"


@pytest.mark.parametrize(
    ("measure", "target", "icon"),
    [
        (GOOD, 40.0, "passing"),
        (GOOD, 110.0, "hit_or_miss"),
        (GOOD, 200.0, "failing"),
        (BAD, 40.0, "failing"),
        (BAD, 110.0, "hit_or_miss"),
        (BAD, 200.0, "passing"),
        (MONTHLY, 110.0, None),
    ],
)
def test_the_target_against_the_limits_decides_the_assurance_icon(
    draw: Callable[..., Trend], measure: str, target: float, icon: str | None
) -> None:
    settings = TrendSettings(targets=(Target(measure=measure, value=target),))
    assert draw(USUAL, measure, settings=settings).assurance == icon


@pytest.mark.parametrize(("way", "icon"), [(-1, "passing"), (1, "failing")])
def test_a_target_on_a_limit_is_at_or_beyond_it(
    draw: Callable[..., Trend], way: int, icon: str
) -> None:
    limits = draw(USUAL, GOOD).phases[0].limits
    assert limits is not None
    target = Target(measure=GOOD, value=limits.mean + way * limits.reach)
    assert draw(USUAL, GOOD, settings=TrendSettings(targets=(target,))).assurance == icon


def test_fewer_than_15_months_have_a_mean_and_no_limits_and_no_icons(
    draw: Callable[..., Trend],
) -> None:
    settings = TrendSettings(targets=(Target(measure=GOOD, value=1.0),))
    trend = draw(USUAL[:14], GOOD, settings=settings)
    assert trend.phases[0].no_limits == "too_few_points"
    assert trend.points["mean"].to_list() == [110.0] * 14
    assert trend.points["upper"].null_count() == 14
    assert (trend.variation, trend.assurance) == (None, None)


@pytest.mark.parametrize("measure", ["MHS95", "MRS08", "MHS69"])
def test_a_rolling_measure_has_neither_limits_nor_mean(
    draw: Callable[..., Trend], standard: Standard, measure: str
) -> None:
    trend = draw(USUAL, measure)
    assert overlaps(standard.measures[measure])
    assert trend.phases[0].no_limits == "months_overlap"
    assert trend.points["mean"].null_count() == 20
    assert trend.variation is None


def test_a_figure_counted_at_the_end_of_the_month_is_not_rolling(standard: Standard) -> None:
    """Its published row is labelled with three months; it is counted at the end of the last."""
    assert standard.measures["MHS133"].period == "month end, rolling quarter label"
    assert not overlaps(standard.measures["MHS133"])


def test_a_dated_change_starts_a_phase(draw: Callable[..., Trend]) -> None:
    trend = draw([*USUAL, *[200, 220] * 8], start="2022-08")
    assert [str(phase.start) for phase in trend.phases] == ["2022-08", "2024-04"]
    assert [phase.points for phase in trend.phases] == [20, 16]
    assert "version 6" in trend.phases[1].reason
    assert not any(trend.points["signals"].to_list())
    assert trend.points["mean"].unique().sort().to_list() == [110.0, 210.0]


def test_a_phase_begins_at_its_change_also_where_that_month_has_no_figure(
    draw: Callable[..., Trend],
) -> None:
    trend = draw([*USUAL, None, *[200, 220] * 8], start="2022-08")
    assert [str(phase.start) for phase in trend.phases] == ["2022-08", "2024-04"]
    assert (trend.phases[1].months, trend.phases[1].points) == (17, 16)


def test_a_measure_defined_anew_starts_a_phase(standard: Standard, rules: TrendRules) -> None:
    assert "2025-09" in rules.changes_of(standard.measures["ED85"])
    assert "2025-09" not in rules.changes_of(standard.measures["CYP32"])


def test_a_recorded_decision_starts_a_phase_of_its_measure_only(
    draw: Callable[..., Trend], tmp_path: Path
) -> None:
    path = tmp_path / "charts.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    settings = read_settings(path)
    starts = [str(phase.start) for phase in draw(USUAL, settings=settings).phases]
    assert starts == ["2024-04", "2025-01"]
    assert len(draw(USUAL, GOOD, settings=settings).phases) == 1
    trend = draw(USUAL, settings=settings)
    assert trend.phases[1].reason == "a second team opened (decided on 2025-03-12)"
    assert (trend.target, trend.screens) == (90.0, True)


def test_the_settings_in_the_guide_are_read(tmp_path: Path, standard: Standard) -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "read-the-trend.md"
    lines = guide.read_text(encoding="utf-8").splitlines()
    shown = [line[4:] for line in lines if line.startswith("    ") and "mhsds-recon" not in line]
    (tmp_path / "charts.toml").write_text("\n".join(shown), encoding="utf-8")
    named = read_settings(tmp_path / "charts.toml").measures
    assert len(named) == 2
    assert named <= set(standard.measures)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('reason = "a second team opened"', 'reason = " "'),
        ("decided = 2025-03-12", ""),
        ('month = "2025-01"', 'month = "January"'),
        ("screen_moving_ranges", "screen"),
        ("[[target]]", "[[target"),
        ("[[target]]", '[[target]]\nmeasure = "CYP32"\nvalue = 1.0\n\n[[target]]'),
    ],
)
def test_settings_that_are_not_complete_are_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "charts.toml"
    path.write_text(SETTINGS.replace(old, new), encoding="utf-8")
    with pytest.raises(ReferenceFileError, match=r"charts\.toml"):
        read_settings(path)


def test_absent_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")


def test_a_recalculation_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Recalculation(measure="X", month="2025-01", decided=dt.date(2025, 1, 1), reason="")


def test_months_without_a_figure_are_told(draw: Callable[..., Trend]) -> None:
    trend = draw([*USUAL, None, None, 110])
    assert trend.points.height == 23
    assert trend.points["local_exact"].null_count() == 2
    assert trend.variation == "common_cause"


def test_figures_and_lines_are_shown_as_published(draw: Callable[..., Trend]) -> None:
    table = shown(draw([*[3, 11] * 10, 3, 23]))
    first, latest = table.row(0, named=True), table.row(-1, named=True)
    assert (first["local"], latest["local"], latest["mean"]) == ("*", "25", "5")
    assert (latest["published"], latest["gap"]) == ("30", "-5")
    assert latest["lower"] == "*"
    assert "3" not in set(table["local"]) | set(table["gap"])


def test_a_figure_that_came_without_disclosure_control_is_shown_after_it(
    series: Series, standard: Standard, rules: TrendRules
) -> None:
    """A counts file may hold exact counts where the published ones would stand."""
    exact = pl.col("local_exact").cast(pl.Int64).cast(pl.String)
    raw = series([3, 11] * 8).with_columns(local_published=exact)
    table = shown(trend_of(raw, standard.measures[MONTHLY], rules=rules))
    assert table["local"].to_list() == ["*", "10"] * 8


def test_exact_values_are_shown_on_request_only(draw: Callable[..., Trend]) -> None:
    table = shown(draw([*[3, 11] * 10]), exact=True)
    assert table["local"].to_list()[:2] == ["3", "11"]
    assert table["mean"].unique().to_list() == ["7"]


def test_a_fall_into_small_numbers_is_not_told_step_by_step(draw: Callable[..., Trend]) -> None:
    """Seven falling months of which the last four are stars could only be 4, 3, 2 and 1."""
    trend = draw([*[8, 14] * 8, 12, 10, 9, 4, 3, 2, 1])
    assert "rising_or_falling" in trend.points["signals"].to_list()[-1]
    signals = shown(trend)["signals"].to_list()
    assert not any("rising" in signal for signal in signals)
    assert (safe(trend).variation, trend.variation) == ("not_told", "neither_low")
    assert "rising_or_falling" in shown(trend, exact=True)["signals"].to_list()[-1]


def test_a_usual_month_is_called_so_where_nothing_that_decides_is_hidden(
    draw: Callable[..., Trend],
) -> None:
    assert safe(draw([3, *[8, 14] * 10])).variation == "common_cause"
    assert safe(draw([*[8, 14] * 8, 3, *[8, 14] * 3])).variation == "not_told"


def test_a_signal_that_any_hidden_figure_would_give_stays(draw: Callable[..., Trend]) -> None:
    trend = draw([*USUAL, 2])
    assert shown(trend)["signals"].to_list()[-1] == "outside_limits"
    assert safe(trend).variation == trend.variation == "neither_low"


@given(
    values=st.lists(st.integers(0, 12), min_size=16, max_size=30),
    other=st.data(),
)
def test_what_is_shown_does_not_depend_on_hidden_figures_but_for_the_lines(
    standard: Standard, rules: TrendRules, series: Series, values: list[int], other: st.DataObject
) -> None:
    """With the lines kept, other hidden figures give the same signals."""
    trend = trend_of(series(values), standard.measures[MONTHLY], rules=rules)
    changed = [other.draw(st.integers(0, 4)) if value < 5 else value for value in values]
    column = pl.Series("local_exact", changed, dtype=pl.Float64)
    twin = replace(trend, points=trend.points.with_columns(column))
    assert safe(trend).points["signals"].to_list() == safe(twin).points["signals"].to_list()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('better = { high = ["CYP32"], low = ["CYP32"] }', "both high and low"),
        ('better = { high = ["CYP99"] }', "unknown measure 'CYP99'"),
        ('[[change]]\nmonth = "2024-13"\nreason = "x"', "month"),
        ('[[change]]\nmonth = "2024-04"\nreason = "x"\nmeasures = ["XX"]', "unknown measure 'XX'"),
    ],
)
def test_rules_of_trends_that_do_not_fit_are_refused(
    standard: Standard, tmp_path: Path, content: str, problem: str
) -> None:
    folder = tmp_path / "rules" / "v6.0"
    folder.mkdir(parents=True)
    (folder / "trends.toml").write_text(f'source = "made up"\n{content}\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=problem):
        load_trend_rules(standard, tmp_path)


def test_small_counts_prefer_a_table(draw: Callable[..., Trend]) -> None:
    assert draw([*[8, 14] * 10]).prefers_table
    assert not draw(USUAL).prefers_table
