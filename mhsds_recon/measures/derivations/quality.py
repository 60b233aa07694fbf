"""What result the rows of a table have for each item of data quality."""

from __future__ import annotations

import datetime as dt
from functools import cache, singledispatch
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.people import whole_years
from mhsds_recon.measures.submissions import Derivation, Submissions, is_one_of
from mhsds_recon.standard.quality import (
    INTEGRITY,
    AgeAtMost,
    AtTime,
    CodedAs,
    DateBetween,
    Filled,
    Flagged,
    KnownOrganisation,
    KnownPostcode,
    ListedCode,
    QualityCheck,
    QualityItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["with_results"]

_LAST_DAY = "last day of "
_LAST_DAYS = {"code": nw.String(), "last_day": nw.Date()}
_NEVER = dt.date(9999, 12, 31)
_NO_RESULT = nw.lit(None, dtype=nw.String)
_SCHOOL = "school"


def with_results(rows: str, derivation: Derivation) -> Derivation:
    """Return a derivation that adds results to the rows of another.

    Args:
        rows: What items of data quality call the rows.
        derivation: Makes the rows of the counted month, with the elements of the items.

    Returns:
        A derivation whose rows have a column per item, named by its id: its result, null where
        the row has none.

    Source:
        Data quality measures: VODIM and integrity.
    """

    def classified(submissions: Submissions) -> nw.LazyFrame[Any]:
        items = [one for one in submissions.standard.quality_items.values() if one.rows == rows]
        frame = submissions.derive(derivation)
        for item in items:
            frame = _with_last_day(submissions, frame, item)
        columns = frame.collect_schema().names()
        return frame.with_columns(
            _result(item.check, item, submissions).alias(item.id) for item in items
        ).select(
            *(name for name in columns if not name.startswith(_LAST_DAY)),
            *(one.id for one in items),
        )

    return classified


def _with_last_day(
    submissions: Submissions, frame: nw.LazyFrame[Any], item: QualityItem
) -> nw.LazyFrame[Any]:
    """Join the last day that a reference file gives the element, null where it is not there."""
    match item.check:
        case KnownOrganisation(kinds=kinds, listed_in=listed_in):
            known = _organisations(kinds, listed_in)
        case KnownPostcode():
            known = _postcodes
            frame = frame.with_columns(_compact(item.element).alias(item.element))
        case _:
            return frame
    days = submissions.derive(known).rename({"last_day": _LAST_DAY + item.id})
    return frame.join(days, left_on=item.element, right_on="code", how="left")


@cache
def _organisations(kinds: tuple[str, ...], listed_in: str | None) -> Derivation:
    """Return a derivation: code and last_day of organisations opened by the period's end."""

    def organisations(submissions: Submissions) -> nw.LazyFrame[Any]:
        given = submissions.reference.organisations
        listed = given if listed_in is None else getattr(submissions.reference, listed_in, None)
        if given is None or listed is None:
            return submissions.lookup([], _LAST_DAYS)
        known = submissions.derive(_dated_organisations)
        if listed_in is not None:
            known = known.join(listed.select("code"), on="code", how="semi")
        of_kind = nw.col("kind").is_in(kinds) if kinds else nw.col("kind") != _SCHOOL
        opened = nw.col("open_date").is_null() | (nw.col("open_date") <= submissions.period.end)
        return (
            known.filter(of_kind.fill_null(value=not kinds), opened)
            .with_columns(nw.col("close_date").fill_null(_NEVER).alias("last_day"))
            .group_by("code")
            .agg(nw.col("last_day").max())
        )

    return organisations


def _dated_organisations(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return code, kind, open_date and close_date of organisations; none where none is given."""
    known = submissions.reference.organisations
    if known is None:
        return submissions.lookup([], {"code": nw.String(), "kind": nw.String()})
    return submissions.engine.read_dates(known, ("open_date", "close_date"))


def _postcodes(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return code and last_day of each known postcode, written without blanks."""
    postcodes = submissions.reference.postcodes
    if postcodes is None:
        return submissions.lookup([], _LAST_DAYS)
    known = postcodes.select(_compact("postcode").alias("code")).unique()
    return known.with_columns(last_day=nw.lit(_NEVER))


@singledispatch
def _result(check: QualityCheck, item: QualityItem, submissions: Submissions) -> nw.Expr:
    """Return the result of a row as text, null where it has none."""
    raise NotImplementedError(type(check).__name__)


@_result.register
def _(check: Filled, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    return _first_of([(nw.col(item.element).is_null(), "Missing")], otherwise="Valid")


@_result.register
def _(check: ListedCode, item: QualityItem, submissions: Submissions) -> nw.Expr:
    started = submissions.period.start.isoformat()
    classes: dict[str, list[str]] = {"valid": [], "other": [], "default": []}
    for code in submissions.standard.code_lists[check.code_list].codes:
        if code.quality and code.valid_from <= started and code.code not in check.invalid:
            classes[code.quality].append(code.code.upper())
    value = nw.col(item.element).str.to_uppercase()
    known = value.str.slice(0, 1) if check.first_character else value
    cases = [
        _blank(value, is_missing=check.blank_is_missing),
        *_codes(value, classes["default"], "Default"),
        *_codes(known, classes["valid"], "Valid"),
        *_codes(known, classes["other"], "Other"),
    ]
    return _first_of(cases, otherwise="Invalid")


@_result.register
def _(check: KnownOrganisation, item: QualityItem, submissions: Submissions) -> nw.Expr:
    value, last_day = nw.col(item.element), nw.col(_LAST_DAY + item.id)
    cases = [
        _blank(value, is_missing=check.blank_is_missing),
        *_codes(value.str.to_uppercase(), check.default, "Default"),
        (last_day > submissions.period.end, "Valid"),
        (last_day >= submissions.period.start - dt.timedelta(days=1), "Other"),
    ]
    return _first_of(cases, otherwise="Invalid")


@_result.register
def _(check: KnownPostcode, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    value = nw.col(item.element)
    cases = [
        _blank(value, is_missing=True),
        (value.str.starts_with(check.default_start), "Default"),
        (~nw.col(_LAST_DAY + item.id).is_null(), "Valid"),
    ]
    return _first_of(cases, otherwise="Invalid")


@_result.register
def _(check: AgeAtMost, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    age = whole_years(item.element, "ReportingPeriodEndDate")
    return _first_of([_blank(age, is_missing=True), (age <= check.years, "Valid")], "Invalid")


@_result.register
def _(check: DateBetween, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    date = nw.col(item.element)
    cases = [_blank(date, is_missing=True)]
    if check.not_before is not None:
        cases.append((date < nw.col(check.not_before), "Invalid"))
    if check.not_after is not None:
        cases.append((date > nw.col(check.not_after), "Invalid"))
    return _first_of(cases, otherwise="Valid")


@_result.register
def _(check: CodedAs, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    is_one = is_one_of(item.element, check.codes)
    return nw.when(~is_one if check.negated else is_one).then(nw.lit(INTEGRITY))


@_result.register
def _(check: AtTime, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    start = f":{check.minute:02d}" if check.hour is None else f"{check.hour:02d}:{check.minute:02d}"
    time = nw.col(item.element)
    # A time is written HH:MM, perhaps with seconds.
    written = time.str.slice(2, 3) if check.hour is None else time.str.slice(0, 5)
    return nw.when(written == start).then(nw.lit(INTEGRITY))


@_result.register
def _(check: Flagged, item: QualityItem, submissions: Submissions) -> nw.Expr:  # noqa: ARG001
    return nw.when(nw.col(item.element)).then(nw.lit(INTEGRITY))


def _blank(value: nw.Expr, *, is_missing: bool) -> tuple[nw.Expr, str | None]:
    return value.is_null(), "Missing" if is_missing else None


def _codes(value: nw.Expr, codes: Sequence[str], result: str) -> list[tuple[nw.Expr, str | None]]:
    return [(value.is_in(codes), result)] if codes else []


def _first_of(cases: Sequence[tuple[nw.Expr, str | None]], otherwise: str) -> nw.Expr:
    """Return the result of the first condition that holds."""
    found = nw.lit(otherwise)
    for condition, result in reversed(cases):
        chosen = _NO_RESULT if result is None else nw.lit(result)
        found = nw.when(condition).then(chosen).otherwise(found)
    return found


def _compact(column: str) -> nw.Expr:
    return nw.col(column).str.replace_all(" ", "", literal=True).str.to_uppercase()
