"""Referrals open at the end of the month, by service area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.period import is_open, month_of, patients_in_month
from mhsds_recon.measures.derivations.referrals import is_team_for_young, referral_teams
from mhsds_recon.measures.derivations.ward_stays import (
    hospital_spells,
    open_teams,
    open_ward_stays,
    ward_stays,
)
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["open_referrals"]

_OF_WARD = ("ward_is_ld", "ward_is_cyp", "ward_is_adult")
_OUT_OF_AREA = ("10", "11", "12", "13", "14", "15")


def open_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals open at the end of the month, with each of their teams.

    A referral may be in several service areas: each open team and each ward stay of the month
    puts it in one. Without an open team it falls to adult services unless a ward says otherwise.

    Returns:
        One row per referral of the month without a discharge by its end, team and age of its
        patient in the month: UniqMonthID, ServiceRequestID, LocalPatientID, Person_ID,
        AgeRepPeriodEnd, CareProfTeamLocalID and ServTeamTypeMH (any team, closed ones too),
        is_ld_service,
        is_cyp_service, is_adult_service, is_mental_health_service (one of the two) and
        has_open_hospital_spell.

    Source:
        Shared definition S9; MHS07.
    """
    end = submissions.period.end
    rows = month_of(submissions, referral_teams).filter(is_open("ServDischDate", end))
    in_hospital = (
        month_of(submissions, hospital_spells)
        .filter(is_open("DischDateHospProvSpell", end))
        .select("ServiceRequestID", has_open_hospital_spell=nw.lit(value=True))
        .unique()
    )
    return (
        rows.select(
            "UniqMonthID",
            "ServiceRequestID",
            "LocalPatientID",
            "Person_ID",
            "CareProfTeamLocalID",
            "ServTeamTypeMH",
        )
        .join(_service_areas(submissions, rows), on="ServiceRequestID")
        .join(submissions.derive(patients_in_month), on="Person_ID")
        .join(in_hospital, on="ServiceRequestID", how="left")
        .with_columns(nw.col("has_open_hospital_spell").fill_null(value=False))
        .drop("patient_rows")
    )


def _service_areas(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return ServiceRequestID and whether any of its teams and stays is of each service area.

    A ward stay that is no longer open still makes a row, in which only the team counts.
    """
    wards = (
        month_of(submissions, ward_stays)
        .select("ServiceRequestID", "WardStayID")
        .join(
            submissions.derive(open_ward_stays).select("WardStayID", *_OF_WARD).unique(),
            on="WardStayID",
            how="left",
        )
        .select("ServiceRequestID", *_OF_WARD)
        .unique()
    )
    open_ones = (
        submissions.derive(open_teams)
        .select("ServiceRequestID", "ServTeamTypeMH", "ServTeamIntAgeGroup")
        .unique()
    )
    is_ld_team = is_one_of("ServTeamTypeMH", ("E01", "E02", "E03", "E04", "B02", "C01"))
    is_cyp_type = is_one_of("ServTeamTypeMH", ("C05", "C06", "C07"))
    is_for_young = is_team_for_young(submissions)
    is_ld = nw.col("ward_is_ld") | is_ld_team
    is_adult = nw.col("ward_is_adult") | is_one_of("ReasonOAT", _OUT_OF_AREA) | ~is_for_young
    return (
        rows.select("ServiceRequestID", "ReasonOAT")
        .unique()
        .join(wards, on="ServiceRequestID", how="left")
        .join(open_ones, on="ServiceRequestID", how="left")
        .with_columns(nw.col(*_OF_WARD).fill_null(value=False))
        .with_columns(
            is_ld.alias("is_ld_service"),
            (nw.col("ward_is_cyp") | (~is_ld & (is_cyp_type | is_for_young))).alias(
                "is_cyp_service"
            ),
            (~is_ld & ~is_cyp_type & ~nw.col("ward_is_cyp") & is_adult).alias("is_adult_service"),
        )
        .group_by("ServiceRequestID")
        .agg(nw.col("is_ld_service", "is_cyp_service", "is_adult_service").any())
        .with_columns(
            (nw.col("is_cyp_service") | nw.col("is_adult_service")).alias(
                "is_mental_health_service"
            )
        )
    )
