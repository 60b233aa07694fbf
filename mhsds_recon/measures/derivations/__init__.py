"""Derivations: what the national pre-processing makes of submitted rows, each made once per run.

Each is one function from ``Submissions`` to one lazy frame. Keys are those of one provider, so
the provider's code is left out of them: ``ServiceRequestID`` stands for UniqServReqID, and a
patient's month and ``LocalPatientID`` together for RecordNumber.
"""

from __future__ import annotations

from mhsds_recon.measures.derivations.activity import activity, first_contacts
from mhsds_recon.measures.derivations.assessments import scored_assessments
from mhsds_recon.measures.derivations.contacts_in_period import (
    contacts_in_month,
    first_attended_contacts,
    indirect_activity_in_month,
)
from mhsds_recon.measures.derivations.crisis import urgent_referrals
from mhsds_recon.measures.derivations.eating_disorder import eating_disorder_referrals
from mhsds_recon.measures.derivations.hospital_activity import admissions, hospital_discharges
from mhsds_recon.measures.derivations.inpatients import hospital_referrals
from mhsds_recon.measures.derivations.mental_health_act import legal_orders
from mhsds_recon.measures.derivations.open_referrals import open_referrals
from mhsds_recon.measures.derivations.outcome_scores import referral_scores
from mhsds_recon.measures.derivations.outcomes import (
    closed_referral_outcomes,
    closed_referral_scores,
    score_pairs,
)
from mhsds_recon.measures.derivations.people import people, places_of_postcodes
from mhsds_recon.measures.derivations.recorded_status import recorded_status
from mhsds_recon.measures.derivations.referral_cohorts import closed_referrals
from mhsds_recon.measures.derivations.referrals import referral_teams, referrals, teams
from mhsds_recon.measures.derivations.referrals_in_period import (
    referral_assessments,
    referrals_in_month,
    starting_referrals,
)
from mhsds_recon.measures.derivations.spell_waits import adult_referral_spells, referral_spells
from mhsds_recon.measures.derivations.team_activity import team_activity
from mhsds_recon.measures.derivations.ward_stays import (
    bed_days,
    hospital_spells,
    open_ward_stays,
    starting_ward_stays,
    ward_stays,
)

__all__ = [
    "activity",
    "admissions",
    "adult_referral_spells",
    "bed_days",
    "closed_referral_outcomes",
    "closed_referral_scores",
    "closed_referrals",
    "contacts_in_month",
    "eating_disorder_referrals",
    "first_attended_contacts",
    "first_contacts",
    "hospital_discharges",
    "hospital_referrals",
    "hospital_spells",
    "indirect_activity_in_month",
    "legal_orders",
    "open_referrals",
    "open_ward_stays",
    "people",
    "places_of_postcodes",
    "recorded_status",
    "referral_assessments",
    "referral_scores",
    "referral_spells",
    "referral_teams",
    "referrals",
    "referrals_in_month",
    "score_pairs",
    "scored_assessments",
    "starting_referrals",
    "starting_ward_stays",
    "team_activity",
    "teams",
    "urgent_referrals",
    "ward_stays",
]
