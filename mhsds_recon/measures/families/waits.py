"""Cohorts of the waiting time measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations import (
    adult_referral_spells,
    eating_disorder_referrals,
    referral_spells,
    urgent_referrals,
)
from mhsds_recon.measures.derivations.spell_scope import (
    adult_teams_in_scope,
    child_teams_in_scope,
)
from mhsds_recon.measures.derivations.team_links import by_team_of_referral, by_team_of_spell

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS"]

COHORTS: Mapping[str, Cohort] = {
    "referral_spells": Cohort(
        derive=referral_spells,
        words=(
            "spells of referrals of people aged 0 to 17, merged where no more than 5 days apart,"
            " from the referrals of all months, that reach into the last three months"
        ),
        needs_history=True,
        by_team=by_team_of_spell(referral_spells, child_teams_in_scope),
    ),
    "adult_referral_spells": Cohort(
        derive=adult_referral_spells,
        words=(
            "spells of referrals of people aged 18 or over to community mental health teams,"
            " merged where no more than 5 days apart, from the referrals of all months, that reach"
            " into the last three months"
        ),
        needs_history=True,
        by_team=by_team_of_spell(adult_referral_spells, adult_teams_in_scope),
    ),
    "eating_disorder_referrals": Cohort(
        derive=eating_disorder_referrals,
        words=(
            "referrals for an eating disorder as last submitted, received since 2016 and with a"
            " priority, with the treatment contacts of all months"
        ),
        needs_history=True,
        by_team=by_team_of_referral(eating_disorder_referrals),
    ),
    "urgent_referrals": Cohort(
        derive=urgent_referrals,
        words=(
            "referrals submitted for the month with each of their teams, and their first attended"
            " face to face contact in the month"
        ),
        by_team=urgent_referrals,
    ),
}
