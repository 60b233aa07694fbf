"""Worlds: what the stories of their people say is what the submitted rows come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames, read_reference
from mhsds_recon.measures import count
from mhsds_recon.testing.worlds import CAUSES, PlantableCause, Planted, Stage, World
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.frames import Extract, Reference
    from mhsds_recon.standard import Standard
    from mhsds_recon.testing import SyntheticTrust
    from mhsds_recon.validation import Validation

REJECTING = {"contact rejected", "referral rejected", "month rejected"}
DEFINED = [cause for cause in CAUSES if cause.variation is not None]


@pytest.fixture(scope="module")
def world() -> World:
    """A world with every cause that is known for all measures, and that can stand beside others."""
    apart = {"month not received"}  # of a month whose file is rejected here
    whole = World().measure_ids
    causes = [each for each in CAUSES if each.only == whole and each.name not in apart]
    return World(planted=tuple(Planted(cause=cause) for cause in causes))


@pytest.fixture(scope="module")
def validations(world: World, standard: Standard) -> list[Validation]:
    """Every month of it, validated."""
    return [validate(one, standard=standard) for one in extracts(world.trust, standard)]


@pytest.fixture(scope="module")
def reference(world: World, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """The reference files of every world."""
    folder = tmp_path_factory.mktemp("reference")
    for name, rows in world.trust.reference.items():
        rows.write_csv(folder / f"{name}.csv")
    return read_reference(folder)


def extracts(trust: SyntheticTrust, standard: Standard) -> list[Extract]:
    return [
        extract_from_frames(tables, standard=standard, name=period)
        for period, tables in trust.extracts.items()
    ]


def unlike(
    world: World, stage: Stage, given: Sequence[Extract], reference: Reference, *variations: str
) -> list[tuple[str, str, float, int]]:
    """Return what is counted otherwise than stated: measure, level, counted and stated value."""
    figures = count(
        given,
        standard=world.ground.setting.standard,
        period=world.ground.period,
        reference=reference,
        measure_ids=world.measure_ids,
        variations=variations,
    )
    own = pl.col("breakdown").str.contains("Provider", literal=True)
    rows = figures.frame.filter(own).select("measure_id", "primary_level", "exact_value")
    stated = world.values(stage)
    assert rows.height > len(world.measure_ids)
    return [
        (measure, level, value, stated[measure, level])
        for measure, level, value in rows.iter_rows()
        if (value or 0) != stated[measure, level]
    ]


def test_the_rows_that_were_submitted_count_as_stated(
    world: World, standard: Standard, reference: Reference
) -> None:
    assert unlike(world, "extract", extracts(world.trust, standard), reference) == []


def test_the_rows_that_the_nation_holds_count_as_stated(
    world: World, standard: Standard, reference: Reference
) -> None:
    held = [one for one in extracts(world.received, standard) if str(one.period) != "2025-04"]
    assert unlike(world, "published", held, reference) == []


def test_the_rows_that_are_accepted_count_as_stated(
    world: World, validations: list[Validation], reference: Reference
) -> None:
    accepted = [one.accepted_extract() for one in validations]
    assert unlike(world, "accepted", accepted, reference) == []


def test_nothing_but_what_is_to_be_rejected_is_rejected(
    world: World, validations: list[Validation], standard: Standard
) -> None:
    assert sum(not one.file_verdict.accepted for one in validations) == 1
    others = tuple(one for one in world.planted if one.cause.name not in REJECTING)
    clean = World(planted=others)
    for extract in extracts(clean.trust, standard):
        result = validate(extract, standard=standard)
        assert result.file_verdict.accepted
        assert result.by_table()["rejected"].sum() == 0


@pytest.mark.parametrize("cause", DEFINED, ids=lambda cause: cause.name)
def test_another_definition_counts_what_the_trust_is_said_to_count(
    cause: PlantableCause, standard: Standard, reference: Reference
) -> None:
    world = World(planted=(Planted(cause=cause),), measure_ids=cause.only)
    given = extracts(world.trust, standard)
    stage: Stage = "warehouse" if cause.lost_after == "warehouse" else "published"
    assert unlike(world, stage, given, reference, str(cause.variation)) == []
