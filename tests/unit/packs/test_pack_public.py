"""The profile for the public: what a total would give away is hidden too."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mhsds_recon.measures import Figures
from mhsds_recon.packs import (
    Pack,
    PackInputs,
    as_csv,
    build_pack,
    canonical_json,
    reconciliation_table,
    render_html,
    render_workbook,
    summary_of,
)
from mhsds_recon.packs.extracted import text_of
from mhsds_recon.packs.model import Table
from mhsds_recon.standard import Standard

AREA = "Sub ICB of GP Practice or Residence"
Bounds = tuple[int, int]


def allowed(shown: str) -> Bounds:
    """Return the lowest and highest count that a shown one stands for."""
    if shown == "*":
        return 0, 10**6
    number = int(shown.replace(",", ""))
    return (5 if number == 5 else number - 2), number + 2


def tightened(total: Bounds, parts: list[Bounds]) -> list[Bounds]:
    """Return what is left of the bounds of parts that add up to a total.

    With one sum the bounds found are reached: none can be tightened further.
    """
    low, high = total
    return [
        (
            max(part[0], low - sum(other[1] for other in parts[:place] + parts[place + 1 :])),
            min(part[1], high - sum(other[0] for other in parts[:place] + parts[place + 1 :])),
        )
        for place, part in enumerate(parts)
    ]


def tells_a_small_count(total: str, parts: Iterable[str]) -> bool:
    """Return whether only counts of 1 to 4 can stand behind a hidden part."""
    shown = list(parts)
    bounds = [(0, 10**6) if part == "*" else allowed(part) for part in shown]
    left = tightened(allowed(total) if total != "*" else (0, 4), bounds)
    return any(
        part == "*" and low >= 1 and high <= 4
        for part, (low, high) in zip(shown, left, strict=True)
    )


def figures_by_area(month: SimpleNamespace, areas: Mapping[str, int]) -> Figures:
    """Return people seen in 12 months, by area, with the whole provider as their sum."""
    whole = month.figures({**month.values, "MHS95": sum(areas.values())})
    one = whole.frame.filter(pl.col("measure_id") == "MHS95", pl.col("breakdown") == "Provider")
    rows = [
        one.with_columns(
            breakdown=pl.lit(AREA),
            primary_level=pl.lit(name),
            primary_level_description=pl.lit(f"Area {name}"),
            exact_value=pl.lit(float(count)),
            numerator=pl.lit(float(count)),
            measure_value=pl.lit("*" if count < 5 else str((count + 2) // 5 * 5)),
        )
        for name, count in areas.items()
    ]
    figures: Figures = replace(whole, frame=pl.concat([whole.frame, *rows]))
    return figures


def table(pack: Pack, name: str) -> Table:
    return next(found for each in pack.sections for found in each.tables if found.id == name)


def shown_areas(pack: Pack) -> tuple[str, list[str]]:
    (total,) = (row[1] for row in table(pack, "access-figures").rows)
    return total, [row[2] for row in table(pack, "access-areas-1").rows]


AREAS = st.lists(st.integers(0, 40), min_size=2, max_size=6)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(counts=AREAS, later=AREAS)
@example(counts=[0] * 6, later=[0, 33, 33])
def test_no_count_from_one_to_four_can_be_worked_out(
    month: SimpleNamespace,
    inputs: Callable[..., PackInputs],
    counts: list[int],
    later: list[int],
) -> None:
    """Not from a pack, nor from two versions of it, of which the second has other counts."""
    second = (later * 3)[: len(counts)]
    packs = []
    for version, values in enumerate((counts, second), start=1):
        areas = {f"A{place}": count for place, count in enumerate(values)}
        given_ = inputs(figures=figures_by_area(month, areas), profile="public", version=version)
        packs.append(build_pack(given_))
    shown = [shown_areas(pack) for pack in packs]
    for values, (total, parts) in zip((counts, second), shown, strict=True):
        assert not any(re.fullmatch("[1-4]", part) for part in (total, *parts))
        assert all(part == "*" for part, exact in zip(parts, values, strict=True) if exact < 5)
        assert not tells_a_small_count(total, parts)
    # What both versions show changes by no count that is certain to be from 1 to 4.
    for before, after in zip(*(parts for _, parts in shown), strict=True):
        if "*" not in (before, after):
            (low, high), (least, most) = allowed(before), allowed(after)
            assert most - low > least - high


def test_the_solver_finds_what_rounding_alone_gives_away() -> None:
    assert tells_a_small_count("20", ["15", "*"]) is False
    assert tells_a_small_count("10", ["5", "*"]) is False
    assert tells_a_small_count("*", ["*"]) is False
    assert tightened((18, 22), [(13, 17), (0, 4)]) == [(14, 17), (1, 4)]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("national", ["*", "15", "35"]),
        ("public", ["*", "*", "35"]),
        ("internal", ["3", "14", "33"]),
    ],
)
def test_a_second_part_is_hidden_for_the_public_only(
    month: SimpleNamespace,
    make_pack: Callable[..., Pack],
    profile: str,
    expected: list[str],
) -> None:
    figures = figures_by_area(month, {"A": 3, "B": 14, "C": 33})
    assert shown_areas(make_pack(figures=figures, profile=profile))[1] == expected


def test_a_hidden_part_is_hidden_beside_its_published_figure_and_in_every_form(
    month: SimpleNamespace, inputs: Callable[..., PackInputs]
) -> None:
    figures = figures_by_area(month, {"A": 3, "B": 12, "C": 829})
    found = month.reconciliation([month.compared("MHS95", 12, "15", "differs_unexplained")], {})
    at_area = found.frame.with_columns(breakdown=pl.lit(AREA), primary_level=pl.lit("B"))
    given_ = inputs(
        figures=figures,
        profile="public",
        pack_type="B",
        reconciliation=replace(found, frame=at_area),
    )
    pack = build_pack(given_)
    # It could differ by what is hidden only, so it is no difference to list.
    assert table(pack, "reconciled-figures").rows == ()
    assert table(pack, "results").rows == (("Suppressed: not comparable", "1"),)
    tidy = reconciliation_table(given_)
    assert tidy is not None
    (line,) = tidy.rows
    assert line[-7:] == ("*", "15", "13 to 17", "suppressed_not_comparable", "-", "-", "-")
    texts = [
        render_html(pack),
        canonical_json(pack).decode(),
        text_of(render_workbook(pack)),
        as_csv(tidy),
        json.dumps(summary_of(pack, given_, {})),
    ]
    assert not [text for text in texts if re.search(r">12<|\"12\"|,12,", text)]


@pytest.mark.parametrize("profile", ["national", "public"])
def test_few_rejected_rows_cannot_be_told_from_those_accepted(
    make_pack: Callable[..., Pack], profile: str
) -> None:
    rows = {
        row[0].split()[0]: row[1:4]
        for row in table(make_pack(profile=profile), "rows-by-table").rows
    }
    assert rows["MHS001MPI"] == ("1,205", "1,205", "*")
    assert rows["MHS101Referral"] == ("1,310", "1,290", "20")


def test_teams_with_few_people_are_left_out_for_the_public(
    make_pack: Callable[..., Pack], standard: Standard
) -> None:
    rows = [
        ("Provider", "RZZ", "RZZ", "LOC04", 61.0, "60"),
        ("Local team", "T1", "North", "LOC04", 3.0, "*"),
        ("Local team", "T1", "North", "LOC05", 17.0, "15"),
        ("Local team", "T2", "South", "LOC04", 41.0, "40"),
    ]
    names = ("breakdown", "primary_level", "primary_level_description", "measure_id")
    frame = pl.DataFrame(rows, (*names, "exact_value", "measure_value"), orient="row")
    assert "LOC04" in standard.measures
    for profile, expected in {
        "national": ["All teams", "T1", "T2"],
        "public": ["All teams", "T2"],
    }.items():
        pack = make_pack(teams=replace(make_figures(frame)), profile=profile)
        assert [row[0] for row in table(pack, "activity-by-team").rows] == expected


def make_figures(frame: pl.DataFrame) -> Figures:
    from mhsds_recon.standard import ReportingPeriod  # noqa: PLC0415  only here

    return Figures(provider="RZZ", period=ReportingPeriod(2025, 9), frame=frame, missing_months={})


def test_a_public_pack_says_how_it_hides(make_pack: Callable[..., Pack]) -> None:
    later = dt.datetime(2025, 10, 14, tzinfo=dt.UTC)
    method = next(
        each
        for each in make_pack(profile="public", generated_at=later).sections
        if each.id == "method"
    )
    assert "Further counts are hidden" in method.sentences[0]
