"""Counting published measures from a provider's own extracts, and their disclosure control."""

from __future__ import annotations

from mhsds_recon.measures.counting import count
from mhsds_recon.measures.describing import describe
from mhsds_recon.measures.figures import Figures
from mhsds_recon.measures.reading import elements_read, months_read, tables_read

__all__ = ["Figures", "count", "describe", "elements_read", "months_read", "tables_read"]
