"""When a rule fails, in words that say exactly what is compared, made from its check."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from mhsds_recon.standard import Standard
from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    FitsScheme,
    FollowedBy,
    Format,
    IsBlank,
    IsGiven,
    IsOneOf,
    KnownPostcode,
    Linked,
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
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard.checks import Check, Guard

__all__ = ["condition"]


@singledispatch
def condition(check: Check, standard: Standard) -> str:
    """Return what is true of a row that fails, to be read after 'A row fails where'."""
    message = f"{type(check).__name__} has no condition in words ({standard.version})"
    raise TypeError(message)


@condition.register
def _(check: Mandatory, standard: Standard) -> str:  # noqa: ARG001  one signature for all kinds
    return f"{check.element} is blank{_guard(check.when)}"


@condition.register
def _(check: Absent, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value{_guard(check.when)}"


@condition.register
def _(check: Format, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value that does not fit the format '{check.format}'"


@condition.register
def _(check: NationalCode, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value that is no code of the list {check.code_list}"


@condition.register
def _(check: OneOf, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value other than {_either(check.values)}{_guard(check.when)}"


@condition.register
def _(check: NoneOf, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} is {_either(check.values)}{_guard(check.when)}"


@condition.register
def _(check: SameAs, standard: Standard) -> str:
    return f"{check.element} has a value that differs from {_named(check.other, standard)}"


@condition.register
def _(check: NotBefore, standard: Standard) -> str:
    return f"{check.element} is a day before that of {_named(check.other, standard)}"


@condition.register
def _(check: NotAfter, standard: Standard) -> str:
    days = check.plus_days
    later = f" plus {days} day{'s' if days > 1 else ''}" if days else ""
    return f"{check.element} is a day after that of {_named(check.other, standard)}{later}"


@condition.register
def _(check: AgeBetween, standard: Standard) -> str:
    return (
        f"who is born on {check.element} is younger than {check.youngest} or older than"
        f" {check.oldest} completed years on {_named(check.on, standard)}; a birth after that day"
        f" and up to {_named(check.born_by, standard)} counts as age 0"
    )


@condition.register
def _(check: SnomedStructure, standard: Standard) -> str:  # noqa: ARG001
    also = ", or an expression of such identifiers" if check.expression else ""
    return f"{check.element} has a value that is not {_SNOMED}{also}"


@condition.register
def _(check: FitsScheme, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.scheme} is {check.icd10} (ICD-10) and {check.element} has not 4 to 6 characters,"
        f" or {check.scheme} is {check.snomed_ct} (SNOMED CT) and {check.element} is not {_SNOMED}"
    )


@condition.register
def _(check: Score, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.element} has a value that the assessment named in {check.tool} cannot give;"
        " assessments whose scores are not listed are not tested"
    )


@condition.register
def _(check: Organisation, standard: Standard) -> str:
    besides = f" and that is not {_either(check.unless)}" if check.unless else ""
    return (
        f"{check.element} has a value that is not the code of {_REGISTERS[check.register]} open"
        f" on {_named(check.on, standard)}{besides}"
    )


@condition.register
def _(check: KnownPostcode, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value that is not in the national postcode file"


@condition.register
def _(check: Unique, standard: Standard) -> str:  # noqa: ARG001
    if not check.elements:
        return "the table has more than one row; every one fails"
    among = f", {check.where_blank} being blank in both" if check.where_blank else ""
    return f"another row of the table has the same {_all_of(check.elements)}{among}; both fail"


@condition.register
def _(check: Linked, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} has a value that no valid row of {check.table} has"


@condition.register
def _(check: FollowedBy, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.end} has a value, and no valid row of the same {check.key} with another"
        f" {check.differs} has a {check.start} on that day or the day after"
    )


@condition.register
def _(check: Never, standard: Standard) -> str:  # noqa: ARG001
    return "the table has a row: every row fails"


_SNOMED = (
    "a SNOMED CT concept identifier (6 to 18 digits, a correct check digit, 00 or 10 before it)"
)
_REGISTERS = {"organisation": "an organisation", "site": "a site", "school": "a school"}


def _guard(when: Guard | None) -> str:
    match when:
        case None:
            return ""
        case IsBlank(element=name):
            return f" and {name} is blank too"
        case IsGiven(element=name):
            return f" and {name} has a value"
        case IsOneOf(element=name, values=values):
            return f" and {name} is {_either(values)}"


def _named(name: str, standard: Standard) -> str:
    """Return an element with the row that holds it, in words."""
    prefix, _, bare = name.rpartition(".")
    match prefix:
        case "":
            return bare
        case "header":
            return f"the header's {bare}"
        case "portal":
            return f"the upload's {bare}"
        case number:
            return f"{bare} of the {standard.numbered(number).name} row above it"


def _either(values: Sequence[str]) -> str:
    *others, last = values
    return f"{', '.join(others)} or {last}" if others else last


def _all_of(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
