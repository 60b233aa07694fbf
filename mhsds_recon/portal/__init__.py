"""The submission portal's own reports, and our verdicts beside them."""

from __future__ import annotations

from mhsds_recon.portal.comparing import compare_with_portal
from mhsds_recon.portal.history import portal_history
from mhsds_recon.portal.reading import read_portal_report
from mhsds_recon.portal.report import PortalReport
from mhsds_recon.portal.result import DISAGREEING, PortalComparison, PortalResult

__all__ = [
    "DISAGREEING",
    "PortalComparison",
    "PortalReport",
    "PortalResult",
    "compare_with_portal",
    "portal_history",
    "read_portal_report",
]
