"""A measure's definition in words, made from the data that is counted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.standard.measures import (
    Between,
    Filter,
    InPeriod,
    IsBlank,
    IsFalse,
    IsTrue,
    NotBefore,
    NotOneOf,
    OneOf,
    SubmittedInPeriod,
)

if TYPE_CHECKING:
    from mhsds_recon.standard import Measure

__all__ = ["describe"]

_DISCLOSURE = {
    "bbrb_count": "below 5 shown as *, else to the nearest 5; England unrounded",
    "legacy_count": "below 5 shown as *, else to the nearest 5; England unrounded",
    "bbrb_percent": "shown as * where the count it goes with is below 5, else a whole number;"
    " England unrounded",
    "legacy_proportion": "shown as * where numerator or denominator is below 5, else a whole"
    " number; England unrounded",
}


def describe(measure: Measure) -> str:
    """Return the definition of a measure as lines of text."""
    method = measure.count
    conditions = [f"  - {_words(condition)}" for condition in method.where]
    return "\n".join(
        [
            f"{measure.id}: {measure.name}",
            f"Group: {measure.group}. Period: {measure.period}. Unit: {measure.unit}.",
            f"Counts the different values of {method.key} among {COHORTS[method.cohort].words}",
            "for which all of these hold:" if conditions else "without further conditions.",
            *conditions,
            f"Breakdowns: {', '.join(measure.breakdowns)}.",
            f"Disclosure control ({measure.disclosure}): {_DISCLOSURE[measure.disclosure]}.",
            f"Source: {measure.source}",
        ]
    )


def _words(condition: Filter) -> str:  # noqa: PLR0911  one sentence per kind
    match condition:
        case OneOf(column=column, codes=codes):
            return f"{column} is {_either(codes)}"
        case NotOneOf(column=column, codes=codes):
            return f"{column} is not {_either(codes)} (blank passes)"
        case Between(column=column, lowest=lowest, highest=highest):
            return f"{column} is from {lowest} to {highest}"
        case NotBefore(column=column, day=day):
            return f"{column} is {day:%d/%m/%Y} or later"
        case InPeriod(column=column):
            return f"{column} lies in the period"
        case SubmittedInPeriod():
            return "the record was submitted for a month of the period"
        case IsTrue(column=column):
            return f"{column} is yes"
        case IsFalse(column=column):
            return f"{column} is no"
        case IsBlank(column=column):
            return f"{column} is blank"
        case _:
            assert_never(condition)


def _either(codes: tuple[str, ...]) -> str:
    *others, last = codes
    return f"{', '.join(others)} or {last}" if others else last
