"""What each kind of check on a single row means, as a narwhals expression.

``holds`` is the meaning and ``suspect`` a cheap screen that never misses a failing row: a plan
looks with the screens first and tries the full meaning only on the few rows that are left.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    FitsScheme,
    Format,
    IsBlank,
    IsGiven,
    IsOneOf,
    KnownPostcode,
    Mandatory,
    NationalCode,
    Never,
    NoneOf,
    NotAfter,
    NotBefore,
    OneOf,
    Organisation,
    SameAs,
    Score,
    SnomedStructure,
)
from mhsds_recon.standard.formats import TextFormat, parse_format, to_regex
from mhsds_recon.validation.context import Context
from mhsds_recon.validation.days import NOT_BEFORE_1890, shift_years
from mhsds_recon.validation.lookups import plain_postcode
from mhsds_recon.validation.scores import is_possible
from mhsds_recon.validation.snomed import is_concept_identifier, is_expression

if TYPE_CHECKING:
    from mhsds_recon.standard.checks import Check, Guard

__all__ = ["fits", "holds", "is_about_one_row", "is_blank", "suspect"]

_ICD10_LENGTH = (4, 6)
_FIRST_AFTER_SPACE = "!"


def is_blank(element: str) -> nw.Expr:
    """Return whether a value is missing, empty or only spaces; never null."""
    column = nw.col(element)
    return column.is_null() | (column.str.strip_chars(" ") == "")


def fits(element: str, notation: str) -> nw.Expr:
    """Return whether a value has a format of the standard; null for a null.

    Characters are counted, not bytes, and only 0 to 9 are digits. A date has to exist and not to
    lie before 1890.
    """
    column = nw.col(element)
    parsed = parse_format(notation)
    if isinstance(parsed, TextFormat) and not parsed.digits:
        return column.str.len_chars().is_between(parsed.shortest, parsed.longest)
    if parsed == "date":
        return column.str.contains(f"{NOT_BEFORE_1890}$")
    shaped = column.str.contains(to_regex(notation))
    if parsed in {"datetime", "timestamp"}:
        return shaped & column.str.contains(NOT_BEFORE_1890)
    return shaped


@singledispatch
def holds(check: Check, context: Context) -> nw.Expr:
    """Return an expression that is true on the rows where the check holds.

    A blank value, like a null answer, counts as holding: only ``Mandatory`` speaks about blanks.

    Raises:
        TypeError: The check is not about single rows.
    """
    message = f"{type(check).__name__} is not a check on single rows ({context.standard.version})"
    raise TypeError(message)


def is_about_one_row(check: Check) -> bool:
    """Return whether a check is judged on each row alone."""
    return type(check) in holds.registry


@singledispatch
def suspect(check: Check, context: Context) -> nw.Expr:
    """Return an expression that is true on every row where the check may fail.

    It may be true on rows where the check holds, and null counts as not suspect.
    """
    return ~holds(check, context)


@singledispatch
def _applies(when: Guard | None) -> nw.Expr | None:  # noqa: ARG001  one signature for all guards
    """Return whether a guarded check is made on a row; None where it is made on all."""
    return None


@_applies.register
def _(when: IsBlank) -> nw.Expr:
    return is_blank(when.element)


@_applies.register
def _(when: IsGiven) -> nw.Expr:
    return ~is_blank(when.element)


@_applies.register
def _(when: IsOneOf) -> nw.Expr:
    return nw.col(when.element).is_in(when.values)


def _guarded(answer: nw.Expr, when: Guard | None) -> nw.Expr:
    applies = _applies(when)
    return answer if applies is None else answer | ~applies


@holds.register
def _(check: Mandatory, context: Context) -> nw.Expr:  # noqa: ARG001  one signature for all kinds
    return _guarded(~is_blank(check.element), check.when)


@suspect.register
def _(check: Mandatory, context: Context) -> nw.Expr:  # noqa: ARG001
    nothing = nw.col(check.element).fill_null("") < _FIRST_AFTER_SPACE
    applies = _applies(check.when)
    return nothing if applies is None else nothing & applies


@holds.register
def _(check: Absent, context: Context) -> nw.Expr:  # noqa: ARG001
    return _guarded(is_blank(check.element), check.when)


@holds.register
def _(check: Format, context: Context) -> nw.Expr:  # noqa: ARG001
    return is_blank(check.element) | fits(check.element, check.format)


@suspect.register
def _(check: Format, context: Context) -> nw.Expr:  # noqa: ARG001
    return ~fits(check.element, check.format) & _is_not_empty(check.element)


@holds.register
def _(check: NationalCode, context: Context) -> nw.Expr:
    return is_blank(check.element) | _is_known(check, context)


@suspect.register
def _(check: NationalCode, context: Context) -> nw.Expr:
    return ~_is_known(check, context) & _is_not_empty(check.element)


def _is_not_empty(element: str) -> nw.Expr:
    """Return whether a value is text of any length: the cheap part of telling blanks."""
    return nw.col(element) != ""


def _is_known(check: NationalCode, context: Context) -> nw.Expr:
    return nw.col(check.element).is_in(context.standard.code_lists[check.code_list].values)


@holds.register
def _(check: OneOf, context: Context) -> nw.Expr:  # noqa: ARG001
    one_of = nw.col(check.element).is_in(check.values)
    return _guarded(is_blank(check.element) | one_of, check.when)


@holds.register
def _(check: NoneOf, context: Context) -> nw.Expr:  # noqa: ARG001
    return _guarded(~nw.col(check.element).is_in(check.values), check.when)


@holds.register
def _(check: SameAs, context: Context) -> nw.Expr:
    if context.is_day(check.element):
        return context.day(check.element) == context.day(check.other)
    other = context.text(check.other)
    nothing_there = is_blank(check.element) | (other.str.strip_chars(" ") == "")
    return nothing_there | (nw.col(check.element) == other)


@holds.register
def _(check: NotBefore, context: Context) -> nw.Expr:
    return context.day(check.element) >= context.day(check.other)


@suspect.register
def _(check: NotBefore, context: Context) -> nw.Expr:
    return nw.col(check.element) < context.rough_day(check.other)


@holds.register
def _(check: NotAfter, context: Context) -> nw.Expr:
    return context.day(check.element) <= context.day(check.other, plus_days=check.plus_days)


@suspect.register
def _(check: NotAfter, context: Context) -> nw.Expr:
    return nw.col(check.element) > context.rough_day(check.other, plus_days=check.plus_days)


@holds.register
def _(check: AgeBetween, context: Context) -> nw.Expr:
    today, born_by = context.day_given(check.on), context.day_given(check.born_by)
    if check.youngest == 0:
        latest = max(today, born_by) if today and born_by else None
    else:
        latest = shift_years(today, check.youngest)
    too_old = shift_years(today, check.oldest + 1)
    born = context.day(check.element)
    young_enough = born > nw.lit(too_old, dtype=nw.String())
    old_enough = born <= nw.lit(latest, dtype=nw.String())
    return young_enough.fill_null(value=True) & old_enough.fill_null(value=True)


@holds.register
def _(check: Never, context: Context) -> nw.Expr:  # noqa: ARG001
    return nw.col(ROW_NUMBER).is_null()


@holds.register
def _(check: SnomedStructure, context: Context) -> nw.Expr:  # noqa: ARG001
    value = nw.col(check.element)
    either = is_blank(check.element) | is_concept_identifier(value)
    return either | is_expression(value) if check.expression else either


@holds.register
def _(check: FitsScheme, context: Context) -> nw.Expr:  # noqa: ARG001
    value, scheme = nw.col(check.element), nw.col(check.scheme)
    no_icd10 = (scheme == check.icd10) & ~value.str.len_chars().is_between(*_ICD10_LENGTH)
    no_snomed_ct = (scheme == check.snomed_ct) & ~is_concept_identifier(value)
    return is_blank(check.element) | ~(no_icd10 | no_snomed_ct)


@holds.register
def _(check: Score, context: Context) -> nw.Expr:
    possible = is_possible(check.element, check.tool, context.standard.scales)
    return is_blank(check.element) | is_blank(check.tool) | possible


@holds.register
def _(check: Organisation, context: Context) -> nw.Expr:
    day = context.day_given(check.on)
    if day is None:
        return nw.col(check.element).is_null() | nw.lit(value=True)
    value = nw.col(check.element)
    live = context.lookups.live(check.register, day)
    return is_blank(check.element) | value.is_in(check.unless) | value.is_in(live)


@holds.register
def _(check: KnownPostcode, context: Context) -> nw.Expr:
    known = plain_postcode(check.element).is_in(context.lookups.postcodes or ())
    return is_blank(check.element) | known
