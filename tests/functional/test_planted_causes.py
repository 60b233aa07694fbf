"""The walk names planted causes with the right direction and exact size, and invents none.

Every size is known from how the world is made (``mhsds_recon.testing.worlds``), not from counting.
Every second cause is tried alone; ``MHSDS_RECON_ALL_COMBINATIONS=1`` tries each, and all pairs of
causes that meet in a measure.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from walked_worlds import ACCESS, BY_NAME, DISCLOSURE, Trust, assert_named, results

from mhsds_recon.causes import Given, walk
from mhsds_recon.frames import open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.published import read_published
from mhsds_recon.standard.publication import PUBLISHED_COLUMNS
from mhsds_recon.testing.worlds import CAUSES, PlantableCause, Planted, World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mhsds_recon.standard import Standard

    Command = Callable[..., Any]

ALL = os.environ.get("MHSDS_RECON_ALL_COMBINATIONS") == "1"
PAIRS, TRIPLES = (10_000, 200) if ALL else (3, 1)
ALONE = CAUSES if ALL else CAUSES[::2]
MEASURES = 3
# Where the definition of the first cause would count the people of the others otherwise as well.
NOT_TOGETHER = {
    "seen before the month": {
        "two records of one person",
        "referral not sent again",
        "two referrals at a time",
        "two referrals five days apart",
    },
    "18 at the end of the period": {"18 at contact"},
    "indirect activity only": {"indirect activity twice"},
    "two referrals at a time": {"two referrals five days apart"},
    "one contact only": {"indirect activity twice"},
    "learning disability team": {
        "eating disorder treated in another way",
        "eating disorder without priority",
    },
    "month not received": {"month rejected"},
    # What the portal returned tells which submission was published.
    "entered late": {"lost on the way", "taken back after the deadline"},
    "lost on the way": {"taken back after the deadline"},
    "left the practice": {"lives in another area"},
}


@pytest.fixture(scope="module")
def trust(standard: Standard, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """The trust of every world."""
    return Trust(standard, tmp_path_factory.mktemp("trust"))


def moved(cause: PlantableCause) -> set[str]:
    """Return the measures of which a cause moves a figure."""
    return set(cause.sizes) or set(ACCESS)


def is_together(causes: Sequence[PlantableCause]) -> bool:
    names = {cause.name for cause in causes}
    if any(name in names and others & names for name, others in NOT_TOGETHER.items()):
        return False
    touched = [moved(cause) for cause in causes]
    return all(any(one & other for other in touched if other is not one) for one in touched)


def some(number: int, of: int) -> list[tuple[PlantableCause, ...]]:
    """Return combinations of causes of which each meets another in a measure."""
    found = [each for each in combinations(CAUSES, of) if is_together(each)]
    return found if number >= len(found) else random.Random(5).sample(found, number)  # noqa: S311


def focus(*causes: PlantableCause) -> tuple[str, ...]:
    """Return measures that the causes touch, those first where they meet, and one that none does.

    Every measure costs time; all are looked at where all combinations are tried.
    """
    known = [name for name in World().measure_ids if all(name in one.only for one in causes)]
    if ALL:
        return tuple(known)
    touched = Counter(name for cause in causes for name in sorted(moved(cause)) if name in known)
    most = [name for name, _ in touched.most_common(MEASURES + len(causes))]
    return (*most, *[name for name in known if name not in touched][:1])


def beside(cause: PlantableCause) -> tuple[Planted, ...]:
    """Return what must be there for a cause to be told from another that comes to the same."""
    if cause.variation != "repeated_indirect_counted":
        return ()
    return (Planted(cause=BY_NAME["one contact only"], times=5, is_counted_otherwise=False),)


def enough(cause: PlantableCause, times: int) -> int:
    """Return how often to plant a cause; what is met after rounding only must be large."""
    return max(40, 4 * times) if cause.lost_after == "accepted" else times


def test_a_world_without_causes_has_no_step(trust: Trust) -> None:
    found = trust.walk(World())
    assert found.variance.is_empty()
    assert results(found) == set()


def test_every_local_definition_is_planted(standard: Standard) -> None:
    planted = {cause.variation for cause in CAUSES}
    assert set(standard.variations) - planted == {
        "window_year",  # concerns people of every world
        "former_definition",  # of another month
    }


@pytest.mark.parametrize("cause", ALONE, ids=lambda cause: cause.name)
def test_a_cause_alone_is_named_with_its_size_and_no_other(
    cause: PlantableCause, trust: Trust
) -> None:
    planted = (Planted(cause=cause, times=enough(cause, 6)), *beside(cause))
    assert_named(trust, World(planted=planted, measure_ids=focus(cause)))


@pytest.mark.parametrize(
    "causes",
    [*some(PAIRS, 2), *some(TRIPLES, 3)],
    ids=lambda causes: " and ".join(cause.name for cause in causes),
)
def test_causes_together_are_named_with_their_sizes(
    causes: Sequence[PlantableCause], trust: Trust
) -> None:
    planted = tuple(
        Planted(cause=cause, times=enough(cause, times))
        for cause, times in zip(causes, (12, 17, 31), strict=False)
    )
    decoys = (decoy for cause in causes for decoy in beside(cause) if decoy.cause not in causes)
    assert_named(trust, World(planted=(*planted, *decoys), measure_ids=focus(*causes)))


def test_the_command_names_planted_causes(command: Command, tmp_path: Path) -> None:
    world = World(
        planted=(
            Planted(cause=BY_NAME["not attended"]),
            Planted(cause=BY_NAME["lost on the way"], times=17),
        ),
        measure_ids=("MHS95", "MHS30d"),
    )
    world.write(tmp_path)
    ran = command(
        "reconcile",
        tmp_path / "extracts",
        tmp_path / "published.csv",
        *("--period", "2025-09", "--reference", tmp_path / "reference"),
        *("--counts", tmp_path / "counts.csv", "--portal-pre", tmp_path / "portal"),
        *("--output", tmp_path / "out"),
    )
    assert ran.code == 0, ran.err
    found = pl.read_csv(tmp_path / "out" / "variance.csv").filter(
        pl.col("evidence") == "measured",
        pl.col("primary_level") == "RZZ",
        ~pl.col("cause_id").is_in(DISCLOSURE),
    )
    assert sorted(found.select("measure_id", "cause_id", "size").rows()) == [
        ("MHS30d", "VC04", 17),
        ("MHS30d", "VC26", 12),
        ("MHS95", "VC04", 17),
        ("MHS95", "VC26", 12),
    ]


@pytest.mark.shared
def test_the_oracle_has_no_step(shared: Path, standard: Standard, tmp_path: Path) -> None:
    """Its published values are what the nation's own code made of these very submissions."""
    oracle = shared / "oracle" / "measures"
    period = World().ground.period
    expected = pl.read_csv(oracle / "expected.csv", infer_schema=False).filter(
        pl.col("measure_id").is_in(World().measure_ids),
        pl.col("reporting_period_end") == str(period.end),
        (pl.col("primary_level") == "RZZ") | (pl.col("secondary_level") == "RZZ"),
        # Where people are known to another provider, its submissions count too.
        pl.col("own_data_value_unrounded").fill_null(pl.col("value_unrounded"))
        == pl.col("value_unrounded"),
    )
    upper = expected.rename(str.upper).rename({"VALUE_PUBLISHED": "MEASURE_VALUE"})
    national = upper.with_columns(
        STATUS=pl.lit("Performance"),
        PRIMARY_LEVEL_DESCRIPTION="PRIMARY_LEVEL",
        SECONDARY_LEVEL_DESCRIPTION="SECONDARY_LEVEL",
    ).select(PUBLISHED_COLUMNS)
    national.write_csv(tmp_path / "published.csv")
    reference = read_reference(oracle)
    extracts = open_extracts(oracle / "input", standard=standard)
    figures = count(
        extracts,
        standard=standard,
        period=period,
        reference=reference,
        measure_ids=sorted(set(expected["measure_id"])),
    )
    found = walk(
        Given(
            figures=figures,
            published=read_published(tmp_path / "published.csv", provider="RZZ"),
            validations={},
            standard=standard,
            reference=reference,
        )
    )
    assert national.height
    assert found.variance.is_empty()
    assert results(found) == set()
