"""Referrals that led to hospital, as far as community measures ask about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.ward_stays import hospital_spells
from mhsds_recon.measures.submissions import ANY_ROW

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["hospital_referrals"]


def hospital_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals that ever led to a hospital spell.

    Returns:
        One row per Person_ID and ServiceRequestID with a row of MHS501 in any month:
        has_hospital_spell, always true. None where hospital spells are not asked about.

    Source:
        Measures MHS110 to MHS115, step A; MRS08 to MRS19, step 1.
    """
    asked = submissions.conditions.hospital_referrals_excluded
    return (
        submissions.derive(hospital_spells)
        .filter(ANY_ROW if asked else ~ANY_ROW)
        .select("Person_ID", "ServiceRequestID", has_hospital_spell=nw.lit(value=True))
        .unique()
    )
