"""Contacts and indirect activity, and their order within a referral."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import whole_years
from mhsds_recon.measures.derivations.referrals import age_if_unknown, referrals
from mhsds_recon.measures.submissions import ANY_ROW, is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "ATTENDED",
    "activity",
    "all_activity",
    "contacts_by_id",
    "counted_activity",
    "first_contacts",
    "has_mechanism",
    "indirect_once",
    "is_attended",
]

ATTENDED = ("5", "6")
_MECHANISMS = ("01", "02", "04", "11")


def is_attended(submissions: Submissions) -> nw.Expr:
    """Return whether a contact was attended, as far as that is asked for."""
    if submissions.conditions.attended_only:
        return is_one_of("AttendStatus", ATTENDED)
    return ANY_ROW


def has_mechanism(submissions: Submissions, counted: nw.Expr) -> nw.Expr:
    """Return whether a contact was had in a way that counts, as far as that is asked for."""
    if submissions.conditions.counted_mechanisms_only:
        return counted
    return ANY_ROW


def activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the contacts and indirect activity of every month with whether they count.

    Returns:
        One row per row of ``all_activity``: its columns, is_attended and has_counted_mechanism
        (both true of indirect activity) and counts_as_contact (both are).

    Source:
        Shared definition S5, rules C-CYP and IND-ALL; MHS95 steps 2 to 4.
    """
    rows = submissions.derive(all_activity)
    if not submissions.conditions.indirect_activity_counts:
        rows = rows.filter(~nw.col("is_indirect"))
    attended = nw.col("is_indirect") | is_attended(submissions)
    mechanism = is_one_of("ConsMechanismMH", _MECHANISMS)
    by_mechanism = nw.col("is_indirect") | has_mechanism(submissions, mechanism)
    ages = _ages(submissions)
    return rows.with_columns(
        attended.alias("is_attended"),
        by_mechanism.alias("has_counted_mechanism"),
        (attended & by_mechanism).alias("counts_as_contact"),
        *(age.alias(name) for name, age in ages.items()),
    )


def _ages(submissions: Submissions) -> dict[str, nw.Expr]:
    """Return the ages that are not those of the days they are named after."""
    at_activity, at_referral = nw.col("AgeAtActivity"), nw.col("AgeServReferRecDate")
    ages = {}
    match submissions.conditions.activity_age_on:
        case "referral":
            ages["AgeAtActivity"] = at_referral
        case "period_end":
            ages["AgeAtActivity"] = nw.col("AgeRepPeriodEnd")
    if not submissions.conditions.referral_age_of_contacts:
        ages["AgeServReferRecDate"] = at_activity
    return ages


def all_activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the contacts and indirect activity of every month with their referral.

    Returns:
        One row per row of MHS201 or MHS204 whose referral was submitted with it: UniqMonthID,
        row_number, ServiceRequestID, LocalPatientID, Person_ID, AgeServReferRecDate,
        AgeRepPeriodEnd, england_resident, OtherCareProfTeamLocalID, CareContactID, AttendStatus,
        ConsMechanismMH (null for indirect activity), ActivityDate, ActivityTime, is_indirect and
        AgeAtActivity (at the contact; else, as for all indirect activity, at the end of the month).

    Source:
        Shared definition S5; MHS95 steps 2 to 4.
    """
    patients = submissions.derive(referrals).select(
        "UniqMonthID",
        "ServiceRequestID",
        "LocalPatientID",
        "Person_ID",
        "PersonBirthDate",
        "AgeServReferRecDate",
        "AgeRepPeriodEnd",
        "england_resident",
    )
    age_at_contact = nw.when(~nw.col("is_indirect")).then(
        whole_years("PersonBirthDate", "ActivityDate")
    )
    age = nw.coalesce(age_at_contact, nw.col("AgeRepPeriodEnd"))
    return (
        nw.concat([_contacts(submissions), _indirect_activity(submissions)])
        .join(patients, on=["UniqMonthID", "ServiceRequestID"])
        .with_columns(age_if_unknown(submissions, age).alias("AgeAtActivity"))
        .drop("PersonBirthDate")
    )


def counted_activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``activity`` that count as a contact."""
    return submissions.derive(activity).filter(nw.col("counts_as_contact"))


def contacts_by_id(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the contacts that others refer to.

    Returns:
        The rows of ``all_activity`` that are not indirect, one per UniqMonthID and CareContactID.
    """
    contacts = submissions.derive(all_activity).filter(
        ~nw.col("is_indirect"), ~nw.col("CareContactID").is_null()
    )
    return last_submitted(submissions, contacts, "UniqMonthID", "CareContactID")


def indirect_once(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return activity with indirect activity of one referral, date and time once, as last sent."""
    if not submissions.conditions.indirect_activity_once:
        return rows
    indirect = rows.filter(nw.col("is_indirect"))
    once = last_submitted(submissions, indirect, "ServiceRequestID", "ActivityDate", "ActivityTime")
    return nw.concat([rows.filter(~nw.col("is_indirect")), once])


def first_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the dates of the first and second contact of each referral, over all months.

    Indirect activity of one referral, date and time counts once, however often it was submitted.
    Contacts are ranked before any test on discharge; ties share a date, so their order is free.

    Returns:
        One row per Person_ID and ServiceRequestID with a dated contact: first_contact,
        second_contact (null where there is one only).

    Source:
        Measures MHS110 to MHS115, step B.
    """
    counted = submissions.derive(counted_activity).filter(~nw.col("ActivityDate").is_null())
    of_referral = ["Person_ID", "ServiceRequestID"]
    ranked = indirect_once(submissions, counted).with_columns(
        nw.col("ActivityDate").rank("ordinal").over(*of_referral).alias("place")
    )
    return ranked.group_by(*of_referral).agg(
        *(
            nw.when(nw.col("place") == place).then(nw.col("ActivityDate")).min().alias(name)
            for place, name in ((1, "first_contact"), (2, "second_contact"))
        )
    )


def _contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    return submissions.table(
        "MHS201CareContact",
        text=(
            "ServiceRequestID",
            "OtherCareProfTeamLocalID",
            "CareContactID",
            "AttendStatus",
            "ConsMechanismMH",
        ),
        dates=("CareContDate",),
    ).select(
        "UniqMonthID",
        "row_number",
        "ServiceRequestID",
        "OtherCareProfTeamLocalID",
        "CareContactID",
        "AttendStatus",
        "ConsMechanismMH",
        nw.col("CareContDate").alias("ActivityDate"),
        nw.lit(None, dtype=nw.String).alias("ActivityTime"),
        nw.lit(value=False).alias("is_indirect"),
    )


def _indirect_activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    return submissions.table(
        "MHS204IndirectActivity",
        text=("ServiceRequestID", "OtherCareProfTeamLocalID", "IndirectActTime"),
        dates=("IndirectActDate",),
    ).select(
        "UniqMonthID",
        "row_number",
        "ServiceRequestID",
        "OtherCareProfTeamLocalID",
        nw.lit(None, dtype=nw.String).alias("CareContactID"),
        nw.lit(None, dtype=nw.String).alias("AttendStatus"),
        nw.lit(None, dtype=nw.String).alias("ConsMechanismMH"),
        nw.col("IndirectActDate").alias("ActivityDate"),
        nw.col("IndirectActTime").alias("ActivityTime"),
        nw.lit(value=True).alias("is_indirect"),
    )
