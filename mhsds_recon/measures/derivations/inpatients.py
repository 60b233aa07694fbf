"""Hospital spells and ward stays, as far as community measures ask about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.referrals import referrals, teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["hospital_referrals", "starting_ward_stays"]


def hospital_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals that ever led to a hospital spell.

    Returns:
        One row per Person_ID and ServiceRequestID with a row of MHS501 in any month:
        has_hospital_spell, always true.

    Source:
        Measures MHS110 to MHS115, step A; MRS08 to MRS19, step 1.
    """
    return (
        submissions.derive(_hospital_spells)
        .join(
            submissions.derive(referrals).select("UniqMonthID", "ServiceRequestID", "Person_ID"),
            on=["UniqMonthID", "ServiceRequestID"],
        )
        .select("Person_ID", "ServiceRequestID", has_hospital_spell=nw.lit(value=True))
        .unique()
    )


def starting_ward_stays(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the service area of the ward stays that started with their referral.

    The care professionals looked at are those assigned on the day the stay started.

    Returns:
        One row per UniqMonthID, ServiceRequestID and WardStayID that started on the day the
        referral was received: ward_is_ld (learning disability), ward_is_cyp (children and young
        people).

    Source:
        Shared definitions S10 and S11.
    """
    is_ld = (
        is_one_of("WardIntendedClinCareMH", ("61", "62", "63"))
        | is_one_of("TreatFuncCodeMH", ("700",))
        | is_one_of("WardType", ("05",))
    )
    is_cyp = (
        is_one_of("TreatFuncCodeMH", ("711",))
        | is_one_of("WardType", ("01", "02"))
        | is_one_of("WardAge", ("10", "11", "12"))
        | is_one_of("ServTeamIntAgeGroup", ("02",))
    )
    return (
        _staffed_ward_stays(submissions)
        .join(submissions.derive(teams), on=["UniqMonthID", "ServiceRequestID"], how="left")
        .group_by("UniqMonthID", "ServiceRequestID", "WardStayID")
        .agg(is_ld.any().alias("ward_is_ld"), (is_cyp & ~is_ld).any().alias("ward_is_cyp"))
    )


def _staffed_ward_stays(submissions: Submissions) -> nw.LazyFrame[Any]:
    stays = submissions.table(
        "MHS502WardStay",
        text=("WardStayID", "WardCode", "HospProvSpellID"),
        dates=("StartDateWardStay",),
    )
    wards = submissions.table(
        "MHS903WardDetails", text=("WardCode", "WardType", "WardAge", "WardIntendedClinCareMH")
    )
    professionals = submissions.table(
        "MHS503AssignedCareProf",
        text=("HospProvSpellID", "TreatFuncCodeMH"),
        dates=("StartDateAssCareProf",),
    )
    received = submissions.derive(referrals).select(
        "UniqMonthID",
        "ServiceRequestID",
        StartDateWardStay=nw.col("ReferralRequestReceivedDate"),
    )
    place = ("ReportingPeriodEndDate", "row_number")
    return (
        stays.drop(*place)
        .join(submissions.derive(_hospital_spells), on=["UniqMonthID", "HospProvSpellID"])
        .join(received, on=["UniqMonthID", "ServiceRequestID", "StartDateWardStay"])
        .join(wards.drop(*place), on=["UniqMonthID", "WardCode"], how="left")
        .join(
            professionals.drop(*place).rename({"StartDateAssCareProf": "StartDateWardStay"}),
            on=["UniqMonthID", "HospProvSpellID", "StartDateWardStay"],
            how="left",
        )
    )


def _hospital_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    return submissions.table(
        "MHS501HospProvSpell", text=("HospProvSpellID", "ServiceRequestID")
    ).drop("ReportingPeriodEndDate", "row_number")
