"""Why local figures differ from the published ones: stage by stage, cause by cause."""

from __future__ import annotations

from mhsds_recon.causes.declared import LocalDefinitions, read_local_definitions
from mhsds_recon.causes.given import STAGES, Given, Stage
from mhsds_recon.causes.stages import STAGE_COLUMNS
from mhsds_recon.causes.walk import walk

__all__ = [
    "STAGES",
    "STAGE_COLUMNS",
    "Given",
    "LocalDefinitions",
    "Stage",
    "read_local_definitions",
    "walk",
]
