"""Referral spells with what stops their clock: the cohorts of the four-week waits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.spell_events import (
    adult_contacts,
    care_plans,
    child_contacts,
    first_dates,
    first_scores,
    interventions,
    within_spells,
)
from mhsds_recon.measures.derivations.spell_scope import (
    adult_referrals_in_scope,
    child_referrals_in_scope,
)
from mhsds_recon.measures.derivations.spells import spells_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["adult_referral_spells", "referral_spells"]

_AUTISM_AND_ADHD_ASSESSMENTS = ("1085671000000109", "1914891000000100")
_NOT_HELP_FOR_ADULTS = ("11429006", "975131000000104", "2386021000000108")
_PLAN = "first_plan_or_intervention"
_ASSESSMENTS_EXPECTED = dt.date(2024, 4, 1)


def referral_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral spells of people aged 0 to 17 at referral that reach the quarter.

    Returns:
        The columns of ``spells_of`` and first_contact, first_baseline,
        first_plan_or_intervention (dates within the spell), clock_stop (the latest of the three,
        where all exist) and days_to_clock_stop (from spell_start).

    Source:
        Measures MRS08 to MRS19.
    """
    in_scope = submissions.derive(child_referrals_in_scope)
    spells = submissions.engine.share(spells_of(submissions, in_scope))
    concepts = ~nw.col("is_assessment") | nw.col("concept_id").is_in(_AUTISM_AND_ADHD_ASSESSMENTS)
    events = (
        child_contacts(submissions, in_scope),
        first_scores(submissions, in_scope),
        submissions.derive(care_plans),
        interventions(submissions, in_scope, concepts),
    )
    firsts = first_dates(
        within_spells(events, spells),
        first_contact=("contact",),
        first_baseline=("baseline",),
        first_plan_or_intervention=("plan", "intervention", "assessment"),
    )
    needed = _needed(submissions)
    return _with_clock_stop(
        submissions, spells.join(firsts, on="spell", how="left"), _latest_of(needed)
    )


def adult_referral_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral spells of adults in community services that reach the quarter.

    Returns:
        The columns of ``referral_spells``, and second_contact and first_assessment. The clock
        stops with the latest of contact, baseline, care plan or intervention and assessment;
        no assessment is needed where spell and first contact are from before April 2024.

    Source:
        Measures MRS01 to MRS07, 15 and 20 to 22, as published (4w_waits_prep).
    """
    in_scope = submissions.derive(adult_referrals_in_scope)
    spells = submissions.engine.share(spells_of(submissions, in_scope))
    concepts = ~nw.col("concept_id").is_in(_NOT_HELP_FOR_ADULTS)
    contacts = within_spells([adult_contacts(submissions, in_scope)], spells)
    events = (
        first_scores(submissions, in_scope),
        submissions.derive(care_plans),
        interventions(submissions, in_scope, concepts),
    )
    firsts = first_dates(
        within_spells(events, spells),
        first_baseline=("baseline",),
        first_plan_or_intervention=("plan", "intervention"),
        first_assessment=("assessment",),
    )
    waits = spells.join(_first_two(contacts), on="spell", how="left").join(
        firsts, on="spell", how="left"
    )
    always = _needed(submissions)
    before = (nw.col("spell_start") < _ASSESSMENTS_EXPECTED) & (
        nw.col("first_contact") < _ASSESSMENTS_EXPECTED
    )
    # Where a plan is not waited for, an assessment is not either.
    with_assessment = (*always, "first_assessment") if _PLAN in always else always
    clock_stop = nw.when(before).then(_latest_of(always)).otherwise(_latest_of(with_assessment))
    return _with_clock_stop(submissions, waits, clock_stop)


def _first_two(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the dates of the first and the second contact; ties share a date."""
    placed = contacts.with_columns(
        nw.col("event_date").rank("ordinal").over("spell").alias("place")
    )
    return placed.group_by("spell").agg(
        nw.when(nw.col("place") == place).then(nw.col("event_date")).min().alias(name)
        for place, name in ((1, "first_contact"), (2, "second_contact"))
    )


def _needed(submissions: Submissions) -> tuple[str, ...]:
    """Return the columns of the events that a clock stop waits for."""
    return tuple(f"first_{event}" for event in submissions.conditions.clock_stop_needs)


def _latest_of(dates: tuple[str, ...]) -> nw.Expr:
    """Return the latest of some dates, null unless all are there."""
    missing = nw.any_horizontal(*(nw.col(name).is_null() for name in dates), ignore_nulls=False)
    return nw.when(~missing).then(nw.max_horizontal(*dates))


def _with_clock_stop(
    submissions: Submissions, waits: nw.LazyFrame[Any], clock_stop: nw.Expr
) -> nw.LazyFrame[Any]:
    return waits.with_columns(clock_stop.alias("clock_stop")).with_columns(
        submissions.engine.days_between(nw.col("spell_start"), nw.col("clock_stop")).alias(
            "days_to_clock_stop"
        )
    )
