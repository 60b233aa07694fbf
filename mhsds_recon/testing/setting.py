"""What every maker of rows needs: the standard, the months, the organisation, chance; and filling.

Rows are made once for the whole run of months and kept in a ``Ledger``, where each row knows from
which day to which day it is reported. A month's extract is a slice of every ledger, so people,
referrals and spells live on from month to month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

import numpy as np
import polars as pl

from mhsds_recon.standard.checks import Mandatory

if TYPE_CHECKING:
    from mhsds_recon.standard import Element, ReportingPeriod, Standard
    from mhsds_recon.testing.organisation import Organisation

__all__ = [
    "NEVER",
    "Days",
    "Exposure",
    "Flags",
    "Given",
    "Rates",
    "Setting",
    "as_day",
    "chance",
    "never_blank",
    "timestamps",
]

Days: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.int64]]"
Flags: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.bool_]]"
Rates: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"
Given: TypeAlias = "pl.Series | Days | str | None"

NEVER = 1_000_000
"""The day number of what has not ended: later than any date."""

# Lists whose codes are far from equally common; a list that is not named here is drawn evenly.
_SHARES: dict[str, dict[str, float]] = {
    "AttendanceStatus": {"5": 0.74, "6": 0.05, "3": 0.09, "2": 0.06, "4": 0.04, "7": 0.02},
    "ConsultationMechanism": {
        "01": 0.58,
        "02": 0.17,
        "11": 0.18,
        "05": 0.03,
        "09": 0.02,
        "98": 0.02,
    },
    "ClinicalResponsePriority": {"3": 0.82, "2": 0.12, "1": 0.03, "4": 0.03},
    "NHSNumberStatus": {"01": 0.96, "02": 0.02, "03": 0.02},
    "GenderIdentity": {"1": 0.44, "2": 0.52, "3": 0.02, "4": 0.01, "X": 0.01},
    "PersonStatedGender": {"1": 0.45, "2": 0.53, "9": 0.01, "X": 0.01},
    "GenderSameAtBirth": {"Y": 0.93, "N": 0.03, "Z": 0.02, "X": 0.02},
    "LanguageCode": {"en": 0.93, "pl": 0.02, "ur": 0.02, "pa": 0.02, "ro": 0.01},
    "AdministrativeCategory": {"01": 0.99, "02": 0.01},
    "CareContactSubject": {"01": 0.9, "02": 0.1},
    "LookedAfterChild": {"N": 0.9, "Y": 0.06, "X": 0.04},
    "ChildProtectionPlan": {"1": 0.88, "2": 0.05, "3": 0.04, "X": 0.03},
    "YoungCarer": {"N": 0.9, "Y": 0.05, "X": 0.05},
    "LearningDisabilityStatus": {"5": 0.85, "1": 0.06, "2": 0.04, "X": 0.05},
    "AutismStatus": {"5": 0.75, "1": 0.1, "2": 0.1, "X": 0.05},
    "InterpreterPresent": {"5": 0.95, "1": 0.03, "X": 0.02},
}
_BLANK_SHARES = {
    "AttendanceStatus": 0.01,
    "ConsultationMechanism": 0.01,
    "SpecialisedServiceCategory": 0.97,
    "OutOfAreaReason": 0.97,
    "NoAdvocateReason": 0.97,
}
_USUAL_BLANK_SHARE = 0.1
_CLOCK = pl.Series([f"{h:02d}:{m:02d}:00" for h in range(8, 19) for m in range(0, 60, 5)])


def as_day(date: dt.date) -> int:
    """Return the day number of a date, counted from 1970-01-01."""
    return date.toordinal() - dt.date(1970, 1, 1).toordinal()


def timestamps(day: Days, rng: np.random.Generator) -> pl.Series:
    """Return timestamps of the days, at half past an hour of work."""
    dates = pl.Series(day).cast(pl.Int32).cast(pl.Date)
    hours = pl.Series(rng.integers(9, 18, day.size)).cast(pl.String).str.zfill(2)
    return dates.cast(pl.String) + "T" + hours + ":30:00+00:00"


def never_blank(standard: Standard, table: str) -> set[str | None]:
    """Return the elements of a table that a rule wants filled, if only by a warning."""
    rules = standard.rules_of(table)
    checks = (rule.check for rule in rules)
    return {c.element for c in checks if isinstance(c, Mandatory) and c.when is None}


def chance(rng: np.random.Generator, rows: int, share: float) -> Flags:
    """Return flags of which about a share is set."""
    return rng.random(rows) < share


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """Stretches of months in which a parent row is reported, one entry per parent and month.

    Attributes:
        parent: Position of the parent row.
        month: Position of the month.
        low: First day of the stretch, within the month.
        high: Last day of the stretch, within the month.
    """

    parent: Days
    month: Days
    low: Days
    high: Days

    def events(self, rng: np.random.Generator, per_month: float | Rates) -> tuple[Days, Days]:
        """Return the parents and days of events that occur at a rate per 30 days.

        With one rate for all, the first parent of each month has one event at least, so that no
        month is empty; rates by parent are kept to.
        """
        days = self.high - self.low + 1
        if isinstance(per_month, np.ndarray):
            counts = rng.poisson(per_month[self.parent] / 30 * days)
        else:
            counts = rng.poisson(per_month / 30 * days)
            first = np.unique(self.month, return_index=True)[1]
            counts[first] = np.maximum(counts[first], 1)
        low, high = np.repeat(self.low, counts), np.repeat(self.high, counts)
        day = low + (rng.random(low.size) * (high - low + 1)).astype(np.int64)
        return np.repeat(self.parent, counts), day


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The standard, the organisation, the months and the seed that all rows are made from."""

    standard: Standard
    organisation: Organisation
    periods: tuple[ReportingPeriod, ...]
    seed: int

    @cached_property
    def starts(self) -> Days:
        """First day of each month."""
        return np.array([as_day(period.start) for period in self.periods])

    @cached_property
    def ends(self) -> Days:
        """Last day of each month."""
        return np.array([as_day(period.end) for period in self.periods])

    @property
    def first(self) -> int:
        """First day of the first month."""
        return int(self.starts[0])

    @property
    def last(self) -> int:
        """Last day of the last month."""
        return int(self.ends[-1])

    def rng(self, name: str) -> np.random.Generator:
        """Return the source of chance of one table, so that tables do not disturb one another."""
        return np.random.default_rng([self.seed, crc32(name.encode())])

    def exposure(self, since: Days, until: Days) -> Exposure:
        """Return the stretches of each month in which rows with these intervals are reported."""
        parents, months = [], []
        for month, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            parents.append(np.flatnonzero((since <= end) & (until >= np.maximum(start, since))))
            months.append(np.full(parents[-1].size, month))
        parent, month_of = np.concatenate(parents), np.concatenate(months)
        low = np.maximum(since[parent], self.starts[month_of])
        high = np.minimum(until[parent], self.ends[month_of])
        return Exposure(parent=parent, month=month_of, low=low, high=high)

    def fill(self, table: str, rows: int, rng: np.random.Generator, **given: Given) -> pl.DataFrame:
        """Return rows of a table: the given elements, the others valid for their definition.

        Args:
            table: Name of the table.
            rows: How many rows.
            rng: The source of chance.
            given: Values by element: a series, one text for all rows, None for null, or day
                numbers for a date (``NEVER`` and later become null).

        Returns:
            All elements in the order of the standard; dates as dates, the rest as text. Dates
            that are not given, and texts without a code list, are null.
        """
        elements = self.standard.tables[table].elements
        if unknown := given.keys() - {element.name for element in elements}:
            message = f"{table} has no element {sorted(unknown)}"
            raise KeyError(message)
        columns = {
            element.name: _shape(element, given[element.name], rows)
            if element.name in given
            else self.draw(table, element.name, rows, rng)
            for element in elements
        }
        return pl.DataFrame(columns)

    def draw(self, table: str, element: str, rows: int, rng: np.random.Generator) -> pl.Series:
        """Return values of one element that are valid for its definition; some are null."""
        definition = self.standard.tables[table].element(element)
        pool, shares = self._pool(definition)
        if pool is None:
            return _shape(definition, None, rows)
        picks = (
            rng.integers(0, len(pool), rows)
            if shares is None
            else rng.choice(len(pool), rows, p=np.array(shares))
        )
        values = pool.gather(picks)
        if element in never_blank(self.standard, table):
            return values
        blank = _BLANK_SHARES.get(definition.code_list or "", _USUAL_BLANK_SHARE)
        return pl.select(pl.when(pl.Series(~chance(rng, rows, blank))).then(values)).to_series()

    def _pool(self, element: Element) -> tuple[pl.Series | None, list[float] | None]:
        """Return the values to draw from, and their shares unless they are equally common."""
        if (pool := self.organisation.pools.get(element.name)) is not None:
            return pool, None
        if element.code_list:
            shares = _SHARES.get(element.code_list)
            codes = self.standard.code_lists[element.code_list].values
            if shares:
                return pl.Series(list(shares)), list(shares.values())
            return (pl.Series(codes) if codes else None), None
        if element.type == "time":
            return _CLOCK, None
        if element.format.startswith("max n"):
            return pl.Series([str(minutes) for minutes in range(5, 95, 5)]), None
        return None, None


def _shape(element: Element, value: Given, rows: int) -> pl.Series:
    """Return a given value as the series of an element: dates as dates, the rest as text."""
    if element.type == "date":
        if value is None:
            return pl.repeat(None, rows, dtype=pl.Date, eager=True)
        days = pl.Series(value).cast(pl.Int64)
        return pl.select(pl.when(days < NEVER).then(days.cast(pl.Int32).cast(pl.Date))).to_series()
    if value is None or isinstance(value, str):
        return pl.repeat(value, rows, dtype=pl.String, eager=True)
    return pl.Series(value).cast(pl.String)
