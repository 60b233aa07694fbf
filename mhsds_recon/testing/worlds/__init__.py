"""Pairs of worlds: a trust and the nation, different by planted causes of known size."""

from __future__ import annotations

from mhsds_recon.testing.worlds.definitions import DEFINITIONS
from mhsds_recon.testing.worlds.plantable import PlantableCause, Stage
from mhsds_recon.testing.worlds.rows import Ground
from mhsds_recon.testing.worlds.stories import MEASURES
from mhsds_recon.testing.worlds.submissions import SUBMISSIONS
from mhsds_recon.testing.worlds.world import Planted, World

__all__ = ["CAUSES", "MEASURES", "Ground", "PlantableCause", "Planted", "Stage", "World"]

CAUSES = (*DEFINITIONS, *SUBMISSIONS)
"""Every cause that can be planted."""
