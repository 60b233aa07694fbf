"""Local figures beside the published ones: compared in published space, then explained."""

from __future__ import annotations

from mhsds_recon.reconciliation.comparing import JOIN_KEY, compare
from mhsds_recon.reconciliation.coverage import Coverage, Expected, cover, read_expected
from mhsds_recon.reconciliation.explaining import explain
from mhsds_recon.reconciliation.result import (
    RECONCILIATION_COLUMNS,
    VARIANCE_COLUMNS,
    Evidence,
    Reconciliation,
    Step,
)
from mhsds_recon.reconciliation.several import Reconciliations

__all__ = [
    "JOIN_KEY",
    "RECONCILIATION_COLUMNS",
    "VARIANCE_COLUMNS",
    "Coverage",
    "Evidence",
    "Expected",
    "Reconciliation",
    "Reconciliations",
    "Step",
    "compare",
    "cover",
    "explain",
    "read_expected",
]
