"""Synthetic data for demonstrations, tests and benchmarks; no real person or organisation.

Strategies for Hypothesis are in ``mhsds_recon.testing.strategies``, which alone needs it.
"""

from __future__ import annotations

from mhsds_recon.testing.narrow import narrowed
from mhsds_recon.testing.planting import PlantedError, describe_planted
from mhsds_recon.testing.published import published_rows, write_published
from mhsds_recon.testing.tables import patients_of, referrals, table_rows
from mhsds_recon.testing.trust import SyntheticTrust, synthetic_trust

__all__ = [
    "PlantedError",
    "SyntheticTrust",
    "describe_planted",
    "narrowed",
    "patients_of",
    "published_rows",
    "referrals",
    "synthetic_trust",
    "table_rows",
    "write_published",
]
