"""Referrals with their patient, and the teams they were made to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import people, whole_years, with_unsent
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "age_if_unknown",
    "is_team_for_young",
    "latest_referrals",
    "referral_teams",
    "referrals",
    "service_teams",
    "submitted_referrals",
    "teams",
]

_REFERRAL = ["UniqMonthID", "ServiceRequestID"]
_OF_OWN_TEAM = ("CareProfTeamLocalID", "ReferRejectionDate", "ReferClosReason", "ReferRejectReason")
_OF_TEAM = ("is_own_team", "ReferClosureDate", *_OF_OWN_TEAM)


def referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of every month with their patient of the same submission.

    Returns:
        One row per ServiceRequestID and UniqMonthID whose patient was submitted with it: these,
        ReportingPeriodEndDate, row_number, LocalPatientID, ReferralRequestReceivedDate,
        ReferralRequestReceivedTime, ServDischDate, PrimReasonReferralMH, ClinRespPriorityType,
        SourceOfReferralMH, ReasonOAT; of the patient Person_ID, PersonBirthDate, AgeRepPeriodEnd,
        england_resident; and AgeServReferRecDate.

    Source:
        Shared definition S7, without the team.
    """
    return submissions.derive(_referrals_with_own_team).drop(*_OF_OWN_TEAM)


def latest_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``referrals`` submitted last: one per ServiceRequestID."""
    return last_submitted(submissions, submissions.derive(referrals), "ServiceRequestID")


def _age_at_referral(submissions: Submissions) -> nw.Expr:
    at_end = submissions.conditions.referral_age_on == "period_end"
    day = "ReportingPeriodEndDate" if at_end else "ReferralRequestReceivedDate"
    return age_if_unknown(submissions, whole_years("PersonBirthDate", day))


def age_if_unknown(submissions: Submissions, age: nw.Expr) -> nw.Expr:
    """Return an age, 0 where it cannot be derived and counts as a child's."""
    return age.fill_null(0) if submissions.conditions.unknown_age_counts else age


def teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the teams of the referrals of every month, the referral's own and others.

    Returns:
        One row per referral and month, and per other team of one (MHS102): UniqMonthID,
        ServiceRequestID, is_own_team (the team is that of MHS101), CareProfTeamLocalID,
        ServTeamTypeMH, ServTeamIntAgeGroup, ReferClosureDate, ReferRejectionDate,
        ReferClosReason, ReferRejectReason.

    Source:
        Shared definition S8, months from April 2024.
    """
    own = _as_teams(submissions.derive(submitted_referrals)).select(*_REFERRAL, *_OF_TEAM)
    return _with_service(submissions, nw.concat([own, submissions.derive(_other_teams)]))


def is_team_for_young(submissions: Submissions) -> nw.Expr:
    """Return whether a team is meant for children and young people, as far as that counts."""
    counts = submissions.conditions.intended_age_group_counts
    return is_one_of("ServTeamIntAgeGroup", ("02",)) & nw.lit(counts)


def referral_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of every month, once for each of their teams.

    Returns:
        One row per row of ``referrals``, for its own team, and per other team of one (MHS102):
        the columns of ``referrals`` and of ``teams``.

    Source:
        Shared definition S7.
    """
    # A referral's own team is in its row, so that only the others have to be joined.
    own = _as_teams(submissions.derive(_referrals_with_own_team))
    others = submissions.derive(referrals).join(submissions.derive(_other_teams), on=_REFERRAL)
    return _with_service(submissions, nw.concat([own, others.select(own.collect_schema().names())]))


def service_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the team details of every month.

    Returns:
        One row per CareProfTeamLocalID and UniqMonthID: these, ServTeamTypeMH,
        ServTeamIntAgeGroup.
    """
    rows = submissions.table(
        "MHS902ServiceTeamDetails",
        text=("CareProfTeamLocalID", "ServTeamTypeMH", "ServTeamIntAgeGroup"),
    )
    return last_submitted(submissions, rows, "UniqMonthID", "CareProfTeamLocalID").drop(
        "ReportingPeriodEndDate", "row_number"
    )


def submitted_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of every month: one row per ServiceRequestID and UniqMonthID."""
    rows = submissions.table(
        "MHS101Referral",
        text=(
            "ServiceRequestID",
            "LocalPatientID",
            "CareProfTeamLocalID",
            "PrimReasonReferralMH",
            "ClinRespPriorityType",
            "SourceOfReferralMH",
            "ReasonOAT",
            "ReferralRequestReceivedTime",
            "ReferClosReason",
            "ReferRejectReason",
        ),
        dates=("ReferralRequestReceivedDate", "ServDischDate", "ReferRejectionDate"),
    )
    with_id = rows.filter(~nw.col("ServiceRequestID").is_null())
    is_open = nw.col("ServDischDate").is_null() & nw.col("ReferRejectionDate").is_null()
    sent = with_unsent(submissions, with_id, "ServiceRequestID", is_open)
    return last_submitted(submissions, sent, *_REFERRAL)


def _referrals_with_own_team(submissions: Submissions) -> nw.LazyFrame[Any]:
    return (
        submissions.derive(submitted_referrals)
        .join(submissions.derive(people), on=["UniqMonthID", "LocalPatientID"])
        .with_columns(_age_at_referral(submissions).alias("AgeServReferRecDate"))
    )


def _other_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of MHS102 of every month, with the columns of ``teams`` but the service."""
    rows = submissions.table(
        "MHS102OtherServiceType",
        text=(
            "ServiceRequestID",
            "OtherCareProfTeamLocalID",
            "ReferClosReason",
            "ReferRejectReason",
        ),
        dates=("ReferClosureDate", "ReferRejectionDate"),
    )
    others = (
        last_submitted(submissions, rows, *_REFERRAL, "OtherCareProfTeamLocalID")
        .rename({"OtherCareProfTeamLocalID": "CareProfTeamLocalID"})
        .with_columns(is_own_team=nw.lit(value=False))
        .select(*_REFERRAL, *_OF_TEAM)
    )
    return others if submissions.conditions.other_teams_count else others.filter("is_own_team")


def _as_teams(referrals_: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return referrals as entries of their own team, which closes with the discharge."""
    return referrals_.with_columns(
        is_own_team=nw.lit(value=True), ReferClosureDate=nw.col("ServDischDate")
    )


def _with_service(submissions: Submissions, entries: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return entries.join(
        submissions.derive(service_teams), on=["UniqMonthID", "CareProfTeamLocalID"], how="left"
    )
