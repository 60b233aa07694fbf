"""Rows with the days between which they are reported, and the slice of them in one month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from mhsds_recon.testing.setting import Days

__all__ = ["Ledger", "Spans", "event_ledger"]

# Dates that lie ahead when they are reported; any other date is unknown before it comes.
_AHEAD = ("Expiry", "Estimated", "Planned", "FitNoteEnd")


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All rows of a table over the whole run of months.

    Attributes:
        table: Name of the table.
        rows: The elements of the table; dates as dates, the rest as text.
        since: First day of each row; it is reported in that month.
        until: Last day of each row; it is not reported after that month.
        closing: Elements that are unknown until the row has ended.
        told: The day on which the end becomes known, where that is not ``until``. A row that
            ended and was not told about in its month is reported as open, then no more.
    """

    table: str
    rows: pl.DataFrame
    since: Days
    until: Days
    closing: tuple[str, ...] = ()
    told: Days | None = None

    def month(self, start: int, end: int) -> pl.DataFrame:
        """Return the rows reported for the month of two day numbers, as they were known then."""
        reported = (self.since <= end) & (self.until >= start)
        ended = pl.lit(pl.Series((self.until if self.told is None else self.told)[reported] <= end))
        rows = self.rows.filter(pl.Series(reported))
        last = pl.lit(end).cast(pl.Int32).cast(pl.Date)
        dates = [name for name, kind in rows.schema.items() if kind == pl.Date]
        known = {name: pl.col(name) <= last for name in dates if not name.startswith(_AHEAD)}
        known |= {
            clock: test
            for name, test in known.items()
            if (clock := name.replace("Date", "Time")) != name and clock in rows.columns
        }
        known |= {name: ended & known.get(name, pl.lit(value=True)) for name in self.closing}
        return rows.select(
            pl.when(known[name]).then(name).cast(pl.String).alias(name)
            if name in known
            else pl.col(name).cast(pl.String)
            for name in rows.columns
        )


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Stretches of time with an identifier that other rows hang under, such as ward stays.

    Attributes:
        ids: The identifier of each.
        since: First day.
        until: Last day, or ``NEVER``.
        person: Position of the person.
    """

    ids: pl.Series
    since: Days
    until: Days
    person: Days


def event_ledger(table: str, rows: pl.DataFrame, days: Days) -> Ledger:
    """Return a ledger of rows that are reported once, in the month of their day."""
    return Ledger(table=table, rows=rows, since=days, until=days)
