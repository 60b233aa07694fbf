"""Referrals that close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import first_contacts
from mhsds_recon.measures.derivations.inpatients import hospital_referrals
from mhsds_recon.measures.derivations.referrals import referral_teams

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["closed_referrals"]


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
        .join(submissions.ever.derive(first_contacts), on=of_referral, how="left")
        .join(submissions.ever.derive(hospital_referrals), on=of_referral, how="left")
        .with_columns(
            nw.col("has_hospital_spell").fill_null(value=False),
            (nw.col("second_contact") <= nw.col("ServDischDate"))
            .fill_null(value=False)
            .alias("has_two_contacts"),
        )
    )
