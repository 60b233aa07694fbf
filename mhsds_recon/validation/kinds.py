"""What each kind of check on a single row means, as a narwhals expression.

``holds`` is the meaning and ``suspect`` a cheap screen that never misses a failing row: a plan
filters by the screens first and tries the full meaning only on the few rows that are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.standard.checks import Format, Mandatory, NationalCode
from mhsds_recon.standard.formats import TextFormat, parse_format, to_regex

if TYPE_CHECKING:
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.checks import Check

__all__ = ["Context", "fits", "holds", "is_about_one_row", "is_blank", "suspect"]

# A real day not before 1890, so that dates need no engine's own calendar.
_YEAR = "(?:189[0-9]|19[0-9]{2}|[2-9][0-9]{3})"
_LEAP_YEAR = (
    "(?:189[26]|(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
)
_REAL_DAY = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a check may need beside the row under test."""

    standard: Standard


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
        return column.str.contains(f"{_REAL_DAY}$")
    shaped = column.str.contains(to_regex(notation))
    if parsed in {"datetime", "timestamp"}:
        return shaped & column.str.contains(_REAL_DAY)
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


@holds.register
def _(check: Mandatory, context: Context) -> nw.Expr:  # noqa: ARG001  one signature for all kinds
    return ~is_blank(check.element)


@suspect.register
def _(check: Mandatory, context: Context) -> nw.Expr:  # noqa: ARG001
    column = nw.col(check.element)
    return column.is_null() | column.str.starts_with(" ") | (column == "")


@holds.register
def _(check: Format, context: Context) -> nw.Expr:  # noqa: ARG001
    return is_blank(check.element) | fits(check.element, check.format)


@suspect.register
def _(check: Format, context: Context) -> nw.Expr:  # noqa: ARG001
    return ~fits(check.element, check.format)


@holds.register
def _(check: NationalCode, context: Context) -> nw.Expr:
    return is_blank(check.element) | _is_known(check, context)


@suspect.register
def _(check: NationalCode, context: Context) -> nw.Expr:
    return ~_is_known(check, context)


def _is_known(check: NationalCode, context: Context) -> nw.Expr:
    return nw.col(check.element).is_in(context.standard.code_lists[check.code_list].values)
