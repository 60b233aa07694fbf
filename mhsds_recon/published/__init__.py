"""Reading national monthly files, and local counts in the same layout, into tidy frames."""

from __future__ import annotations

from mhsds_recon.published.counts import read_counts
from mhsds_recon.published.figures import LocalCounts, PublishedFigures
from mhsds_recon.published.reading import best_of, read_by_provider, read_each, read_published

__all__ = [
    "LocalCounts",
    "PublishedFigures",
    "best_of",
    "read_by_provider",
    "read_counts",
    "read_each",
    "read_published",
]
