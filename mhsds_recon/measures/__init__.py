"""Counting published measures from a provider's own extracts, and their disclosure control."""

from __future__ import annotations

from mhsds_recon.measures.counting import count, count_values, measures_counted, submissions_of
from mhsds_recon.measures.describing import describe
from mhsds_recon.measures.figures import Figures
from mhsds_recon.measures.funnels import Funnels, count_funnels
from mhsds_recon.measures.reading import (
    divides_by_team,
    elements_read,
    months_read,
    tables_read,
)
from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "Figures",
    "Funnels",
    "Submissions",
    "count",
    "count_funnels",
    "count_values",
    "describe",
    "divides_by_team",
    "elements_read",
    "measures_counted",
    "months_read",
    "submissions_of",
    "tables_read",
]
