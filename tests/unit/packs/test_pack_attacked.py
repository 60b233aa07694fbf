"""No count of 1 to 4 can be worked out from a pack, nor from two versions of it.

Small worlds are drawn person by person, so that all their numbers hang together, and a solver
looks for counts that nothing else than 1 to 4 is left for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from types import SimpleNamespace
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from attacker import Reader, unrounded
from knowledge import Knowledge

from mhsds_recon.measures import Figures
from mhsds_recon.measures.disclosure import control
from mhsds_recon.measures.parts import hide_more
from mhsds_recon.packs import Pack, PackInputs, build_pack
from mhsds_recon.standard import ReportingPeriod, Standard

PERIOD = ReportingPeriod(2025, 9)
AREA = "Sub ICB of GP Practice or Residence"
AREAS, TEAMS, TOOLS = "ABC", ("T1", "T2", "T3"), ("Goals", "Old form", "Rare form")
TABLES = ("MHS001MPI", "MHS101Referral", "MHS201CareContact")
RULES = {
    "MHS001MPI": ("MHS00145", "MHS00146", "MHS00147"),
    "MHS101Referral": ("MHS10101", "MHS10104"),
}
REASONS = ("paired", "between", "only_score", "not_in_list")


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is to count in a month."""

    depths: tuple[tuple[str, tuple[str, ...], int], ...]
    scores: tuple[tuple[str, str], ...]
    failing: Mapping[str, tuple[frozenset[str], ...]]
    results: Mapping[str, tuple[int, ...]]
    spells: tuple[int, ...]


def world(random: Random, size: int) -> World:
    """Draw a world of about so many people, most of its numbers small."""
    weights = [random.random() ** 3 for _ in range(3)]

    def teams() -> tuple[str, ...]:
        most = random.choices(TEAMS, weights)
        return tuple({*most, *(random.sample(TEAMS, 1) if random.random() < 0.1 else ())})

    people = tuple(
        (random.choices(AREAS, weights)[0], teams(), random.choice((0, 3, 5, 6, 6, 6)))
        for _ in range(random.randrange(size))
    )
    return World(
        depths=people,
        scores=tuple(
            (random.choices(TOOLS, weights)[0], random.choice(REASONS))
            for _ in range(random.randrange(size))
        ),
        failing={
            table: tuple(
                frozenset(rule for rule in RULES.get(table, ()) if random.random() < 0.12)
                for _ in range(random.randrange(size))
            )
            for table in TABLES
        },
        results={
            f"MHS-DQM{number:02}": tuple(random.randrange(size) // 2 for _ in range(5))
            for number in range(1, 4)
        },
        spells=tuple(random.randrange(size) for _ in range(8)),
    )


def without_some(random: Random, before: World) -> World:
    """Return the same world without the rows of one to three people."""

    def fewer(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        gone = set(random.sample(range(len(rows)), min(len(rows), random.randint(1, 3))))
        return tuple(row for place, row in enumerate(rows) if place not in gone)

    return replace(
        before,
        depths=fewer(before.depths),
        scores=fewer(before.scores),
        failing={table: fewer(rows) for table, rows in before.failing.items()},
        results={
            item: (max(0, counts[0] - 1), *counts[1:3], max(0, counts[3] - 2), counts[4])
            for item, counts in before.results.items()
        },
    )


def figures_of(month: SimpleNamespace, standard: Standard, given: World) -> Figures:
    """Return figures of the provider and of its areas, disclosed as the publication would."""
    counted = [area for area, _, depth in given.depths if depth == 6]
    some, urgent, routine, started, quick, better, same, worse = given.spells
    counts = {
        "MHS95": len(counted),
        "MRS08": started,
        "MRS08a": min(started, started - quick % 5 if started > 5 else quick),
        "ED85": urgent + routine,
        "ED86": urgent,
        "ED87": routine,
        "ED88": some,
        "ED89": some // 3,
        "ED90": some - some // 3,
        "MHS113a": better,
        "MHS113e": same // 3,
        "MHS113c": worse // 5,
    }
    whole = month.figures(counts)
    one = whole.frame.filter(pl.col("measure_id") == "MHS95", pl.col("breakdown") == "Provider")
    areas = [
        one.with_columns(
            breakdown=pl.lit(AREA),
            primary_level=pl.lit(name),
            primary_level_description=pl.lit(name),
            exact_value=pl.lit(float(counted.count(name))),
            numerator=pl.lit(float(counted.count(name))),
        )
        for name in AREAS
    ]
    share = one.with_columns(
        measure_id=pl.lit("MRS08b"),
        disclosure=pl.lit(standard.measures["MRS08b"].disclosure),
        exact_value=pl.lit(counts["MRS08a"] / started * 100 if started else 0.0),
        numerator=pl.lit(float(counts["MRS08a"])),
        denominator=pl.lit(float(started)),
    )
    frame = pl.concat(
        [whole.frame.cast({"denominator": pl.Float64}), *areas, share], how="diagonal"
    )
    figures: Figures = replace(whole, frame=disclosed(frame))
    return figures


def disclosed(frame: pl.DataFrame) -> pl.DataFrame:
    columns = ("exact_value", "numerator", "denominator", "disclosure", "breakdown")
    shown = control(*(nw.col(name) for name in columns))
    rows: pl.DataFrame = nw.from_native(frame).with_columns(measure_value=shown).to_native()
    return rows


def teams_of(month: SimpleNamespace, given: World) -> Figures:
    """Return the caseload of each team, further ones hidden as the count does."""
    seen = Counter(team for _, teams, _ in given.depths for team in teams)
    whole = month.figures({"LOC04": len(given.depths)})
    one = whole.frame.filter(pl.col("breakdown") == "Provider")
    teams = [
        one.with_columns(
            breakdown=pl.lit("Local team"),
            primary_level=pl.lit(team),
            primary_level_description=pl.lit(team),
            exact_value=pl.lit(float(seen[team])),
            numerator=pl.lit(float(seen[team])),
        )
        for team in TEAMS
    ]
    frame = disclosed(pl.concat([one, *teams]).cast({"denominator": pl.Float64})).with_columns(
        is_local=pl.col("breakdown") != "Provider", is_amount=pl.lit(value=True)
    )
    figures: Figures = replace(whole, frame=hide_more(nw.from_native(frame)).to_native())
    return figures


def changes(month: SimpleNamespace, standard: Standard, given: World) -> dict[str, Any]:
    """Return the inputs of a pack of a world."""
    lefts = {
        team: [
            sum(depth >= step for _, teams, depth in given.depths if team in (None, *teams))
            for step in range(7)
        ]
        for team in (None, *TEAMS)
    }
    scores: dict[str, dict[str, int]] = {}
    for (tool, reason), count in Counter(given.scores).items():
        scores.setdefault(tool, {})[reason] = count
    of_rules = Counter(
        (table, rule) for table, rows in given.failing.items() for row in rows for rule in row
    )
    made: dict[str, Any] = {
        "figures": figures_of(month, standard, given),
        "teams": teams_of(month, given),
        "funnels": month.funnels({"access": lefts}),
        "maturity": month.maturity(given.results),
        "validation": month.validation(
            rows={
                table: (len(rows), sum(not row for row in rows))
                for table, rows in given.failing.items()
            },
            failures=[
                (rule, "record_rejected", table, None, count)
                for (table, rule), count in of_rules.items()
            ],
        ),
    }
    return made | ({"pairing": month.pairing(scores)} if scores else {})


Packs = Callable[[World], Mapping[str, Pack]]


@pytest.fixture
def packs(month: SimpleNamespace, standard: Standard, inputs: Callable[..., PackInputs]) -> Packs:
    """Return the packs of a world in all profiles."""

    def make(given: World) -> Mapping[str, Pack]:
        shared = inputs(**changes(month, standard, given))
        return {
            profile: build_pack(replace(shared, profile=profile))
            for profile in ("national", "public", "internal")
        }

    return make


@pytest.mark.parametrize("seed", range(8))
def test_no_small_count_can_be_worked_out(standard: Standard, packs: Packs, seed: int) -> None:
    random = Random(seed)  # noqa: S311  worlds, not secrets
    first = world(random, random.choice((12, 30, 60)))
    versions = [packs(each) for each in (first, without_some(random, first))]
    reader = Reader(standard=standard, breakdowns=dict.fromkeys(AREAS, AREA))
    for profile in ("national", "public"):
        one, other = ((each[profile], each["internal"]) for each in versions)
        assert unrounded(one[0]) == []
        assert reader.attack(*one) == {}
        assert reader.attack(*one, other) == {}


@pytest.mark.parametrize("areas", [(22, 22, 4), (12, 12, 3), (4, 4, 0), (12, 1, 0)])
def test_areas_that_barely_make_up_the_whole_are_hidden_together(
    standard: Standard, packs: Packs, areas: tuple[int, ...]
) -> None:
    """22, 22 and 4 make 48: of 20, 20 and a star beside 50 the star could only be 4."""
    people = [(area, ("T1",), 6) for area, of in zip(AREAS, areas, strict=True) for _ in range(of)]
    given = replace(world(Random(1), 30), depths=tuple(people))  # noqa: S311  a world
    made = packs(given)
    reader = Reader(standard=standard, breakdowns=dict.fromkeys(AREAS, AREA))
    for profile in ("national", "public"):
        assert reader.attack(made[profile], made["internal"]) == {}


@pytest.mark.parametrize("months", [9, 20])
def test_trends_are_the_same_whatever_their_stars_hide(
    make_pack: Callable[..., Pack], month: SimpleNamespace, months: int
) -> None:
    """Charts, lines, signals, words and tables: none of them depends on a hidden figure."""
    random = Random(months)  # noqa: S311  figures, not secrets
    for _ in range(4):
        drawn = [random.choice((0, 0, random.randrange(5, 40))) for _ in range(months)]
        hidden = [value or random.randrange(5) for value in drawn]
        one, other = (
            make_pack(trends=(month.trend("CYP32", values),), profile=profile)
            for values, profile in ((drawn, "national"), (hidden, "national"))
        )
        assert one == other


def test_the_solver_finds_what_rounding_alone_gives_away() -> None:
    known = Knowledge()
    known.learn("all", (48, 52))
    for part, range_ in {"a": (18, 22), "b": (18, 22), "c": (0, 4)}.items():
        known.learn(part, range_)
    known.relate({"all": -1, "a": 1, "b": 1, "c": 1})
    assert known.small() == {"c": (4, 4)}
    known.ranges["all"] = (43, 47)
    assert known.small() == {}
