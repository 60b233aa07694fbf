"""Months of a window that are not there, or hold too few rows to be whole."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from mhsds_recon.measures import tables_read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhsds_recon.causes.given import Given
    from mhsds_recon.standard import Measure, ReportingPeriod

__all__ = ["months_thin"]

_ENOUGH_MONTHS = 3
_ENOUGH_ROWS = 30


def months_thin(given: Given, measures: Iterable[Measure]) -> dict[ReportingPeriod, str]:
    """Return the months before the reported one in which a table that measures read has few rows.

    Few is less than the given share of the median of the other months, where these are three at
    least and the median is 30 rows or more. The words name the tables.
    """
    accepted = {
        month: dict(zip(one.accepted["table"], one.accepted["accepted"], strict=True))
        for month, one in given.validations.items()
    }
    tables = sorted({table for one in measures for table in tables_read(one, given.standard)})
    found: dict[ReportingPeriod, list[str]] = {}
    for month in sorted(accepted):
        for table in tables:
            others = [rows[table] for other, rows in accepted.items() if other != month]
            if len(others) < _ENOUGH_MONTHS or median(others) < _ENOUGH_ROWS:
                continue
            share = accepted[month][table] / median(others)
            if share < given.thin_share and month != given.period:
                found.setdefault(month, []).append(f"{table} {share:.0%} of the usual")
    return {month: ", ".join(words) for month, words in found.items()}
