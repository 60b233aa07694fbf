"""What each rule with findings costs the published measures."""

from __future__ import annotations

from mhsds_recon.effects.behind import rules_behind

__all__ = ["rules_behind"]
