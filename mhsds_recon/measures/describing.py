"""The definitions of measures and funnels in words, made from the data that is counted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.standard.causes import cause_in_words
from mhsds_recon.standard.measures import (
    AtLeast,
    Between,
    BlankOrInPeriodOrLater,
    Counting,
    Distinct,
    Filter,
    InPeriod,
    IsBlank,
    IsFalse,
    IsFilled,
    IsTrue,
    Mean,
    NotBefore,
    NotOneOf,
    OneOf,
    OpenAtEnd,
    Percentile,
    Quality,
    Rows,
    Share,
    SubmittedInPeriod,
    Sum,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.standard import Measure
    from mhsds_recon.standard.causes import Cause
    from mhsds_recon.standard.funnels import Funnel

__all__ = ["describe", "describe_funnel"]

_MEDIAN = 0.5
_TESTS_DENOMINATOR = "legacy_proportion"
_DISCLOSURE = {
    "bbrb_count": "below 5 shown as *, else to the nearest 5; England unrounded",
    "legacy_count": "below 5 shown as *, else to the nearest 5; England unrounded",
    "bbrb_percent": "shown as * where the count it goes with, its numerator, is below 5, else a"
    " whole number; the denominator is not tested; England unrounded",
    "legacy_proportion": "shown as * where its numerator or its denominator is below 5, else a"
    " whole number; England unrounded",
    "dq": "counts below 5 shown as *, else to the nearest 5; percentages as whole numbers, * where"
    " the count is below 5",
}
_COMMISSIONER = {
    "record": "the patient's record of the same submission",
    "month": "the person's latest record of the month",
    "quarter": "the person's latest record of three months",
    "year": "the person's latest record of twelve months",
}


def describe(measure: Measure) -> str:
    """Return the definition of a measure as lines of text."""
    return "\n\n".join(
        "\n".join([f"{one.id}: {one.name}", *_lines(one)]) for one in (measure, *measure.former)
    )


def describe_funnel(funnel: Funnel, causes: Mapping[str, Cause]) -> str:
    """Return the steps of a funnel as lines of text.

    Args:
        funnel: With all its steps.
        causes: Names of causes, by id.
    """
    return "\n".join(_funnel_lines(funnel, causes))


def _funnel_lines(funnel: Funnel, causes: Mapping[str, Cause]) -> Iterator[str]:
    units = ", ".join(f"{unit.name} (different values of {unit.key})" for unit in funnel.units)
    yield f"{funnel.id}: {funnel.title}"
    yield f"Leads to {funnel.measure}, over its period. Counts {units},"
    yield f"among {COHORTS[funnel.cohort].words}."
    yield "A unit passes a step where one of its rows passes it and all steps before."
    if funnel.team:
        yield f"By team: {funnel.team}."
    for number, step in enumerate(funnel.steps):
        counted = f" What is left is {step.measure}." if step.measure else ""
        why = f" Else drops out: {cause_in_words(step.cause, causes)}." if step.cause else ""
        yield f"{number}. {step.name[0].upper()}{step.name[1:]}.{why}{counted}"
        yield from (f"     - {_words(condition)}" for condition in step.where)


def _lines(measure: Measure) -> Iterator[str]:
    if measure.first_month or measure.last_month:
        yield f"Months: {measure.first_month or 'the first'} to {measure.last_month or 'now'}."
    if measure.local:
        yield "Local: the definition is ours. It is never published, and counted only if asked for."
    yield f"Group: {measure.group}. Period: {measure.period}. Unit: {measure.unit}."
    if measure.unpublished_periods:
        yield f"Also counted, and never published, over: {', '.join(measure.unpublished_periods)}."
    yield from _counting(measure.count)
    if measure.needs:
        yield f"Needs the reference files: {', '.join(measure.needs)}."
    yield f"Breakdowns: {', '.join(measure.breakdowns)}."
    if any("ICB" in name for name in measure.breakdowns):
        yield f"Commissioners are taken from {_COMMISSIONER[measure.commissioner]}."
    if _says_team(measure):
        yield (
            "By local team where asked for (mhsds-recon teams), which is never published. A child"
            " seen by several teams counts in each: teams do not add up."
        )
    yield f"Disclosure control ({measure.disclosure}): {_DISCLOSURE[measure.disclosure]}."
    if measure.disclosed_by:
        of = measure.disclosed_of if measure.disclosure == _TESTS_DENOMINATOR else None
        also = f", and of {of}" if of else ""
        yield f"It looks at the count of {_either(measure.disclosed_by)}{also}."
    yield f"Source: {measure.source}"


def _says_team(measure: Measure) -> bool:
    if isinstance(measure.count, Share):
        return "Local team" in measure.breakdowns
    return COHORTS[measure.count.cohort].by_team is not None


def _counting(method: Counting) -> Iterator[str]:
    if isinstance(method, Share):
        yield (
            f"Is {method.numerator} as a percentage of {method.denominator}"
            f"{_to_decimals(method.decimals)}."
        )
        return
    conditions = [f"  - {_words(condition)}" for condition in method.where]
    yield f"{_method(method)} among {COHORTS[method.cohort].words}"
    yield "for which all of these hold:" if conditions else "without further conditions."
    yield from conditions


def _method(method: Distinct | Rows | Sum | Mean | Percentile | Quality) -> str:
    match method:
        case Distinct(key=key, first_by=first_by):
            once = f", each where its first row by {first_by} is," if first_by else ""
            return f"Counts the different values of {key}{once}"
        case Rows():
            return "Counts the rows"
        case Sum(column=column):
            return f"Adds up {column}"
        case Mean(column=column, decimals=decimals):
            return f"Is the mean of {column}{_to_decimals(decimals)}"
        case Percentile(column=column, at=at, decimals=decimals):
            which = "median" if at == _MEDIAN else f"{at * 100:.0f}th percentile"
            return f"Is the {which} of {column}{_to_decimals(decimals)}"
        case Quality(result=result, levels=levels):
            return f"Counts the rows whose {result} is {_either(levels)}"
        case _:
            assert_never(method)


def _to_decimals(decimals: int | None) -> str:
    if decimals is None:
        return ""
    if decimals == 0:
        return ", rounded to a whole number"
    return f", rounded to {decimals} decimal{'s' if decimals > 1 else ''}"


def _words(condition: Filter) -> str:  # noqa: C901, PLR0911, PLR0912  one sentence per kind
    match condition:
        case OneOf(column=column, codes=codes):
            return f"{column} is {_either(codes)}"
        case NotOneOf(column=column, codes=codes):
            return f"{column} is not {_either(codes)} (blank passes)"
        case Between(column=column, lowest=lowest, highest=highest):
            return f"{column} is from {lowest} to {highest}"
        case AtLeast(column=column, lowest=lowest):
            return f"{column} is {lowest} or more"
        case NotBefore(column=column, day=day):
            return f"{column} is {day:%d/%m/%Y} or later"
        case InPeriod(column=column):
            return f"{column} lies in the period"
        case BlankOrInPeriodOrLater(column=column):
            return f"{column} is blank, or not before the period"
        case OpenAtEnd(column=column):
            return f"{column} is blank or after the end of the period"
        case SubmittedInPeriod():
            return "the record was submitted for a month of the period"
        case IsTrue(column=column):
            return f"{column} is yes"
        case IsFalse(column=column):
            return f"{column} is no"
        case IsBlank(column=column):
            return f"{column} is blank"
        case IsFilled(column=column):
            return f"{column} is filled"
        case _:
            assert_never(condition)


def _either(codes: tuple[str, ...]) -> str:
    *others, last = codes
    return f"{', '.join(others)} or {last}" if others else last
