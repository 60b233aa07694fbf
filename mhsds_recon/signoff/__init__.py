"""Who agreed to what: decisions, the rules of a valid one, and where a submission stands."""

from __future__ import annotations

from mhsds_recon.signoff.entries import (
    AGREEING,
    KINDS,
    Decision,
    DecisionWord,
    Distribution,
    Entry,
    Exemption,
    PackMade,
    Upload,
    entry_from,
    kind_of,
    to_content,
    words_of,
)
from mhsds_recon.signoff.policy import Policy, load_policy
from mhsds_recon.signoff.standing import GroupStanding, Reopened, Standing, standing_of

__all__ = [
    "AGREEING",
    "KINDS",
    "Decision",
    "DecisionWord",
    "Distribution",
    "Entry",
    "Exemption",
    "GroupStanding",
    "PackMade",
    "Policy",
    "Reopened",
    "Standing",
    "Upload",
    "entry_from",
    "kind_of",
    "load_policy",
    "standing_of",
    "to_content",
    "words_of",
]
