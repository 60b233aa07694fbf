"""A cohort: rows to count in, and what a description calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Derivation

__all__ = ["Cohort"]


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Rows to count in.

    Attributes:
        derive: Makes the rows.
        words: What the rows are, for a description.
        needs_history: Whether rows depend on months before the measure's period.
        by_team: Makes the same rows once for each of their teams, which CareProfTeamLocalID names;
            None where they say no team.
    """

    derive: Derivation
    words: str
    needs_history: bool = False
    by_team: Derivation | None = None
