"""Reporting periods and the windows that measures look back over."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from mhsds_recon.errors import UsageError

__all__ = ["Month", "ReportingPeriod"]

Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A reporting period in a file, as CCYY-MM."""


@dataclass(frozen=True, order=True)
class ReportingPeriod:
    """One calendar month of activity, the unit in which trusts submit.

    Source: shared definition S1 of the measure specification.
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> ReportingPeriod:
        """Return the period written as ``YYYY-MM``.

        Raises:
            UsageError: The text is not a year and a month.
        """
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
        if match is None:
            message = f"'{text}' is not a reporting period: write year and month, such as 2025-09."
            raise UsageError(message)
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> ReportingPeriod:
        """Return the period that holds a day."""
        return cls(day.year, day.month)

    @property
    def start(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def end(self) -> dt.date:
        """The last day."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def number(self) -> int:
        """The national month number: 1 is April 1900, 1489 is April 2024."""
        return (self.year - 1900) * 12 + self.month - 3

    def back(self, months: int) -> ReportingPeriod:
        """Return the period so many months earlier."""
        index = self.year * 12 + self.month - 1 - months
        return ReportingPeriod(index // 12, index % 12 + 1)

    def window(self, months: int) -> tuple[ReportingPeriod, ...]:
        """Return the periods of a window of so many months that ends here, earliest first."""
        return tuple(self.back(offset) for offset in reversed(range(months)))

    def __str__(self) -> str:
        """Return ``YYYY-MM``."""
        return f"{self.year:04d}-{self.month:02d}"
