"""Counting by variations: the same engine, one condition changed, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import Engine, Extract, Reference, engine_named, extract_from_frames
from mhsds_recon.measures import count, submissions_of
from mhsds_recon.measures.recounts import Recounts
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.variations import NATIONAL, Variation, combine
from mhsds_recon.testing import SyntheticTrust, synthetic_trust

if TYPE_CHECKING:
    import polars as pl

PERIOD = ReportingPeriod(2025, 9)
MEASURES = ("MHS95", "MHS130", "MHS112", "MHS113a", "MRS08", "ED85", "CYP23", "CYP32", "MHS69")
KEY = ["measure_id", "reporting_period_start", "breakdown", "primary_level", "secondary_level"]
TOGETHER = ("age_at_referral", "any_attendance", "residence_not_tested")


@pytest.fixture(scope="module")
def trust() -> SyntheticTrust:
    """A small trust of a few months."""
    return synthetic_trust(months=2, people=120, seed=11)


@pytest.fixture
def extracts(trust: SyntheticTrust, standard: Standard) -> list[Extract]:
    """Its months."""
    return extracts_of(trust, standard, engine_named("polars"))


def extracts_of(trust: SyntheticTrust, standard: Standard, engine: Engine) -> list[Extract]:
    return [
        extract_from_frames(tables, standard=standard, engine=engine, name=name)
        for name, tables in trust.extracts.items()
    ]


def figures_by_key(frame: pl.DataFrame) -> dict[tuple[object, ...], tuple[float | None, str]]:
    rows = frame.select(*KEY, "exact_value", "measure_value").rows()
    return {row[:5]: (row[5], row[6]) for row in rows}


def test_recounts_that_share_work_equal_counts_made_alone(
    extracts: list[Extract], standard: Standard
) -> None:
    history = submissions_of(extracts, PERIOD, Reference(), standard)
    recounts = Recounts(history, MEASURES)
    found = recounts.varied([(name,) for name in standard.variations] + [TOGETHER])
    national = figures_by_key(recounts.national().frame)
    for ids in [("any_mechanism",), ("own_team_only",), TOGETHER]:
        alone = count(
            extracts, standard=standard, period=PERIOD, measure_ids=MEASURES, variations=ids
        )
        touched = recounts.touched(ids)
        ours = {key: value for key, value in national.items() if key[0] not in touched}
        assert ours | figures_by_key(found[ids].frame) == figures_by_key(alone.frame)


def sets_of_all(standard: Standard) -> list[tuple[str, ...]]:
    """Return every variation once, in as few sets as can hold together."""
    sets: list[list[Variation]] = []
    for variation in standard.variations.values():
        free = (each for each in sets if not any(variation.excludes(other) for other in each))
        chosen = next(free, None)
        if chosen is None:
            sets.append([variation])
        else:
            chosen.append(variation)
    return [tuple(one.id for one in each) for each in sets]


def test_every_variation_is_counted_alike_by_every_engine(
    trust: SyntheticTrust, standard: Standard
) -> None:
    for ids in sets_of_all(standard):
        one, other = (
            figures_by_key(
                count(
                    extracts_of(trust, standard, engine_named(name)),
                    standard=standard,
                    period=PERIOD,
                    measure_ids=MEASURES,
                    variations=ids,
                ).frame
            )
            for name in ("polars", "duckdb")
        )
        assert one == other, ids


def test_what_a_variation_does_not_touch_is_not_asked_again(
    extracts: list[Extract], standard: Standard
) -> None:
    recounts = Recounts(submissions_of(extracts, PERIOD, Reference(), standard), MEASURES)
    assert recounts.touched(("rcads_raw",)) == {"MHS112", "MHS113a"}
    assert recounts.touched(("intended_age_group_ignored",)) == {"CYP23", "CYP32"}


def test_the_rows_behind_a_change_are_counted(extracts: list[Extract], standard: Standard) -> None:
    recounts = Recounts(submissions_of(extracts, PERIOD, Reference(), standard), ["MHS95"])
    assert recounts.rows_changed(("any_attendance",))["MHS95"] > 0
    assert recounts.rows_changed(("rcads_raw",)) == {}


def test_a_variation_that_is_not_defined_is_refused(
    extracts: list[Extract], standard: Standard
) -> None:
    with pytest.raises(UsageError, match="Did you mean 'any_attendance'"):
        count(extracts, standard=standard, period=PERIOD, variations=["any_attendence"])


def test_variations_of_one_condition_exclude_each_other(standard: Standard) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        combine(["age_at_referral", "age_at_period_end"], standard.variations)


def test_several_variations_change_what_each_of_them_changes(standard: Standard) -> None:
    both = combine(["any_attendance", "without_indirect"], standard.variations)
    assert both.conditions.changed() == {"attended_only": False, "indirect_activity_counts": False}
    assert combine([], standard.variations).conditions == NATIONAL


@pytest.mark.parametrize("variation", load_standard().variations.values(), ids=lambda one: one.id)
def test_every_variation_stands_for_a_known_cause_and_says_what_it_does(
    variation: Variation,
) -> None:
    assert variation.cause in load_causes()
    assert variation.words
