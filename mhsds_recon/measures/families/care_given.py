"""Cohorts of our own measures for teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations.care_given import (
    caseload,
    referral_contacts,
    referral_contacts_by_team,
    referral_decisions,
    scores_by_tool,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS"]

COHORTS: Mapping[str, Cohort] = {
    "referral_contacts": Cohort(
        derive=referral_contacts,
        words=(
            "referrals as last submitted, with the contacts attended from the day of the referral"
            " on, of all months and with any team"
        ),
        needs_history=True,
        by_team=referral_contacts_by_team,
    ),
    "caseload": Cohort(
        derive=caseload,
        words=(
            "referrals neither discharged nor rejected by the end of the month, with each team"
            " that is still open to them and the days since the last contact with any team (or"
            " since the referral)"
        ),
        needs_history=True,
        by_team=caseload,
    ),
    "referral_decisions": Cohort(
        derive=referral_decisions,
        words="referrals submitted for the month, with each of their teams",
        by_team=referral_decisions,
    ),
    "scores_by_tool": Cohort(
        derive=scores_by_tool,
        words="discharged referrals with each of their teams and each score submitted for them",
        needs_history=True,
        by_team=scores_by_tool,
    ),
}
