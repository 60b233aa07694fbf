"""Counting published measures from a provider's own extracts, and their disclosure control."""

from __future__ import annotations

from mhsds_recon.measures.counting import count, count_values, submissions_of
from mhsds_recon.measures.describing import describe
from mhsds_recon.measures.figures import Figures
from mhsds_recon.measures.reading import elements_read, months_read, tables_read
from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "Figures",
    "Submissions",
    "count",
    "count_values",
    "describe",
    "elements_read",
    "months_read",
    "submissions_of",
    "tables_read",
]
