"""People in contact with services at the end of the month who are under the Mental Health Act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.open_referrals import open_referrals
from mhsds_recon.measures.derivations.people import people
from mhsds_recon.measures.derivations.period import is_open, month_of
from mhsds_recon.measures.derivations.ward_stays import hospital_spells, open_ward_stays
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["legal_orders"]

_DETENTION = (
    *("02", "03", "07", "08", "09", "10", "12", "13", "14"),
    *("15", "16", "17", "18", "31", "32", "37", "38"),
)
_SHORT_TERM = ("04", "05", "06", "19", "20")
_GUARDIANSHIP = ("35", "36")
_PERIOD = "MHActLegalStatusClassPeriodID"
_IN_COMMUNITY = {
    "MHS403ConditionalDischarge": "EndDateMHCondDisch",
    "MHS404CommTreatOrder": "EndDateCommTreatOrd",
    "MHS405CommTreatOrderRecall": "EndDateCommTreatOrdRecall",
}


def legal_orders(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the open referrals of people whose legal status period is open at the month's end.

    A short term order outranks the others, and an order in the community outranks detention, for
    all periods submitted with the same patient. Detention needs an open hospital spell.

    Returns:
        One row per open referral, age of its patient and kind of order: Person_ID,
        AgeRepPeriodEnd, order (``short term``, ``community``, ``detention``, ``guardianship``) and
        is_mental_health_service (of the referral; for detention, of an open ward stay).

    Source:
        NHSDigital/mental-health-monthly-statistics, menh_analysis, 01_Prepare/1.Main_monthly_prep
        and 02_Aggregate, MHA measures.
    """
    periods = submissions.derive(_periods)
    in_force = submissions.derive(_periods_in_force)
    short = in_force.filter(is_one_of("LegalStatusCode", _SHORT_TERM))
    others = in_force.join(short.select("LocalPatientID"), on="LocalPatientID", how="anti")
    released = periods.filter(nw.col("is_in_community")).select("LocalPatientID")
    detained = others.filter(is_one_of("LegalStatusCode", _DETENTION)).join(
        released, on="LocalPatientID", how="anti"
    )
    referrals = submissions.derive(_open_referrals_once)
    return nw.concat(
        [
            _of(referrals, short, "short term"),
            _of(referrals, others.filter(nw.col("is_in_community")), "community"),
            _of(_in_hospital(submissions, referrals), detained, "detention"),
            _of(
                referrals,
                in_force.filter(is_one_of("LegalStatusCode", _GUARDIANSHIP)),
                "guardianship",
            ),
        ]
    )


def _open_referrals_once(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the open referrals once for each age of their patient, whatever their teams."""
    return (
        submissions.derive(open_referrals)
        .select("ServiceRequestID", "Person_ID", "AgeRepPeriodEnd", "is_mental_health_service")
        .unique()
    )


def _periods_in_force(submissions: Submissions) -> nw.LazyFrame[Any]:
    return submissions.derive(_periods).filter(
        is_open("EndDateMHActLegalStatusClass", submissions.period.end)
    )


def _periods(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the legal status periods of the month; is_in_community: with an open order there."""
    in_community = nw.concat(
        [
            submissions.table(table, text=(_PERIOD,), dates=(end,), this_month=True)
            .filter(is_open(end, submissions.period.end))
            .select(_PERIOD)
            for table, end in _IN_COMMUNITY.items()
        ]
    ).unique()
    patients = month_of(submissions, people).select("LocalPatientID", "Person_ID")
    return (
        submissions.table(
            "MHS401MHActPeriod",
            text=(_PERIOD, "LocalPatientID", "LegalStatusCode"),
            dates=("EndDateMHActLegalStatusClass",),
            this_month=True,
        )
        .join(patients, on="LocalPatientID")
        .join(in_community.with_columns(is_in_community=nw.lit(value=True)), on=_PERIOD, how="left")
        .with_columns(nw.col("is_in_community").fill_null(value=False))
    )


def _in_hospital(submissions: Submissions, referrals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the referrals with an open hospital spell, on a ward of mental health or not."""
    spells = (
        month_of(submissions, hospital_spells)
        .filter(is_open("DischDateHospProvSpell", submissions.period.end))
        .select("ServiceRequestID", "HospProvSpellID")
    )
    on_ward = nw.col("ward_is_cyp") | nw.col("ward_is_adult")
    of_ward = (
        submissions.derive(open_ward_stays).select("HospProvSpellID", is_on_ward=on_ward).unique()
    )
    known = (
        spells.join(of_ward, on="HospProvSpellID", how="left")
        .select(
            "ServiceRequestID",
            is_mental_health_service=nw.col("is_on_ward").fill_null(value=False),
        )
        .unique()
    )
    return referrals.drop("is_mental_health_service").join(known, on="ServiceRequestID")


def _of(referrals: nw.LazyFrame[Any], periods: nw.LazyFrame[Any], order: str) -> nw.LazyFrame[Any]:
    return referrals.join(periods.select("Person_ID").unique(), on="Person_ID").select(
        "Person_ID", "AgeRepPeriodEnd", "is_mental_health_service", order=nw.lit(order)
    )
