"""Referrals with their patient, and the teams they were made to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.people import people, whole_years

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["referral_teams", "referrals", "teams"]


def referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral rows of every month with their patient of the same submission.

    Returns:
        One row per row of MHS101 with an id whose patient was submitted with it: UniqMonthID,
        ReportingPeriodEndDate, row_number, ServiceRequestID, LocalPatientID,
        ReferralRequestReceivedDate, ServDischDate, PrimReasonReferralMH, ClinRespPriorityType;
        of the patient Person_ID, PersonBirthDate, AgeRepPeriodEnd, england_resident; and
        AgeServReferRecDate.

    Source:
        Shared definition S7, without the team.
    """
    return (
        submissions.derive(_submitted_referrals)
        .drop("CareProfTeamLocalID", "ReferRejectionDate")
        .join(submissions.derive(people), on=["UniqMonthID", "LocalPatientID"])
        .with_columns(
            whole_years("PersonBirthDate", "ReferralRequestReceivedDate").alias(
                "AgeServReferRecDate"
            )
        )
    )


def teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the teams of the referrals of every month, the referral's own and others.

    Returns:
        One row per row of MHS101 and of MHS102: UniqMonthID, ServiceRequestID,
        CareProfTeamLocalID, ServTeamTypeMH, ServTeamIntAgeGroup, ReferClosureDate,
        ReferRejectionDate.

    Source:
        Shared definition S8, months from April 2024.
    """
    columns = (
        "UniqMonthID",
        "ServiceRequestID",
        "CareProfTeamLocalID",
        "ReferClosureDate",
        "ReferRejectionDate",
    )
    others = submissions.table(
        "MHS102OtherServiceType",
        text=("ServiceRequestID", "OtherCareProfTeamLocalID"),
        dates=("ReferClosureDate", "ReferRejectionDate"),
    ).rename({"OtherCareProfTeamLocalID": "CareProfTeamLocalID"})
    own = submissions.derive(_submitted_referrals).rename({"ServDischDate": "ReferClosureDate"})
    details = submissions.table(
        "MHS902ServiceTeamDetails",
        text=("CareProfTeamLocalID", "ServTeamTypeMH", "ServTeamIntAgeGroup"),
    ).drop("ReportingPeriodEndDate", "row_number")
    return nw.concat([others.select(columns), own.select(columns)]).join(
        details, on=["UniqMonthID", "CareProfTeamLocalID"], how="left"
    )


def referral_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of every month, once for each of their teams.

    Returns:
        One row per row of ``referrals`` and team: the columns of both.

    Source:
        Shared definition S7.
    """
    return submissions.derive(referrals).join(
        submissions.derive(teams), on=["UniqMonthID", "ServiceRequestID"], how="left"
    )


def _submitted_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    rows = submissions.table(
        "MHS101Referral",
        text=(
            "ServiceRequestID",
            "LocalPatientID",
            "CareProfTeamLocalID",
            "PrimReasonReferralMH",
            "ClinRespPriorityType",
        ),
        dates=("ReferralRequestReceivedDate", "ServDischDate", "ReferRejectionDate"),
    )
    return rows.filter(~nw.col("ServiceRequestID").is_null())
