"""Derivations: what the national pre-processing makes of submitted rows, each made once per run.

Each is one function from ``Submissions`` to one lazy frame. Keys are those of one provider, so
the provider's code is left out of them: ``ServiceRequestID`` stands for UniqServReqID, and a
patient's month and ``LocalPatientID`` together for RecordNumber.
"""

from __future__ import annotations

from mhsds_recon.measures.derivations.activity import activity, first_contacts
from mhsds_recon.measures.derivations.inpatients import hospital_referrals, starting_ward_stays
from mhsds_recon.measures.derivations.people import people, postcodes_elsewhere
from mhsds_recon.measures.derivations.referral_cohorts import closed_referrals, starting_referrals
from mhsds_recon.measures.derivations.referrals import referral_teams, referrals, teams
from mhsds_recon.measures.derivations.spells import referral_spells

__all__ = [
    "activity",
    "closed_referrals",
    "first_contacts",
    "hospital_referrals",
    "people",
    "postcodes_elsewhere",
    "referral_spells",
    "referral_teams",
    "referrals",
    "starting_referrals",
    "starting_ward_stays",
    "teams",
]
