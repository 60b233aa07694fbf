"""Access: waits for a first contact, second contacts of the financial year, perinatal contacts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import activity, counted_activity
from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import patient_records
from mhsds_recon.measures.derivations.referrals import latest_referrals, teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import ReportingPeriod

__all__ = [
    "activity_since_first",
    "education_support_activity",
    "first_contact_waits",
    "perinatal_contacts",
    "second_contacts",
]

_OLDEST_CHILD = 17
_APRIL = 4
_YEAR = 12
_BEFORE_ALL = dt.date(1900, 1, 1)


def activity_since_first(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return contacts and indirect activity with the day on which the person was first seen.

    Returns:
        The rows of ``activity`` with first_activity: the day of the person's first activity that
        counts as a contact, among those submitted for the last twelve months.

    Source:
        Our own definition.
    """
    last_year = nw.col("UniqMonthID") > submissions.period.number - _YEAR
    first = (
        submissions.derive(counted_activity)
        .filter(last_year)
        .group_by("Person_ID")
        .agg(first_activity=nw.col("ActivityDate").min())
    )
    return submissions.derive(activity).join(first, on="Person_ID", how="left")


def education_support_activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return contacts and indirect activity of education mental health support teams.

    Returns:
        The rows of ``activity`` whose referral of the same submission has such a team that has
        not rejected it.

    Source:
        Our own definition; the notes on MHS159 ask for the type of team and an accepted referral.
    """
    accepting = submissions.derive(teams).filter(
        is_one_of("ServTeamTypeMH", ("F01",)), nw.col("ReferRejectionDate").is_null()
    )
    return submissions.derive(activity).join(
        accepting, on=["UniqMonthID", "ServiceRequestID"], how="semi"
    )


def first_contact_waits(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return referrals as last submitted with the wait for their first contact under 18.

    Indirect activity has no age at contact and so ends no wait, nor does a contact at 18 or over.

    Returns:
        One row per ServiceRequestID: the columns of ``referrals``, first_contact (date; null
        where there is none), days_to_first_contact, days_waited (to the day after the period)
        and is_elsewhere (the person's current patient rows are all resident outside England).

    Source:
        Measures MHS130 to MHS135.
    """
    days = submissions.engine.days_between
    after = nw.lit(submissions.period.end + dt.timedelta(days=1))
    received = nw.col("ReferralRequestReceivedDate")
    contacts = submissions.derive(counted_activity).filter(
        ~nw.col("is_indirect"),
        ~nw.col("ActivityDate").is_null(),
        nw.col("AgeAtActivity").is_between(0, _OLDEST_CHILD),
    )
    first = contacts.group_by("ServiceRequestID").agg(first_contact=nw.col("ActivityDate").min())
    return (
        submissions.derive(latest_referrals)
        .join(first, on="ServiceRequestID", how="left")
        .join(submissions.derive(_people_elsewhere), on="Person_ID", how="left")
        .with_columns(
            days(received, nw.col("first_contact")).alias("days_to_first_contact"),
            days(received, after).alias("days_waited"),
            nw.col("is_elsewhere").fill_null(value=False),
        )
    )


def second_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the first second contact in the financial year of each person aged 0 to 18.

    The first contact before it, of all time or of the year, was before the 18th birthday; indirect
    activity counts as a contact, at the age at referral.

    Returns:
        One row per Person_ID: ServiceRequestID, ActivityDate and UniqMonthID (for which the
        second contact was submitted).

    Source:
        Measure MHS69.
    """
    start = _start_of_financial_year(submissions.period)
    contacts = submissions.derive(_contacts_of_latest_referrals)
    in_year = contacts.filter(nw.col("ActivityDate") >= start)
    seconds = [_seconds(submissions, contacts), _seconds(submissions, in_year)]
    of_year = nw.concat(seconds).filter(nw.col("ActivityDate") >= start)
    return of_year.unique("Person_ID", keep="first", order_by=["ActivityDate", *_UNIQ_ID]).drop(
        *_UNIQ_ID[1:]
    )


def perinatal_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return contacts of women with a specialist perinatal team.

    A person counts by gender identity: female, non-binary, or male unlike at birth; where none
    was recorded, by a stated gender of female.

    Returns:
        The rows of ``activity`` whose referral of the same submission has such a team and whose
        patient is such a person, without indirect activity.

    Source:
        Measure MHS91, from the national code.
    """
    identity = nw.col("GenderIDCode")
    is_woman = (
        is_one_of("GenderIDCode", ("2", "3"))
        | (is_one_of("GenderIDCode", ("1",)) & is_one_of("GenderSameAtBirth", ("N",)))
        | (identity.is_null() & is_one_of("Gender", ("2",)))
    )
    women = submissions.derive(patient_records).filter(is_woman)
    perinatal = submissions.derive(teams).filter(is_one_of("ServTeamTypeMH", ("C02", "F02")))
    return (
        submissions.derive(activity)
        .filter(~nw.col("is_indirect"))
        .join(perinatal, on=["UniqMonthID", "ServiceRequestID"], how="semi")
        .join(women, on=["UniqMonthID", "LocalPatientID"], how="semi")
    )


def _people_elsewhere(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the people whose current patient rows are all resident outside England.

    Current is the last row of a patient, unless another local identifier of the same person came
    later in that submission.
    """
    records = submissions.derive(patient_records).select(
        "UniqMonthID", "row_number", "LocalPatientID", "Person_ID", "england_resident"
    )
    latest = last_submitted(submissions, records, "LocalPatientID")
    of_month = last_submitted(submissions, records, "UniqMonthID", "Person_ID").select(
        "UniqMonthID", "row_number"
    )
    return (
        latest.join(of_month, on=["UniqMonthID", "row_number"], how="semi")
        .group_by("Person_ID")
        .agg(is_elsewhere=~nw.col("england_resident").any())
    )


_UNIQ_ID = ("UniqMonthID", "row_number", "is_indirect")
"""What the national row numbers follow: the submission, then the row in its table."""


def _contacts_of_latest_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return contacts of all months with their person's referral as last submitted."""
    latest = submissions.derive(latest_referrals).filter(
        nw.col("AgeServReferRecDate").is_between(0, _OLDEST_CHILD + 1)
    )
    age = nw.when(~nw.col("is_indirect") & ~nw.col("ActivityDate").is_null()).then(
        nw.col("AgeAtActivity")
    )
    return (
        submissions.derive(counted_activity)
        .select("Person_ID", "ServiceRequestID", "ActivityDate", age.alias("age"), *_UNIQ_ID)
        .join(
            latest.select("Person_ID", "ServiceRequestID", "AgeServReferRecDate"),
            on=["Person_ID", "ServiceRequestID"],
        )
        .with_columns(
            nw.coalesce("age", "AgeServReferRecDate").alias("age"),
            # A contact without a date comes first, as nulls do in the national code.
            nw.col("ActivityDate").fill_null(_BEFORE_ALL).alias("order"),
            nw.lit(1, dtype=nw.Int64).alias("one"),
        )
    )


def _seconds(submissions: Submissions, contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the second contacts of referrals whose first was before the 18th birthday."""
    of_referral = ["Person_ID", "ServiceRequestID"]
    place = nw.col("one").cum_sum().over(*of_referral, order_by=["order", *_UNIQ_ID])
    ranked = submissions.engine.share(contacts.with_columns(place.alias("place")))
    young = ranked.filter(nw.col("place") == 1, nw.col("age") <= _OLDEST_CHILD)
    return (
        ranked.filter(nw.col("place") == 1 + 1)
        .join(young, on=of_referral, how="semi")
        .select(*of_referral, "ActivityDate", *_UNIQ_ID)
    )


def _start_of_financial_year(period: ReportingPeriod) -> dt.date:
    return dt.date(period.year if period.month >= _APRIL else period.year - 1, _APRIL, 1)
