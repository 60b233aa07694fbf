"""What a published measure is: how it is counted, shown and disclosed, as frozen objects.

A measure is data. How to count is one of a few methods; whom to count is a named cohort of
``mhsds_recon.measures`` narrowed by typed filters; levels are those of named breakdowns. Columns
have the names of the data set, or of the national derived field, where there is one
(``AgeServReferRecDate``); others are in lower case.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from mhsds_recon.standard.periods import ReportingPeriod

__all__ = [
    "AtLeast",
    "Between",
    "BlankOrInPeriodOrLater",
    "Breakdown",
    "BreakdownSet",
    "Commissioner",
    "Counting",
    "Disclosure",
    "Distinct",
    "Filter",
    "InPeriod",
    "IsBlank",
    "IsFalse",
    "IsFilled",
    "IsTrue",
    "Level",
    "Mean",
    "Measure",
    "MeasureFile",
    "Need",
    "NotBefore",
    "NotOneOf",
    "OneOf",
    "OpenAtEnd",
    "Percentile",
    "PeriodType",
    "Quality",
    "Rows",
    "Share",
    "SubmittedInPeriod",
    "Sum",
    "months_counted",
    "months_of",
]

Disclosure = Literal["bbrb_count", "bbrb_percent", "legacy_count", "legacy_proportion", "dq"]
Need = Literal[
    "postcodes",
    "gp_practices",
    "organisations",
    "refsets",
    "commissioners",
    "deprivation",
    "local_authorities",
    "specialised_commissioners",
]
Commissioner = Literal["record", "month", "quarter", "year"]
PeriodType = Literal[
    "month",
    "month end",
    "rolling quarter",
    "rolling 12 months",
    "financial year to date, month label",
    "month end, rolling quarter label",
    "month end, rolling 12 months label",
]

_MONTHS: dict[PeriodType, tuple[int, int]] = {
    "month": (1, 1),
    "month end": (1, 1),
    "rolling quarter": (3, 3),
    "rolling 12 months": (12, 12),
    "financial year to date, month label": (1, 1),
    "month end, rolling quarter label": (3, 1),
    "month end, rolling 12 months label": (12, 1),
}


class _Tagged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Common settings of filters and counting methods; ``kind`` names the struct in files."""


class OneOf(_Tagged, frozen=True, kw_only=True, tag="one_of"):
    """The column holds one of these codes; a blank does not."""

    column: str
    codes: tuple[str, ...]


class NotOneOf(_Tagged, frozen=True, kw_only=True, tag="not_one_of"):
    """The column holds none of these codes; a blank passes."""

    column: str
    codes: tuple[str, ...]


class Between(_Tagged, frozen=True, kw_only=True, tag="between"):
    """The number lies in this closed range; a blank does not."""

    column: str
    lowest: int
    highest: int


class AtLeast(_Tagged, frozen=True, kw_only=True, tag="at_least"):
    """The number is this or more; a blank is not."""

    column: str
    lowest: int


class NotBefore(_Tagged, frozen=True, kw_only=True, tag="not_before"):
    """The date is this day or later; a blank is not."""

    column: str
    day: dt.date


class InPeriod(_Tagged, frozen=True, kw_only=True, tag="in_period"):
    """The date lies in the months counted; a blank does not."""

    column: str


class BlankOrInPeriodOrLater(_Tagged, frozen=True, kw_only=True, tag="blank_or_in_period_or_later"):
    """The date is blank, or the first day of the months counted or later."""

    column: str


class OpenAtEnd(_Tagged, frozen=True, kw_only=True, tag="open_at_end"):
    """The date is blank or after the last day of the period."""

    column: str


class SubmittedInPeriod(_Tagged, frozen=True, kw_only=True, tag="submitted_in_period"):
    """The record was submitted for one of the months counted."""


class IsTrue(_Tagged, frozen=True, kw_only=True, tag="is_true"):
    """The yes-or-no column says yes."""

    column: str


class IsFalse(_Tagged, frozen=True, kw_only=True, tag="is_false"):
    """The yes-or-no column says no; a blank does not."""

    column: str


class IsBlank(_Tagged, frozen=True, kw_only=True, tag="is_blank"):
    """The column holds nothing."""

    column: str


class IsFilled(_Tagged, frozen=True, kw_only=True, tag="is_filled"):
    """The column holds something."""

    column: str


Filter = (
    OneOf
    | NotOneOf
    | Between
    | AtLeast
    | NotBefore
    | InPeriod
    | BlankOrInPeriodOrLater
    | OpenAtEnd
    | SubmittedInPeriod
    | IsTrue
    | IsFalse
    | IsBlank
    | IsFilled
)


class _OfRows(_Tagged, frozen=True, kw_only=True):
    """A method that works on the rows of a cohort that pass every filter."""

    cohort: str
    where: tuple[Filter, ...] = ()


class Distinct(_OfRows, frozen=True, kw_only=True, tag="distinct"):
    """How many different values of ``key`` there are.

    With ``first_by`` a value counts once within a first level: at the second level of its first
    row in the order of that column.
    """

    key: str
    first_by: str | None = None


class Rows(_OfRows, frozen=True, kw_only=True, tag="rows"):
    """How many rows there are."""


class Sum(_OfRows, frozen=True, kw_only=True, tag="sum"):
    """The sum of a column."""

    column: str


class Mean(_OfRows, frozen=True, kw_only=True, tag="mean"):
    """The mean of a column, rounded to so many decimals where that is said."""

    column: str
    decimals: int | None = None


class Percentile(_OfRows, frozen=True, kw_only=True, tag="percentile"):
    """The value of a column below which the share ``at`` lies, by linear interpolation."""

    column: str
    at: float
    decimals: int | None = None


class Share(_Tagged, frozen=True, kw_only=True, tag="share"):
    """One measure as a percentage of another."""

    numerator: str
    denominator: str
    decimals: int | None = None


class Quality(_OfRows, frozen=True, kw_only=True, tag="quality"):
    """How many rows have each of these results, as a count and as a percentage of all rows."""

    result: str
    levels: tuple[str, ...]


Counting = Distinct | Rows | Sum | Mean | Percentile | Share | Quality


class Level(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A level of a breakdown: the codes, or the closed range of numbers, that belong to it.

    Without either the level is its own code.
    """

    level: str
    description: str = ""
    codes: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None


class Breakdown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How rows are divided: by a first and perhaps a second level.

    ``first`` is ``England`` or ``Provider`` where all rows have one first level, else a column;
    ``second`` is a column, or ``Provider``. A column is one of the cohort or, where ``of`` names
    a dimension of ``mhsds_recon.measures``, one of that dimension. ``levels`` are those of the
    column (of two columns, the second); none where every code is its own level; with ``as_in``
    they are another breakdown's. A code in no level counts as ``other``, nothing as ``blank``;
    rows for which that is not given are left out. ``result`` says which value of quality
    measures is shown, whose results are the second level. A ``local`` breakdown is ours and never
    published; any measure can be asked for one without a second level if its rows can be divided
    so. Levels are called as in the ``code_list``, where that is given.
    """

    name: str
    first: str
    second: str | None = None
    of: tuple[str, ...] = ()
    as_in: str | None = None
    levels: tuple[Level, ...] = ()
    other: str | None = None
    blank: str | None = None
    result: Literal["count", "percentage"] | None = None
    needs: tuple[Need, ...] = ()
    local: bool = False
    code_list: str | None = None


class BreakdownSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Breakdowns that many measures share; a measure names the set among its breakdowns."""

    name: str
    breakdowns: tuple[str, ...]


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published measure, or one of ours.

    Attributes:
        unpublished_periods: Further periods it is counted over, exactly and without being shown.
        disclosure: The rule of ``mhsds_recon.measures.disclosure`` that its publication uses.
        numerators: The counts that the rule looks at; it is shown where one of them allows it.
            Those of a share are its own unless given.
        denominator: The other count that the rule looks at, likewise.
        breakdowns: Names of breakdowns and of sets of them; sets are replaced on loading.
        commissioner: Which patient rows give the commissioner: the row's own, or the person's
            latest of so many months.
        needs: Reference files without which it is not assessed.
        first_month: The first reporting period it is defined for, as CCYY-MM.
        last_month: The last one.
        headline: Whether what rules cost is worked out for it unless other measures are asked for.
        local: Whether it is ours and never published; it is counted only where asked for.
        former: Definitions of the same id for other reporting periods, filled on loading.
    """

    id: str
    name: str
    group: Literal["access", "activity", "waits", "outcomes", "data quality"]
    period: PeriodType
    unit: str
    count: Counting
    disclosure: Disclosure
    breakdowns: tuple[str, ...]
    source: str
    numerators: tuple[str, ...] = ()
    denominator: str | None = None
    unpublished_periods: tuple[PeriodType, ...] = ()
    commissioner: Commissioner = "month"
    needs: tuple[Need, ...] = ()
    first_month: str | None = None
    last_month: str | None = None
    headline: bool = False
    local: bool = False
    former: tuple[Measure, ...] = ()

    @property
    def months(self) -> int:
        """How many months the period of the published row has."""
        return months_of(self.period)

    @property
    def disclosed_by(self) -> tuple[str, ...]:
        """The numerators that disclosure control looks at."""
        own = (self.count.numerator,) if isinstance(self.count, Share) else ()
        return self.numerators or own

    @property
    def disclosed_of(self) -> str | None:
        """The denominator that disclosure control looks at."""
        own = self.count.denominator if isinstance(self.count, Share) else None
        return self.denominator or own

    def is_in_force(self, period: ReportingPeriod) -> bool:
        """Return whether this definition holds for a reporting period."""
        return (self.first_month or "") <= str(period) <= (self.last_month or "9999")

    def in_force(self, period: ReportingPeriod) -> Measure | None:
        """Return the definition that holds for a reporting period, None where none does."""
        return next((one for one in (self, *self.former) if one.is_in_force(period)), None)

    def in_force_before(self, period: ReportingPeriod) -> Measure | None:
        """Return the definition before the one that holds for a reporting period."""
        ended = [one for one in (self, *self.former) if (one.last_month or "9999") < str(period)]
        return max(ended, key=lambda one: one.last_month or "", default=None)


def months_of(period: PeriodType) -> int:
    """Return how many months the published row says that a period has."""
    return _MONTHS[period][0]


def months_counted(period: PeriodType) -> int:
    """Return how many months, up to the reporting period, filters look at."""
    return _MONTHS[period][1]


class MeasureFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the measures of one family, or of breakdowns."""

    measures: tuple[Measure, ...] = field(name="measure", default=())
    breakdowns: tuple[Breakdown, ...] = field(name="breakdown", default=())
    breakdown_sets: tuple[BreakdownSet, ...] = field(name="breakdown_set", default=())
