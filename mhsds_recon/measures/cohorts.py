"""The cohorts that measures count in, by the name that definition files use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon.measures.derivations import (
    activity,
    closed_referrals,
    referral_spells,
    starting_referrals,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.measures.submissions import Derivation
    from mhsds_recon.standard.measures import CohortName

__all__ = ["COHORTS", "Cohort"]


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Rows to count in.

    Attributes:
        derive: Makes the rows.
        words: What the rows are, for a description.
        needs_history: Whether rows depend on months before the measure's period.
    """

    derive: Derivation
    words: str
    needs_history: bool = False


COHORTS: Mapping[CohortName, Cohort] = {
    "activity": Cohort(
        derive=activity,
        words="care contacts and indirect activity with their referral of the same submission",
    ),
    "starting_referrals": Cohort(
        derive=starting_referrals,
        words="referrals with each of their teams and the ward stays that started with them",
    ),
    "closed_referrals": Cohort(
        derive=closed_referrals,
        words="discharged referrals with each of their teams, and contacts of all months",
        needs_history=True,
    ),
    "referral_spells": Cohort(
        derive=referral_spells,
        words=(
            "spells of referrals of people aged 0 to 17, merged where no more than 5 days apart,"
            " from the referrals of all months"
        ),
        needs_history=True,
    ),
}
