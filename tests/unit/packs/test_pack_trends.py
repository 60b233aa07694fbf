"""Trends and walks in a pack: the chart, its words and its table say the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest

from mhsds_recon.packs import Pack, build_pack, check_privacy, render_html
from mhsds_recon.packs.inputs import PackInputs
from mhsds_recon.packs.model import ControlChart, Section, WalkChart
from mhsds_recon.reconciliation import Reconciliation

STEADY = [100.0 + place % 3 * 10 for place in range(17)]


def section(pack: Pack, name: str) -> Section:
    return next(each for each in pack.sections if each.id == name)


def chart(pack: Pack) -> ControlChart:
    (found,) = section(pack, "trends").charts
    assert isinstance(found, ControlChart)
    return found


def test_without_earlier_months_the_section_says_so(make_pack: Callable[..., Pack]) -> None:
    found = section(make_pack(), "trends")
    assert found.sentences == (
        "There is nothing to show: no earlier month was counted for this pack.",
    )
    assert found.charts == ()


def test_a_chart_stands_with_its_table_and_says_signal_and_latest_value(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(trends=(month.trend("MHS30d", [*STEADY, 400.0]),))
    drawn = chart(pack)
    assert drawn.alternative.startswith("Latest month, September 2025: 400.")
    assert "The latest month is above the usual range" in drawn.alternative
    assert drawn.points[-1].signal == "neither_high"
    (table,) = section(pack, "trends").tables
    assert drawn.table == table.id
    assert table.rows[-1][:2] == ("September 2025", "400")
    assert table.rows[-1][-1] == "above the usual range"
    assert (
        "More than usual ups and downs: Contacts that took place in the month (above the usual"
        " range)."
    ) in section(pack, "changes").sentences


@pytest.mark.parametrize(("profile", "drawn"), [("national", 100.0), ("internal", 102.0)])
def test_what_is_drawn_is_what_is_shown(
    make_pack: Callable[..., Pack], month: SimpleNamespace, profile: str, drawn: float
) -> None:
    values = [102.0, *STEADY]
    pack = make_pack(trends=(month.trend("MHS30d", values),), profile=profile)
    assert chart(pack).points[0].value == drawn


def test_hidden_months_are_not_drawn(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(trends=(month.trend("MHS30d", [*STEADY[:8], 3.0, *STEADY]),))
    assert chart(pack).points[8].value is None
    assert section(pack, "trends").tables[0].rows[8][1] == "*"


def test_few_a_month_have_a_table_and_no_chart(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    found = section(make_pack(trends=(month.trend("MHS30d", [12.0, 9.0] * 9),)), "trends")
    assert found.charts == ()
    assert len(found.tables) == 1
    assert "please read the table" in found.notes[0]


def test_rolling_figures_are_a_plain_line(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    drawn = chart(make_pack(trends=(month.trend("MHS95", STEADY),)))
    assert (drawn.phases[-1].mean, drawn.phases[-1].lower) == (None, None)
    assert "Each figure counts most months of the one before it again" in drawn.alternative


def test_the_page_draws_every_chart_with_its_words(
    inputs: Callable[..., PackInputs], month: SimpleNamespace
) -> None:
    pack = build_pack(inputs(trends=(month.trend("MHS30d", [*STEADY, 400.0]),)))
    page = render_html(pack)
    assert page.count('role="img"') == sum(len(each.charts) for each in pack.sections) == 1
    assert 'aria-describedby="trend-1-text"' in page
    assert page.index("<svg") < page.index('id="trend-1-months-caption"')
    check_privacy({"pack.html": page}, pack=pack)


def walks(pack: Pack) -> Sequence[WalkChart]:
    return [each for each in section(pack, "variance").charts if isinstance(each, WalkChart)]


def test_a_bridge_leads_from_ours_to_the_published_figure(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> None:
    drawn = walks(make_pack(pack_type="B", reconciliation=reconciliation))
    assert [each.id for each in drawn] == ["walk-CYP32-NONE", "walk-MHS95-NONE"]
    steps = [(step.value, step.is_total) for step in drawn[1].steps]
    assert steps == [(1230, True), (-10, False), (-5, False), (1215, True)]
    assert drawn[1].alternative.startswith("From ours, 1,230, to the published figure, 1,215.")


def test_no_bridge_leads_to_a_hidden_figure(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    rows = [month.compared("MRS12", 8, "*", "differs_explained", explained=4)]
    found = month.reconciliation(rows, {"MRS12": [4]})
    assert walks(make_pack(pack_type="B", reconciliation=found)) == []
