"""Cohorts of the outcome measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations import (
    closed_referral_outcomes,
    closed_referral_scores,
    closed_referrals,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS"]

COHORTS: Mapping[str, Cohort] = {
    "closed_referrals": Cohort(
        derive=closed_referrals,
        words="discharged referrals with each of their teams, and contacts of all months",
        needs_history=True,
        by_team=closed_referrals,
    ),
    "closed_referral_outcomes": Cohort(
        derive=closed_referral_outcomes,
        words=(
            "discharged referrals with each of their teams, contacts of all months, and what the"
            " scores of each rater say"
        ),
        needs_history=True,
        by_team=closed_referral_outcomes,
    ),
    "closed_referral_scores": Cohort(
        derive=closed_referral_scores,
        words="discharged referrals with each of their teams and each score submitted for them",
        needs_history=True,
        by_team=closed_referral_scores,
    ),
}
