"""Local figures beside the published ones: compared in published space, then explained."""

from __future__ import annotations

from mhsds_recon.reconciliation.comparing import compare
from mhsds_recon.reconciliation.explaining import explain
from mhsds_recon.reconciliation.result import (
    RECONCILIATION_COLUMNS,
    VARIANCE_COLUMNS,
    Reconciliation,
    Step,
)

__all__ = [
    "RECONCILIATION_COLUMNS",
    "VARIANCE_COLUMNS",
    "Reconciliation",
    "Step",
    "compare",
    "explain",
]
