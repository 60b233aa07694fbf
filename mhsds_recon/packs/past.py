"""What is known of the months before: the rows of each table, and which rules failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Past", "Recurrence"]

_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """Since when a rule fails, as far as the known months tell.

    Attributes:
        first: The first known month in which it failed.
        in_a_row: How many months in a row it has failed, this one included.
        may_be_longer: Whether the row begins with the first month that is known, or after a gap.
    """

    first: ReportingPeriod
    in_a_row: int
    may_be_longer: bool


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of earlier months, all of them before the pack's.

    Attributes:
        rows: By month, how many rows each table had; tables without rows may be left out.
        failed: By month, how many rows fail each rule that failed, by its code and table.
    """

    rows: Mapping[ReportingPeriod, Mapping[str, int]] = field(default_factory=dict)
    failed: Mapping[ReportingPeriod, Mapping[tuple[str, str], int]] = field(default_factory=dict)

    def year_before(self, period: ReportingPeriod) -> tuple[Mapping[str, int], ...]:
        """Return the rows by table of those of the twelve months before a period that are known."""
        months = (period.back(back) for back in range(1, _YEAR + 1))
        return tuple(self.rows[month] for month in months if month in self.rows)

    def is_whole_year(self, period: ReportingPeriod) -> bool:
        """Return whether all twelve months before a period are known."""
        return len(self.year_before(period)) == _YEAR

    def recurrence(self, rule: tuple[str, str], period: ReportingPeriod) -> Recurrence | None:
        """Return since when a rule fails that fails in a period; None where no month is known.

        Args:
            rule: Its code and table.
            period: The pack's period.
        """
        if not self.failed:
            return None
        months = [month for month, rules in self.failed.items() if rule in rules]
        in_a_row = 1
        while rule in self.failed.get(period.back(in_a_row), ()):
            in_a_row += 1
        return Recurrence(
            first=min((*months, period)),
            in_a_row=in_a_row,
            may_be_longer=period.back(in_a_row) not in self.failed,
        )
