"""The walk is not fooled by coincidence, overlap, rounding, suppression or other providers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from walked_worlds import ACCESS, BY_NAME, Trust, assert_named, measured, results, stated, steps

from mhsds_recon.causes import LocalDefinitions, walk
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.testing import synthetic_trust
from mhsds_recon.testing.worlds import CAUSES, Ground, PlantableCause, Planted, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.standard import Standard

NOT_ATTENDED = BY_NAME["not attended"]
BY_EMAIL = BY_NAME["by e-mail"]


@pytest.fixture(scope="module")
def trust(standard: Standard, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """The trust of every world."""
    return Trust(standard, tmp_path_factory.mktemp("trust"))


def neither() -> PlantableCause:
    """Return contacts that count for want of attendance and of the way they were held."""
    (patient,) = NOT_ATTENDED.story.patients
    (course,) = patient.courses
    contacts = tuple(replace(one, mechanism="05") for one in course.contacts)
    patients = (replace(patient, courses=(replace(course, contacts=contacts),)),)
    return replace(NOT_ATTENDED, story=replace(NOT_ATTENDED.story, patients=patients))


def test_causes_that_concern_the_same_people_say_so(trust: Trust) -> None:
    planted = (
        Planted(cause=NOT_ATTENDED),
        Planted(cause=BY_EMAIL, times=17),
        Planted(cause=neither(), times=9),
    )
    found = trust.walk(World(planted=planted, measure_ids=("MHS95", "MHS30d")))
    whole = steps(found, "measured").filter(measure_id="MHS95", primary_level="RZZ")
    sizes = dict(whole.select("cause_id", "size").iter_rows())
    assert sizes in ({"VC26": 21, "VC25": 17}, {"VC26": 12, "VC25": 26})
    assert set(whole["overlaps"]) == {"VC25", "VC26"}
    assert results(found) == {"differs_explained"}


def test_referrals_six_days_apart_are_two_spells_on_both_sides(trust: Trust) -> None:
    five = BY_NAME["two referrals five days apart"]
    (patient,) = five.story.patients
    first, second = patient.courses
    later = replace(patient, courses=(first, replace(second, received=second.received + 1)))
    counts = Counter(five.story.counts) + Counter(five.sizes)
    six = replace(five, story=replace(five.story, patients=(later,), counts=counts), sizes={})
    planted = (Planted(cause=five), Planted(cause=six, times=9))
    assert_named(trust, World(planted=planted, measure_ids=("MRS11", "MRS12")))


def test_rows_that_both_sides_count_alike_are_no_cause(trust: Trust) -> None:
    decoys = tuple(
        Planted(cause=cause, is_counted_otherwise=False)
        for cause in CAUSES
        if cause.lost_after == "warehouse"
    )
    planted = Planted(cause=NOT_ATTENDED, times=9)
    assert_named(trust, World(planted=(planted, *decoys[1:]), measure_ids=("MHS95", "MHS30d")))


def test_two_causes_that_come_to_the_same_are_not_told_apart(trust: Trust) -> None:
    planted = (
        Planted(cause=NOT_ATTENDED),
        Planted(cause=BY_EMAIL, is_counted_otherwise=False),
    )
    found = trust.walk(World(planted=planted, measure_ids=ACCESS))
    assert measured(found) == {}
    bounded = steps(found, "bounded").filter(primary_level="RZZ")
    assert {"any_attendance", "any_mechanism"} <= set(bounded["variation"])
    assert set(bounded["high"]) == {12}
    assert results(found) == {"differs_unexplained"}


def test_another_measure_tells_two_such_causes_apart(trust: Trust) -> None:
    planted = (
        Planted(cause=NOT_ATTENDED),
        Planted(cause=BY_EMAIL, is_counted_otherwise=False),
    )
    assert_named(trust, World(planted=planted, measure_ids=("MHS95", "MHS30d")))


def test_what_the_trust_declares_decides_between_two_such_causes(trust: Trust) -> None:
    planted = (
        Planted(cause=NOT_ATTENDED, is_counted_otherwise=False),
        Planted(cause=BY_EMAIL),
    )
    world = World(planted=planted, measure_ids=ACCESS)
    declared = LocalDefinitions(variations=("any_mechanism",))
    found = walk(replace(trust.given(world), definitions=declared))
    assert measured(found) == stated(world, found)


def raised(counts: pl.DataFrame, by: int, *levels: str) -> pl.DataFrame:
    """Return counts with some more people of MHS95 at some levels."""
    more = (pl.col("MEASURE_ID") == "MHS95") & pl.col("PRIMARY_LEVEL").is_in(levels)
    raised_ = (pl.col("EXACT_VALUE").cast(pl.Int64) + by).cast(pl.String)
    value = pl.when(more).then(raised_).otherwise("EXACT_VALUE")
    return counts.with_columns(MEASURE_VALUE=value, EXACT_VALUE=value)


@pytest.mark.parametrize("gap", [12, 7])
def test_a_gap_that_is_only_by_chance_as_large_as_a_cause_is_not_laid_to_it(
    gap: int, trust: Trust
) -> None:
    decoy = Planted(cause=NOT_ATTENDED, is_counted_otherwise=False)
    world = World(planted=(decoy,), measure_ids=ACCESS)
    counts = raised(world.counts(), gap, "RZZ", "Z1A")
    found = walk(trust.given(world, counts=counts))
    assert measured(found) == {}
    assert results(found) == {"differs_unexplained"}
    assert found.frame.filter(primary_level="RZZ")["residual"].item() > 0


def test_figures_within_rounding_have_no_step(trust: Trust) -> None:
    world = World(planted=(Planted(cause=BY_NAME["contact rejected"], times=1),))
    published = World().published()
    found = walk(trust.given(world, counts=World().counts(), published=published))
    assert found.variance.is_empty()


def test_a_suppressed_figure_bounds_what_is_left(trust: Trust) -> None:
    world = World(planted=(Planted(cause=NOT_ATTENDED),), measure_ids=ACCESS)
    hidden = world.published().with_columns(MEASURE_VALUE=pl.lit("*"))
    found = walk(trust.given(world, published=hidden))
    assert set(steps(found, "measured")["cause_id"]) <= {"VC26"}
    assert results(found) == {"differs_part_explained"}
    assert (found.frame["residual"] > 0).any()


def test_a_provider_among_others_walks_as_it_does_alone(trust: Trust) -> None:
    first = World(planted=(Planted(cause=NOT_ATTENDED),), measure_ids=ACCESS)
    other = World(
        ground=Ground(provider="RZY"),
        planted=(Planted(cause=BY_EMAIL, times=17),),
        measure_ids=ACCESS,
    )
    both = pl.concat([first.published(), other.published()])
    for world in (first, other):
        found = walk(trust.given(world, published=both))
        assert found.provider == world.ground.provider
        assert measured(found) == stated(world, found)


@pytest.mark.parametrize("name", ["not attended", "lives elsewhere", "admitted", "no first score"])
def test_planted_rows_come_to_the_same_among_those_of_a_varied_trust(
    name: str, trust: Trust
) -> None:
    cause = BY_NAME[name]
    world = World(planted=(Planted(cause=cause),), measure_ids=cause.only)
    varied = synthetic_trust(months=14, people=200, seed=3, plant=False)
    with_them = world.added_to({month: dict(rows) for month, rows in varied.extracts.items()})
    more, alone = gained(trust, world, with_them), gained(trust, world, varied.extracts)
    assert {name: more[name] - alone[name] for name in more} == {
        name: 12 * cause.sizes.get(name, 0) for name in more
    }


def gained(
    trust: Trust, world: World, months: Mapping[str, Mapping[str, pl.DataFrame]]
) -> dict[str, float]:
    """Return how much more the local definition of a world's cause counts, by measure."""
    extracts = [
        extract_from_frames(tables, standard=trust.standard, engine=trust.engine, name=month)
        for month, tables in months.items()
    ]
    local, national = (
        count(
            extracts,
            standard=trust.standard,
            period=world.ground.period,
            reference=trust.reference,
            measure_ids=list(world.planted[0].cause.sizes),
            variations=variations,
        ).frame.filter(breakdown="Provider")
        for variations in ([str(world.planted[0].cause.variation)], [])
    )
    both = local.join(national, on="measure_id").fill_null(0)
    return {
        name: ours - theirs
        for name, ours, theirs in both.select(
            "measure_id", "exact_value", "exact_value_right"
        ).iter_rows()
    }
