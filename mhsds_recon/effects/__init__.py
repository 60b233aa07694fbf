"""What each rule with findings costs the published measures."""

from __future__ import annotations

from mhsds_recon.effects.behind import rules_behind
from mhsds_recon.effects.result import Effects
from mhsds_recon.effects.touching import can_touch, measures_touched
from mhsds_recon.effects.weighing import effects_of_rules

__all__ = ["Effects", "can_touch", "effects_of_rules", "measures_touched", "rules_behind"]
