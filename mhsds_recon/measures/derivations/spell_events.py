"""What happens within a referral spell: contacts, first scores, care plans, interventions.

Events of all kinds have one layout: Person_ID, kind, date (the day that must lie in the spell),
and the dates from which the day of the event is taken, created and updated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import counted_activity, indirect_once
from mhsds_recon.measures.derivations.assessments import scored_assessments
from mhsds_recon.measures.derivations.people import people
from mhsds_recon.measures.derivations.procedures import procedures, reference_set_members

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "adult_contacts",
    "care_plans",
    "child_contacts",
    "first_dates",
    "first_scores",
    "interventions",
    "within_spells",
]

_REFERRAL = ["UniqMonthID", "ServiceRequestID"]


def child_contacts(submissions: Submissions, in_scope: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return contacts and indirect activity as events of kind contact.

    Indirect activity of one referral, date and time counts once, as last submitted.

    Source:
        Measures MRS08 to MRS19, step 3.
    """
    counted = _of_referrals_in_scope(submissions.derive(counted_activity), in_scope)
    return _events(indirect_once(submissions, counted), nw.lit("contact"), "ActivityDate")


def adult_contacts(submissions: Submissions, in_scope: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return contacts as events, twice where their referral has more than one row in scope.

    As coded a contact counts once for each of these rows; beyond the second nobody looks.

    Source:
        Measures MRS01 to MRS07, 15 and 20 to 22, as published (4w_waits_prep).
    """
    entries = in_scope.group_by(*_REFERRAL).agg(entries=nw.len())
    contacts = submissions.derive(counted_activity).filter(~nw.col("is_indirect"))
    once = submissions.engine.share(contacts.join(entries, on=_REFERRAL))
    rows = nw.concat([once, once.filter(nw.col("entries") > 1)])
    return _events(rows, nw.lit("contact"), "ActivityDate")


def first_scores(submissions: Submissions, in_scope: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return assessments with a tool that can give a baseline as events; no score is tested.

    Source:
        Measures MRS08 to MRS19, step 4, baseline outcome.
    """
    scores = submissions.derive(scored_assessments).filter(nw.col("is_four_week_baseline"))
    rows = _of_referrals_in_scope(scores, in_scope)
    return _events(rows, nw.lit("baseline"), "assessment_date")


def care_plans(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the agreed care plans of every month as events, whatever their referral.

    The agreement need only have been submitted with the plan. A plan that was never updated has
    no day of its own, although its creation must lie in the spell.

    Source:
        Measures MRS08 to MRS19, step 4, care plan.
    """
    plan = ["UniqMonthID", "CarePlanID"]
    agreements = submissions.table("MHS009CarePlanAgreement", text=("CarePlanID",))
    patients = submissions.derive(people).select("UniqMonthID", "LocalPatientID", "Person_ID")
    return (
        submissions.table(
            "MHS008CarePlanType",
            text=("CarePlanID", "LocalPatientID"),
            dates=("CarePlanCreatDate", "CarePlanLastUpdateDate"),
        )
        .join(agreements.select(plan), on=plan, how="semi")
        .join(patients, on=["UniqMonthID", "LocalPatientID"])
        .select(
            "Person_ID",
            kind=nw.lit("plan"),
            date=nw.coalesce("CarePlanLastUpdateDate", "CarePlanCreatDate"),
            created=nw.col("CarePlanCreatDate"),
            updated=nw.col("CarePlanLastUpdateDate"),
        )
    )


def interventions(
    submissions: Submissions, in_scope: nw.LazyFrame[Any], concepts: nw.Expr
) -> nw.LazyFrame[Any]:
    """Return procedures of the national reference sets, while they were members, as events.

    The kind is assessment for the set of assessments, else intervention. Neither attendance nor
    the way of the contact is tested.

    Args:
        submissions: Of one provider.
        in_scope: Referrals that procedures must belong to, by submission.
        concepts: What must hold of ``concept_id`` and ``is_assessment``.

    Source:
        Measures MRS08 to MRS19, step 4, intervention.
    """
    members = submissions.derive(reference_set_members).filter(concepts)
    done = submissions.derive(procedures).join(members, on="concept_id")
    rows = _of_referrals_in_scope(
        done.filter(nw.col("ActivityDate") <= nw.col("member_until")), in_scope
    )
    kind = nw.when(nw.col("is_assessment")).then(nw.lit("assessment"))
    return _events(rows, kind.otherwise(nw.lit("intervention")), "ActivityDate")


def within_spells(
    events: Sequence[nw.LazyFrame[Any]], spells: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Return events with each spell of the same person that holds them.

    Args:
        events: Frames of events.
        spells: As ``spells_of`` returns them.

    Returns:
        One row per event and spell: spell, kind, event_date (creation where that lies in the
        spell and not after the update; else the update, null where there was none).
    """
    created_within = (nw.col("created") >= nw.col("spell_start")) & (
        nw.col("created") <= nw.col("updated")
    )
    event_date = nw.when(created_within).then(nw.col("created")).otherwise(nw.col("updated"))
    return (
        nw.concat(list(events))
        .join(spells.select("spell", "Person_ID", "spell_start", "spell_end"), on="Person_ID")
        .filter(nw.col("date").is_between(nw.col("spell_start"), nw.col("spell_end")))
        .select("spell", "kind", event_date=event_date)
    )


def first_dates(held: nw.LazyFrame[Any], **columns: Sequence[str]) -> nw.LazyFrame[Any]:
    """Return the first date among some kinds of event: one row per spell.

    Args:
        held: As ``within_spells`` returns it.
        columns: The kinds of event that each column looks at.
    """
    return held.group_by("spell").agg(
        nw.when(nw.col("kind").is_in(kinds)).then(nw.col("event_date")).min().alias(name)
        for name, kinds in columns.items()
    )


def _events(rows: nw.LazyFrame[Any], kind: nw.Expr, date: str) -> nw.LazyFrame[Any]:
    return rows.select(
        "Person_ID",
        kind=kind,
        date=nw.col(date),
        created=nw.lit(None, dtype=nw.Date),
        updated=nw.col(date),
    )


def _of_referrals_in_scope(
    rows: nw.LazyFrame[Any], in_scope: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    return rows.join(in_scope.select(_REFERRAL), on=_REFERRAL, how="semi")
