"""Laws of what rules cost, on a small synthetic trust with damage of all kinds."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mhsds_recon.effects import effects_of_rules
from mhsds_recon.effects.places import merge, without
from mhsds_recon.effects.recounting import recount_all, recount_around
from mhsds_recon.effects.rejections import gather_rejections
from mhsds_recon.frames import DuckDBEngine, Reference, extract_from_frames
from mhsds_recon.measures import count, submissions_of
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.standard.checks import Linked
from mhsds_recon.testing import synthetic_trust
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from collections.abc import Collection

    from mhsds_recon.effects import Effects
    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.validation import Validation


class Months(dict[str, dict[str, pl.DataFrame]]):
    """Tables by month; short to print, since Hypothesis prints arguments."""

    def __repr__(self) -> str:
        return f"<{len(self)} months>"


PERIOD = ReportingPeriod(2025, 9)
WHOLE = load_standard("6.0")
LINKS = frozenset(code for code, rule in WHOLE.rules.items() if isinstance(rule.check, Linked))
OWN = {
    "MHS00133": ("MHS001MPI", "EthnicCategory"),
    "MHS10123": ("MHS101Referral", "ClinRespPriorityType"),
    "MHS10111": ("MHS101Referral", "ReferralRequestReceivedDate"),
    "MHS20158": ("MHS201CareContact", "OtherCareProfTeamLocalID"),
    "MHS20107": ("MHS201CareContact", "CareContDate"),
}
KEYS = {
    "MHS001MPI": ("LocalPatientID", "NHSNumber"),
    "MHS002GP": ("LocalPatientID",),
    "MHS101Referral": ("LocalPatientID", "ServiceRequestID"),
    "MHS201CareContact": ("ServiceRequestID", "CareContactID"),
    "MHS501HospProvSpell": ("ServiceRequestID",),
}


def with_rules(codes: Collection[str]) -> Standard:
    """Return the standard with some rules only, all of them in their order."""
    return msgspec.structs.replace(
        WHOLE,
        rules={code: rule for code, rule in WHOLE.rules.items() if code in codes},
        link_order=tuple(code for code in WHOLE.link_order if code in codes),
    )


STANDARD = with_rules({*LINKS, *OWN, "MHS20143"})


@pytest.fixture(scope="module")
def months() -> Months:
    trust = synthetic_trust(months=2, people=100, seed=5, plant=False)
    return Months({period: dict(tables) for period, tables in trust.extracts.items()})


def damaged(months: Months, seed: int, *, keys: bool) -> Months:
    """Return the months with wrong values, and with lost or shared identifiers if asked for."""
    random = Random(seed)  # noqa: S311  drawn damage, no secret
    changed = Months({period: dict(tables) for period, tables in months.items()})
    for tables in changed.values():
        for table, element in OWN.values():
            tables[table] = overwritten(tables[table], element, random, ["X" * 21, None])
        for table, elements in KEYS.items() if keys else ():
            for element in elements:
                others = tables[table][element].head(2).to_list()
                tables[table] = overwritten(tables[table], element, random, ["gone", "", *others])
    return changed


def overwritten(
    rows: pl.DataFrame, element: str, random: Random, values: list[str | None]
) -> pl.DataFrame:
    hit = pl.Series([random.random() < 0.03 for _ in range(rows.height)], dtype=pl.Boolean)
    value = pl.lit(random.choice(values), dtype=pl.String)
    return rows.with_columns(pl.when(hit).then(value).otherwise(element).alias(element))


def extracts_of(months: Months, engine: Engine | None = None) -> list[Extract]:
    return [
        extract_from_frames(tables, standard=WHOLE, engine=engine, name=period)
        for period, tables in months.items()
    ]


def validations_of(months: Months, standard: Standard) -> list[Validation]:
    return [validate(extract, standard=standard) for extract in extracts_of(months)]


def values_of(extracts: list[Extract]) -> dict[str, float]:
    headline = [name for name, one in WHOLE.measures.items() if one.headline]
    frame = count(extracts, standard=WHOLE, period=PERIOD, measure_ids=headline).frame
    return dict(frame.filter(breakdown="Provider").select("measure_id", "exact_value").iter_rows())


def remaining(months: Months, codes: Collection[str]) -> dict[str, float]:
    """Return the measures of the rows that some rules accept, by validating and counting all."""
    validations = validations_of(months, with_rules(codes))
    return values_of([each.extract_without_rejected(cascade=True) for each in validations])


def less(values: dict[str, float], others: dict[str, float]) -> dict[str, float]:
    return {name: value - others[name] for name, value in values.items()}


def effect(effects: Effects, code: str, name: str) -> dict[str, float]:
    found = effects.measures.filter(code=code)
    return dict(found.select("measure_id", name).iter_rows())


@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_removed_alone_is_what_validating_with_that_rule_alone_removes(
    months: Months, seed: int
) -> None:
    others = damaged(months, seed, keys=False)
    effects = effects_of_rules(validations_of(others, STANDARD), standard=STANDARD, period=PERIOD)
    everything = values_of(extracts_of(others))
    assume(effects.frame["measures_changed"].sum() > 0)
    for code in set(effects.frame["code"]) - LINKS:
        alone = remaining(others, {*LINKS, code})
        assert effect(effects, code, "removed_alone") == less(everything, alone)


@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_gained_by_fixing_is_what_validating_without_that_rule_leaves(
    months: Months, seed: int
) -> None:
    others = damaged(months, seed, keys=True)
    effects = effects_of_rules(validations_of(others, STANDARD), standard=STANDARD, period=PERIOD)
    accepted = remaining(others, STANDARD.rules)
    for code in set(effects.frame["code"]) - LINKS:
        without_it = remaining(others, STANDARD.rules.keys() - {code})
        assert effect(effects, code, "gained_by_fixing") == less(without_it, accepted)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_all_rules_together_reject_what_the_validation_does(months: Months, seed: int) -> None:
    validations = validations_of(damaged(months, seed, keys=True), STANDARD)
    gone = gather_rejections(validations, STANDARD).all_but(None, WHOLE.tables)
    for table in STANDARD.tables:
        rejected = sum(each.rejected_rows(table, cascade=True).height for each in validations)
        assert rejected == (len(gone[table]) if table in gone else 0)


@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 10_000), postcodes=st.booleans())
def test_counting_around_the_rows_concerned_gives_the_difference_of_counting_all(
    months: Months, *, seed: int, postcodes: bool
) -> None:
    others = damaged(months, seed, keys=True)
    validations = validations_of(others, STANDARD)
    rejections = gather_rejections(validations, STANDARD)
    accepted = rejections.all_but(None, WHOLE.tables)
    reference = Reference(postcodes=some_postcodes(others)) if postcodes else Reference()
    measures = [one for one in WHOLE.measures.values() if one.headline]
    submissions = submissions_of(
        [each.extract for each in validations], PERIOD, reference, STANDARD
    )
    everything = recount_all(submissions, measures, WHOLE)
    for code in rejections.codes:
        alone, fixed = rejections.alone(code), rejections.all_but(code, WHOLE.tables)
        concerned = merge([alone, without(accepted, fixed)])
        around = recount_around(concerned, submissions, measures, WHOLE)
        for more, fewer in (({}, alone), (fixed, accepted)):
            full = less(everything.values(more), everything.values(fewer))
            assert less(around.values(more), around.values(fewer)) == full


def some_postcodes(months: Months) -> nw.LazyFrame[pl.LazyFrame]:
    known = months["2025-09"]["MHS001MPI"]["Postcode"].drop_nulls().unique().sort()
    frame = pl.LazyFrame({"postcode": known}).with_columns(
        la_district=pl.when(pl.int_range(pl.len()) % 3 == 0)
        .then(pl.lit("W06"))
        .otherwise(pl.lit("E06")),
        sub_icb=pl.lit("QWO"),
    )
    return nw.from_native(frame)


@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_engines_agree_on_what_rules_cost(months: Months, seed: int) -> None:
    others = damaged(months, seed, keys=True)
    expected = effects_of_rules(validations_of(others, STANDARD), standard=STANDARD, period=PERIOD)
    elsewhere = [
        validate(extract, standard=STANDARD) for extract in extracts_of(others, DuckDBEngine())
    ]
    effects = effects_of_rules(elsewhere, standard=STANDARD, period=PERIOD)
    assert effects.frame.equals(expected.frame)
    assert effects.measures.equals(expected.measures)
