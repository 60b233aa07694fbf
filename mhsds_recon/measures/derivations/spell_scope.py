"""Which referrals make up referral spells: of children, and of adults in community services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.inpatients import hospital_referrals
from mhsds_recon.measures.derivations.referrals import referral_teams
from mhsds_recon.measures.submissions import ANY_ROW, is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "adult_referrals_in_scope",
    "adult_teams_in_scope",
    "child_referrals_in_scope",
    "child_teams_in_scope",
]

_FIRST_ADULT_AGE = 18
_COMMUNITY = ("A05", "A06", "A08", "A09", "A12", "A13", "A16", "C03", "C10")
_CRISIS_AND_LIAISON = ("A02", "A03", "A04", "A11", *(f"A{n}" for n in range(19, 26)), "C05")
_SPECIAL_SUPPORT = ("E02", "E03", "E04")
_COLUMNS = (
    "UniqMonthID",
    "row_number",
    "ServiceRequestID",
    "Person_ID",
    "ReferralRequestReceivedDate",
    "ServDischDate",
    "end",
)
_OF_TEAM = (
    "CareProfTeamLocalID",
    "ReferRejectionDate",
    "ReferClosReason",
    "ReferRejectReason",
    "team_type",
)


def child_referrals_in_scope(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of people aged 0 to 17 that count towards spells.

    Team, reason and priority take a row out; one row that is left keeps the referral.

    Returns:
        One row per row of ``referral_teams`` in scope: UniqMonthID, row_number, ServiceRequestID,
        Person_ID, ReferralRequestReceivedDate, ServDischDate, end (discharge, else rejection,
        else closure by the team, never after the end of the month, which stands in for none).

    Source:
        Measures MRS08 to MRS19, step 1.
    """
    return _children(submissions).select(_COLUMNS)


def child_teams_in_scope(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``child_referrals_in_scope`` with CareProfTeamLocalID."""
    return _children(submissions).select(*_COLUMNS, "CareProfTeamLocalID")


def adult_teams_in_scope(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``adult_referrals_in_scope`` with CareProfTeamLocalID."""
    return _adults(submissions).select(*_COLUMNS, "CareProfTeamLocalID")


def _children(submissions: Submissions) -> nw.LazyFrame[Any]:
    eating_disorder = is_one_of("PrimReasonReferralMH", ("12",))
    first_psychosis = is_one_of("PrimReasonReferralMH", ("01",))
    urgent = is_one_of("ClinRespPriorityType", ("1", "2", "4"))
    out_of_scope = (
        (is_one_of("ServTeamTypeMH", ("A18",)) & urgent)
        | (eating_disorder & ~is_one_of("ServTeamTypeMH", ("A18", "F01")))
        | (first_psychosis & is_one_of("ServTeamTypeMH", ("A14",)))
        | is_one_of("ServTeamTypeMH", (*_CRISIS_AND_LIAISON, *_SPECIAL_SUPPORT))
    )
    if not submissions.conditions.team_types_excluded:
        out_of_scope = ~ANY_ROW
    age = nw.col("AgeServReferRecDate")
    return _outside_hospital(submissions, age.is_between(0, 17), ~out_of_scope)


def adult_referrals_in_scope(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals of people aged 18 or over to community mental health teams.

    Returns:
        One row per referral, month and different team entry in scope, with the columns of
        ``child_referrals_in_scope``. A referral to two such teams has two rows, which matters:
        each of its contacts then counts twice.

    Source:
        Measures MRS01 to MRS07, 15 and 20 to 22, as published (4w_waits_prep).
    """
    return _adults(submissions).select(_COLUMNS)


def _adults(submissions: Submissions) -> nw.LazyFrame[Any]:
    # The two codes of the same service, before and after its renaming, are one.
    renamed = nw.when(nw.col("ServTeamTypeMH") == "C03").then(nw.lit("C10"))
    return (
        _outside_hospital(
            submissions,
            nw.col("AgeServReferRecDate") >= _FIRST_ADULT_AGE,
            is_one_of("ServTeamTypeMH", _COMMUNITY),
        )
        .with_columns(nw.coalesce(renamed, nw.col("ServTeamTypeMH")).alias("team_type"))
        .select(*_COLUMNS, *_OF_TEAM)
        .unique()
    )


def _outside_hospital(submissions: Submissions, *conditions: nw.Expr) -> nw.LazyFrame[Any]:
    asked = submissions.conditions
    rejection = ("ReferRejectionDate",) if asked.rejection_ends_referral else ()
    end = nw.coalesce("ServDischDate", *rejection, "ReferClosureDate")
    month_end = nw.col("ReportingPeriodEndDate")
    return (
        submissions.derive(referral_teams)
        .filter(*conditions, *((nw.col("england_resident"),) if asked.residents_only else ()))
        .join(
            submissions.derive(hospital_referrals),
            on=["Person_ID", "ServiceRequestID"],
            how="anti",
        )
        .with_columns(nw.when(end <= month_end).then(end).otherwise(month_end).alias("end"))
    )
