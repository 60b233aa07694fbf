"""What a rule asks for, in plain English, made from its check."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from mhsds_recon.standard import Rule, Standard
from mhsds_recon.standard.checks import Format, Linked, Mandatory, NationalCode, Unique
from mhsds_recon.standard.formats import NamedFormat, TextFormat, parse_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard.checks import Check

__all__ = ["describe"]

_CODES_NAMED = 8
_NAMED: dict[NamedFormat, str] = {
    "date": "be a real date written CCYY-MM-DD, not before 1890-01-01",
    "time": "be a time written hh:mm:ss on the 24 hour clock",
    "datetime": "be a date and time written CCYY-MM-DDThh:mm:ss, not before 1890-01-01",
    "timestamp": (
        "be a date and time written CCYY-MM-DDThh:mm:ss, not before 1890-01-01,"
        " followed by Z, +00:00, +01:00 or -00:00"
    ),
    "postcode": "be written as a postcode, with a space between its two parts",
}


def describe(rule: Rule, standard: Standard) -> str:
    """Return one sentence that says what must hold, of which element, and what is allowed.

    It speaks about the rule alone and holds no value of any row.
    """
    return _describe(rule.check, rule, standard)


@singledispatch
def _describe(check: Check, rule: Rule, standard: Standard) -> str:
    message = f"{type(check).__name__} of {rule.code} has no words in version {standard.version}"
    raise TypeError(message)


@_describe.register
def _(check: Mandatory, rule: Rule, standard: Standard) -> str:  # noqa: ARG001  one signature
    return f"{check.element} must be given: it may not be blank."


@_describe.register
def _(check: Format, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element}, where given, must {_format_in_words(check.format)}."


@_describe.register
def _(check: NationalCode, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    must = f"{check.element}, where given, must be a code of the national list {check.code_list}"
    codes = standard.code_lists[check.code_list].values
    if not codes:
        return f"{must}. Its codes are not published, so that the rule cannot be assessed."
    named = ", ".join(codes[:_CODES_NAMED])
    more = f" and {len(codes) - _CODES_NAMED:,} more" if len(codes) > _CODES_NAMED else ""
    return f"{must}: {named}{more}."


@_describe.register
def _(check: Unique, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    if not check.elements:
        return f"{rule.table} may have only one row; all rows fail where there are more."
    among = f" in which {check.where_blank} is blank" if check.where_blank else ""
    return (
        f"No two rows of {rule.table}{among} may have the same {_listed(check.elements)};"
        " all copies fail."
    )


@_describe.register
def _(check: Linked, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element}, where given, must be that of a valid row of {check.table}."


def _format_in_words(notation: str) -> str:
    parsed = parse_format(notation)
    if not isinstance(parsed, TextFormat):
        return _NAMED[parsed]
    if parsed.decimals is not None:
        return (
            f"be {parsed.shortest} to {parsed.longest} digits, a point and"
            f" exactly {parsed.decimals} digits"
        )
    unit = "digit" if parsed.digits else "character"
    unit += "s" if parsed.longest > 1 else ""
    verb = "be" if parsed.digits else "have"
    return f"{verb} {_size(parsed)} {unit}" + (
        " (0 to 9) and nothing else" if parsed.digits else ""
    )


def _size(parsed: TextFormat) -> str:
    if parsed.shortest == parsed.longest:
        return f"exactly {parsed.longest}"
    if parsed.shortest == 1:
        return f"at most {parsed.longest}"
    return f"{parsed.shortest} to {parsed.longest}"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
