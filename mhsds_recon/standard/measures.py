"""What a published measure is: how it is counted, shown and disclosed, as frozen objects.

A measure is data. How to count is one of a few methods; whom to count is a named cohort of
``mhsds_recon.measures`` narrowed by typed filters. Columns have the names of the data set, or of
the national derived field, where there is one (``AgeServReferRecDate``); others are in lower case.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct, field

__all__ = [
    "Between",
    "Breakdown",
    "CohortName",
    "Count",
    "Disclosure",
    "Distinct",
    "Filter",
    "InPeriod",
    "IsBlank",
    "IsFalse",
    "IsTrue",
    "Measure",
    "MeasureFile",
    "NotBefore",
    "NotOneOf",
    "OneOf",
    "PeriodType",
    "SubmittedInPeriod",
]

Breakdown = Literal["England", "Provider"]
CohortName = Literal["activity", "closed_referrals", "referral_spells", "starting_referrals"]
Disclosure = Literal["bbrb_count", "bbrb_percent", "legacy_count", "legacy_proportion"]
PeriodType = Literal["month", "month end", "rolling quarter", "rolling 12 months"]

_MONTHS: dict[PeriodType, int] = {
    "month": 1,
    "month end": 1,
    "rolling quarter": 3,
    "rolling 12 months": 12,
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
    """The whole number lies in this closed range; a blank does not."""

    column: str
    lowest: int
    highest: int


class NotBefore(_Tagged, frozen=True, kw_only=True, tag="not_before"):
    """The date is this day or later; a blank is not."""

    column: str
    day: dt.date


class InPeriod(_Tagged, frozen=True, kw_only=True, tag="in_period"):
    """The date lies in the measure's period; a blank does not."""

    column: str


class SubmittedInPeriod(_Tagged, frozen=True, kw_only=True, tag="submitted_in_period"):
    """The record was submitted for a month of the measure's period."""


class IsTrue(_Tagged, frozen=True, kw_only=True, tag="is_true"):
    """The yes-or-no column says yes."""

    column: str


class IsFalse(_Tagged, frozen=True, kw_only=True, tag="is_false"):
    """The yes-or-no column says no; a blank does not."""

    column: str


class IsBlank(_Tagged, frozen=True, kw_only=True, tag="is_blank"):
    """The column holds nothing."""

    column: str


Filter = (
    OneOf
    | NotOneOf
    | Between
    | NotBefore
    | InPeriod
    | SubmittedInPeriod
    | IsTrue
    | IsFalse
    | IsBlank
)


class Distinct(_Tagged, frozen=True, kw_only=True, tag="distinct"):
    """How many different values of ``key`` there are in the rows that pass every filter."""

    cohort: CohortName
    key: str
    where: tuple[Filter, ...] = ()


Count = Distinct
"""The counting methods; further ones join this union, told apart by ``kind``."""


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published measure.

    ``disclosure`` names the rule of ``mhsds_recon.measures.disclosure`` that its publication uses.
    ``breakdowns`` are those that one provider's own records can give.
    """

    id: str
    name: str
    group: Literal["access", "activity", "waits", "outcomes", "data quality"]
    period: PeriodType
    unit: str
    count: Count
    disclosure: Disclosure
    breakdowns: tuple[Breakdown, ...]
    source: str

    @property
    def months(self) -> int:
        """How many months the period has."""
        return _MONTHS[self.period]


class MeasureFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the measures of one family."""

    measures: tuple[Measure, ...] = field(name="measure", default=())
