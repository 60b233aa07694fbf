"""Cohorts of the activity and inpatient measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations import (
    admissions,
    bed_days,
    contacts_in_month,
    first_attended_contacts,
    hospital_discharges,
    hospital_spells,
    indirect_activity_in_month,
    legal_orders,
    open_referrals,
    open_ward_stays,
    recorded_status,
    referral_assessments,
    referrals_in_month,
    starting_referrals,
)
from mhsds_recon.measures.derivations.team_links import by_team_of_contact, by_team_of_referral

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS"]

COHORTS: Mapping[str, Cohort] = {
    "open_referrals": Cohort(
        derive=open_referrals,
        words="referrals open at the end of the month, with each of their teams",
        by_team=open_referrals,
    ),
    "referrals_in_month": Cohort(
        derive=referrals_in_month,
        words="referrals submitted for the month, with each of their teams",
        by_team=referrals_in_month,
    ),
    "starting_referrals": Cohort(
        derive=starting_referrals,
        words="referrals received in the month, with their teams and the stays started with them",
        by_team=starting_referrals,
    ),
    "contacts_in_month": Cohort(
        derive=contacts_in_month,
        words="care contacts submitted for the month, with their referral and team",
        by_team=contacts_in_month,
    ),
    "indirect_activity_in_month": Cohort(
        derive=indirect_activity_in_month,
        words="indirect activity submitted for the month, with its referral",
        by_team=by_team_of_contact(indirect_activity_in_month),
    ),
    "first_attended_contacts": Cohort(
        derive=first_attended_contacts,
        words="referrals submitted for the month, with their first attended contact of all months",
        needs_history=True,
        by_team=by_team_of_referral(first_attended_contacts),
    ),
    "referral_assessments": Cohort(
        derive=referral_assessments,
        words="scored assessments submitted for the month, with their referral",
        by_team=by_team_of_referral(referral_assessments),
    ),
    "open_ward_stays": Cohort(
        derive=open_ward_stays, words="ward stays open at the end of the month"
    ),
    "bed_days": Cohort(derive=bed_days, words="ward stays of the month, and leave from them"),
    "hospital_spells": Cohort(derive=hospital_spells, words="hospital spells as submitted"),
    "admissions": Cohort(
        derive=admissions,
        words="hospital spells of the month, with the ward stays that started with them",
    ),
    "hospital_discharges": Cohort(
        derive=hospital_discharges,
        words="ended hospital spells as last submitted, with the ward stays that ended with them",
        needs_history=True,
    ),
    "legal_orders": Cohort(
        derive=legal_orders,
        words="open referrals of people under the Mental Health Act at the end of the month",
    ),
    "recorded_status": Cohort(
        derive=recorded_status,
        words="referrals open at the end of the month, with what was recorded in the last year",
        needs_history=True,
        by_team=by_team_of_referral(recorded_status),
    ),
}
