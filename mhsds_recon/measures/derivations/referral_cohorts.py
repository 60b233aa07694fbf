"""Two cohorts of referrals: those that start, by service area, and those that close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import first_contacts
from mhsds_recon.measures.derivations.inpatients import hospital_referrals, starting_ward_stays
from mhsds_recon.measures.derivations.referrals import referral_teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["closed_referrals", "starting_referrals"]


def starting_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return referrals with the service area that they had when they started.

    A referral belongs to children's and young people's services through one team or ward stay,
    whatever its others say; a team for learning disability never makes it so.

    Returns:
        One row per row of ``referral_teams`` and ward stay that started with the referral: the
        columns of ``referral_teams`` and is_cyp_service.

    Source:
        Shared definition S11.
    """
    of_ward = ("ward_is_ld", "ward_is_cyp")
    is_ld = nw.col("ward_is_ld") | is_one_of(
        "ServTeamTypeMH", ("E01", "E02", "E03", "E04", "B02", "C01")
    )
    is_cyp_team = is_one_of("ServTeamTypeMH", ("C05", "C06", "C07")) | is_one_of(
        "ServTeamIntAgeGroup", ("02",)
    )
    return (
        submissions.derive(referral_teams)
        .join(
            submissions.derive(starting_ward_stays),
            on=["UniqMonthID", "ServiceRequestID"],
            how="left",
        )
        .with_columns(nw.col(*of_ward).fill_null(value=False))
        .with_columns((nw.col("ward_is_cyp") | (~is_ld & is_cyp_team)).alias("is_cyp_service"))
        .drop("WardStayID", *of_ward)
    )


def closed_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return discharged referrals with what led up to the discharge.

    Returns:
        One row per row of ``referral_teams`` with a discharge date: its columns,
        has_hospital_spell, first_contact and second_contact (dates, over all months) and
        has_two_contacts (both on or before the day of discharge).

    Source:
        Measures MHS110 to MHS115, steps A and B.
    """
    of_referral = ["Person_ID", "ServiceRequestID"]
    return (
        submissions.derive(referral_teams)
        .filter(~nw.col("ServDischDate").is_null())
        .join(submissions.derive(first_contacts), on=of_referral, how="left")
        .join(submissions.derive(hospital_referrals), on=of_referral, how="left")
        .with_columns(
            nw.col("has_hospital_spell").fill_null(value=False),
            (nw.col("second_contact") <= nw.col("ServDischDate"))
            .fill_null(value=False)
            .alias("has_two_contacts"),
        )
    )
