"""Referrals of the month: received, active or discharged, and what was recorded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.people import people, whole_years
from mhsds_recon.measures.derivations.period import (
    is_open,
    month_of,
    patients_in_month,
)
from mhsds_recon.measures.derivations.referrals import (
    is_team_for_young,
    referral_teams,
    referrals,
)
from mhsds_recon.measures.derivations.ward_stays import starting_ward_stays
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["referral_assessments", "referrals_in_month", "starting_referrals"]

_FLAGS = ("is_looked_after", "has_protection_plan", "is_young_carer")


def referrals_in_month(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals submitted for the month, with each of their teams.

    Returns:
        One row per referral of the month, team and age of its patient in the month: UniqMonthID,
        ServiceRequestID, LocalPatientID, Person_ID, ReferralRequestReceivedDate, ServDischDate,
        SourceOfReferralMH, CareProfTeamLocalID, ServTeamTypeMH, AgeServReferRecDate,
        AgeRepPeriodEnd,
        age_when_active (at discharge if that is in the month, at the end of the month if there is
        none by then, null if it was earlier); and whether any row of MHS005 of the month says
        that the person is_looked_after, has_protection_plan or is_young_carer.

    Source:
        Activity measures, "Referrals received, active and discharged" and community teams.
    """
    start, end = submissions.period.start, submissions.period.end
    discharged = nw.col("ServDischDate").is_between(start, end)
    active = is_open("ServDischDate", end)
    return (
        month_of(submissions, referral_teams)
        .with_columns(
            whole_years("PersonBirthDate", "ServDischDate").alias("AgeServReferDischDate")
        )
        .select(
            "UniqMonthID",
            "ServiceRequestID",
            "LocalPatientID",
            "Person_ID",
            "ReferralRequestReceivedDate",
            "ServDischDate",
            "SourceOfReferralMH",
            "CareProfTeamLocalID",
            "ServTeamTypeMH",
            "AgeServReferRecDate",
            "AgeServReferDischDate",
        )
        .join(submissions.derive(patients_in_month), on="Person_ID")
        .join(_indicators(submissions), on="Person_ID", how="left")
        .with_columns(
            nw.when(discharged)
            .then(nw.col("AgeServReferDischDate"))
            .otherwise(nw.when(active).then(nw.col("AgeRepPeriodEnd")))
            .alias("age_when_active"),
            nw.col(*_FLAGS).fill_null(value=False),
        )
        .drop("AgeServReferDischDate", "patient_rows")
    )


def starting_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals received in the month with the service area they had at their start.

    A referral belongs to children's and young people's services through one team or ward stay,
    whatever its others say; a team for learning disability never makes it so.

    Returns:
        One row per referral of the month received in it, team (closed ones too) and ward stay that
        started with it: ServiceRequestID, Person_ID, AgeServReferRecDate, CareProfTeamLocalID and
        is_cyp_service.

    Source:
        Shared definition S11; CYP32.
    """
    start, end = submissions.period.start, submissions.period.end
    of_ward = ("ward_is_ld", "ward_is_cyp")
    is_ld = nw.col("ward_is_ld") | is_one_of(
        "ServTeamTypeMH", ("E01", "E02", "E03", "E04", "B02", "C01")
    )
    is_cyp_type = is_one_of("ServTeamTypeMH", ("C05", "C06", "C07"))
    is_cyp_team = is_cyp_type | is_team_for_young(submissions)
    return (
        month_of(submissions, referral_teams)
        .filter(nw.col("ReferralRequestReceivedDate").is_between(start, end))
        .select(
            "ServiceRequestID",
            "Person_ID",
            "AgeServReferRecDate",
            "CareProfTeamLocalID",
            "ServTeamTypeMH",
            "ServTeamIntAgeGroup",
        )
        .join(
            submissions.derive(starting_ward_stays).select("ServiceRequestID", *of_ward).unique(),
            on="ServiceRequestID",
            how="left",
        )
        .with_columns(nw.col(*of_ward).fill_null(value=False))
        .with_columns((nw.col("ward_is_cyp") | (~is_ld & is_cyp_team)).alias("is_cyp_service"))
        .drop("ServTeamTypeMH", "ServTeamIntAgeGroup", *of_ward)
    )


def referral_assessments(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the scored assessments submitted for the month with their referral of the month.

    Returns:
        One row per row of MHS606 and referral: ServiceRequestID, Person_ID,
        AgeServReferRecDate, is_received_by_end (of the month), CodedAssToolType, PersScore,
        AssToolCompDate and is_within_month (from the first moment of the month to the first of its
        last day).

    Source:
        MHS68.
    """
    start, end = submissions.period.start, submissions.period.end
    rows = submissions.table(
        "MHS606CodedScoreAssessmentRefer",
        text=("ServiceRequestID", "CodedAssToolType", "PersScore", "AssToolCompTimestamp"),
        this_month=True,
    ).with_columns(nw.col("AssToolCompTimestamp").str.slice(11, 8).alias("time"))
    dated = submissions.engine.read_dates(rows, ("AssToolCompTimestamp",)).rename(
        {"AssToolCompTimestamp": "AssToolCompDate"}
    )
    # As coded: the timestamp is compared with the last day, which stands for its midnight.
    at_midnight = (nw.col("time") == "") | (nw.col("time") == "00:00:00")
    on_last_day = (nw.col("AssToolCompDate") == end) & at_midnight
    earlier = (nw.col("AssToolCompDate") >= start) & (nw.col("AssToolCompDate") < end)
    received = month_of(submissions, referrals).select(
        "ServiceRequestID",
        "Person_ID",
        "AgeServReferRecDate",
        (nw.col("ReferralRequestReceivedDate") <= end).alias("is_received_by_end"),
    )
    return dated.with_columns((earlier | on_last_day).alias("is_within_month")).join(
        received, on="ServiceRequestID"
    )


def _indicators(submissions: Submissions) -> nw.LazyFrame[Any]:
    rows = submissions.table(
        "MHS005PatInd", text=("LocalPatientID", "LACStatus", "CPP", "YoungCarer"), this_month=True
    )
    patients = month_of(submissions, people).select("LocalPatientID", "Person_ID")
    return (
        rows.join(patients, on="LocalPatientID")
        .group_by("Person_ID")
        .agg(
            *(
                (nw.col(element) == code).fill_null(value=False).any().alias(name)
                for name, element, code in zip(
                    _FLAGS, ("LACStatus", "CPP", "YoungCarer"), ("Y", "3", "Y"), strict=True
                )
            )
        )
    )
