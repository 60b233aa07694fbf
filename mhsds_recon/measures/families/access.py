"""Cohorts of the access measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations import activity, team_activity
from mhsds_recon.measures.derivations.access import (
    activity_since_first,
    education_support_activity,
    first_contact_waits,
    perinatal_contacts,
    second_contacts,
)
from mhsds_recon.measures.derivations.team_activity import activity_by_team
from mhsds_recon.measures.derivations.team_links import by_team_of_contact, by_team_of_referral

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS"]

COHORTS: Mapping[str, Cohort] = {
    "activity": Cohort(
        derive=activity,
        words="care contacts and indirect activity with their referral of the same submission",
        by_team=activity_by_team,
    ),
    "team_activity": Cohort(
        derive=team_activity,
        words=(
            "care contacts and indirect activity with their referral of the same submission and"
            " their team"
        ),
        by_team=team_activity,
    ),
    "activity_since_first": Cohort(
        derive=activity_since_first,
        words=(
            "care contacts and indirect activity with their referral of the same submission and"
            " the day of the person's first that counts in twelve months"
        ),
        by_team=by_team_of_contact(activity_since_first),
    ),
    "education_support_activity": Cohort(
        derive=education_support_activity,
        words=(
            "care contacts and indirect activity of referrals, of the same submission, that an"
            " education mental health support team (F01) has not rejected"
        ),
        by_team=by_team_of_contact(education_support_activity),
    ),
    "first_contact_waits": Cohort(
        derive=first_contact_waits,
        words="referrals as last submitted, with their first contact under 18 in any month",
        needs_history=True,
        by_team=by_team_of_referral(first_contact_waits),
    ),
    "second_contacts": Cohort(
        derive=second_contacts,
        words=(
            "people aged 0 to 18 at referral, by their first second contact in the financial year"
            " after a first contact before the 18th birthday"
        ),
        needs_history=True,
        by_team=by_team_of_referral(second_contacts),
    ),
    "perinatal_contacts": Cohort(
        derive=perinatal_contacts,
        words="care contacts of women on a referral to a specialist perinatal team",
        by_team=by_team_of_contact(perinatal_contacts),
    ),
}
