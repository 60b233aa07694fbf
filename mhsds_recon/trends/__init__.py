"""Figures over months: process control, differences that stay, and revisions."""

from __future__ import annotations

from mhsds_recon.trends.differences import changes_between, repeats
from mhsds_recon.trends.review import Remembered, Review, refuse_unknown, review
from mhsds_recon.trends.revisions import NextFinal, next_final, revisions_by_measure
from mhsds_recon.trends.settings import NO_SETTINGS, TrendSettings, read_settings
from mhsds_recon.trends.showing import shown, shown_changes, shown_repeats
from mhsds_recon.trends.trend import Phase, Trend, trend_of, without_small_numbers

__all__ = [
    "NO_SETTINGS",
    "NextFinal",
    "Phase",
    "Remembered",
    "Review",
    "Trend",
    "TrendSettings",
    "changes_between",
    "next_final",
    "read_settings",
    "refuse_unknown",
    "repeats",
    "review",
    "revisions_by_measure",
    "shown",
    "shown_changes",
    "shown_repeats",
    "trend_of",
    "without_small_numbers",
]
