"""Care contacts of the month, and the first attended contact of each referral."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import all_activity, is_attended
from mhsds_recon.measures.derivations.period import in_month, month_of, patients_in_month
from mhsds_recon.measures.derivations.referrals import (
    referrals,
    service_teams,
    submitted_referrals,
    teams,
)

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["contacts_in_month", "first_attended_contacts", "indirect_activity_in_month"]

_FIRST_DAY = dt.date(2016, 1, 1)


def contacts_in_month(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the care contacts submitted for the month with their referral and team.

    Returns:
        One row per row of MHS201 with a referral of the same submission, and age of its patient
        in the month: UniqMonthID, CareContactID, ServiceRequestID, LocalPatientID, Person_ID,
        CareContDate, AttendStatus, ConsMechanismMH, AgeServReferRecDate, AgeRepPeriodEnd;
        CareProfTeamLocalID (of the contact where it has one, else of the referral), its
        ServTeamTypeMH and is_team_of_referral (it is a team of the referral in the month).

    Source:
        Activity measures, "Contacts in the month" and community teams.
    """
    contacts = submissions.table(
        "MHS201CareContact",
        text=(
            "CareContactID",
            "ServiceRequestID",
            "AttendStatus",
            "ConsMechanismMH",
            "OtherCareProfTeamLocalID",
        ),
        dates=("CareContDate",),
        this_month=True,
    ).drop("ReportingPeriodEndDate", "row_number")
    own_team = month_of(submissions, submitted_referrals).select(
        "ServiceRequestID", "CareProfTeamLocalID"
    )
    team_types = month_of(submissions, service_teams).select(
        "CareProfTeamLocalID", "ServTeamTypeMH"
    )
    of_referral = (
        month_of(submissions, teams)
        .select("ServiceRequestID", "CareProfTeamLocalID")
        .unique()
        .with_columns(is_team_of_referral=nw.lit(value=True))
    )
    patients = month_of(submissions, referrals).select(
        "ServiceRequestID", "LocalPatientID", "Person_ID", "AgeServReferRecDate"
    )
    return (
        contacts.join(patients, on="ServiceRequestID")
        .join(submissions.derive(patients_in_month).drop("patient_rows"), on="Person_ID")
        .join(own_team, on="ServiceRequestID")
        .with_columns(
            nw.coalesce("OtherCareProfTeamLocalID", "CareProfTeamLocalID").alias(
                "CareProfTeamLocalID"
            )
        )
        .join(team_types, on="CareProfTeamLocalID", how="left")
        .join(of_referral, on=["ServiceRequestID", "CareProfTeamLocalID"], how="left")
        .with_columns(nw.col("is_team_of_referral").fill_null(value=False))
        .drop("OtherCareProfTeamLocalID")
    )


def indirect_activity_in_month(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``all_activity`` submitted for the month that are indirect.

    Source:
        Activity measures, "Indirect activity".
    """
    return month_of(submissions, all_activity).filter(nw.col("is_indirect"))


def first_attended_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the first attended contact of the referrals of the month, over all months.

    Contacts of one day are ordered as submitted. As coded, the day has a contact if the referral
    has any, attended or not, among those submitted for the month.

    Returns:
        One row per referral of the month with an attended contact in 2016 or later, and row of
        that contact in the month: ServiceRequestID, Person_ID, ReferralRequestReceivedDate,
        ServDischDate, AgeServReferRecDate, FirstCareContDate, is_day_submitted (the referral has
        a contact of that day in the month), CareContactID and ConsMechanismMH (of the contact as
        submitted for the month; null where it was not).

    Source:
        MHS61a, MHS61b.
    """
    current = month_of(submissions, referrals).select(
        "ServiceRequestID",
        "Person_ID",
        "ReferralRequestReceivedDate",
        "ServDischDate",
        "AgeServReferRecDate",
    )
    contacts = submissions.derive(all_activity).filter(~nw.col("is_indirect"))
    attended = submissions.engine.share(
        contacts.filter(is_attended(submissions), nw.col("ActivityDate") >= _FIRST_DAY).join(
            current.select("ServiceRequestID"), on="ServiceRequestID", how="semi"
        )
    )
    day = ["ServiceRequestID", "ActivityDate"]
    first_day = attended.group_by("ServiceRequestID").agg(nw.col("ActivityDate").min())
    first = (
        attended.join(first_day, on=day, how="semi")
        .unique("ServiceRequestID", keep="first", order_by=["UniqMonthID", "row_number"])
        .select(*day, "CareContactID")
    )
    submitted = in_month(submissions, contacts)
    days = submitted.select(day).unique().with_columns(is_day_submitted=nw.lit(value=True))
    of_contact = (
        submitted.select("CareContactID", "ActivityDate", "ConsMechanismMH")
        .unique()
        .with_columns(is_contact_submitted=nw.lit(value=True))
    )
    return (
        current.join(first, on="ServiceRequestID")
        .join(days, on=day, how="left")
        .join(of_contact, on=["CareContactID", "ActivityDate"], how="left")
        .with_columns(
            nw.when(nw.col("is_contact_submitted")).then("CareContactID").alias("CareContactID"),
            nw.col("is_day_submitted").fill_null(value=False),
        )
        .rename({"ActivityDate": "FirstCareContDate"})
        .drop("is_contact_submitted")
    )
