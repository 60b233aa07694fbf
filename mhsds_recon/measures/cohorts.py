"""The cohorts that measures count in, by the name that definition files use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.families import access, activity, care_given, outcomes, quality, waits

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COHORTS", "Cohort"]

COHORTS: Mapping[str, Cohort] = {
    **access.COHORTS,
    **activity.COHORTS,
    **outcomes.COHORTS,
    **waits.COHORTS,
    **quality.COHORTS,
    **care_given.COHORTS,
}
