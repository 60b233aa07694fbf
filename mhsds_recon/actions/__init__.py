"""What was agreed to be done, carried from month to month until it is done."""

from __future__ import annotations

from mhsds_recon.actions.effects import Finding, findings_of
from mhsds_recon.actions.entries import (
    ACTION,
    Closed,
    Effect,
    Opened,
    action_entry_from,
    action_to_content,
)
from mhsds_recon.actions.opening import (
    ActionRules,
    from_conditions,
    from_walk,
    load_action_rules,
    what_to_do,
)
from mhsds_recon.actions.register import Action, register, resent

__all__ = [
    "ACTION",
    "Action",
    "ActionRules",
    "Closed",
    "Effect",
    "Finding",
    "Opened",
    "action_entry_from",
    "action_to_content",
    "findings_of",
    "from_conditions",
    "from_walk",
    "load_action_rules",
    "register",
    "resent",
    "what_to_do",
]
