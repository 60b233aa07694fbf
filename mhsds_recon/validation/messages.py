"""What a rule asks for, in plain English, made from its check."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from mhsds_recon.standard import Rule, Standard
from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    Check,
    FitsScheme,
    FollowedBy,
    Format,
    Guard,
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
from mhsds_recon.standard.formats import NamedFormat, TextFormat, parse_format
from mhsds_recon.validation.clinicians import explain_to_clinician

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["describe", "explain_to_clinician"]

_CODES_NAMED = 8
_REGISTERS = {
    "organisation": "an organisation",
    "site": "an organisation's site",
    "school": "a school",
}
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
    if check.when is None:
        return f"{check.element} must be given: it may not be blank."
    return f"{check.element} must be given where {_guard_in_words(check.when)}."


@_describe.register
def _(check: Absent, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} must be blank where {_guard_in_words(check.when)}."


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
def _(check: OneOf, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.element}, where given, must be {_listed(check.values, 'or')}{_only(check.when)}."
    )


@_describe.register
def _(check: NoneOf, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} may not be {_listed(check.values, 'or')}{_only(check.when)}."


@_describe.register
def _(check: SameAs, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element}, where given, must be the same as {_named(check.other, standard)}."


@_describe.register
def _(check: NotBefore, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{check.element} may not be before {_named(check.other, standard)}{_several(check)}."


@_describe.register
def _(check: NotAfter, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    days = f"{check.plus_days} day" + ("s" if check.plus_days > 1 else "")
    after = f"more than {days} after" if check.plus_days else "after"
    return f"{check.element} may not be {after} {_named(check.other, standard)}{_several(check)}."


@_describe.register
def _(check: AgeBetween, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.element} must give an age from {check.youngest} to {check.oldest} completed years"
        f" on {_named(check.on, standard)}; who is born after that day, but not after"
        f" {_named(check.born_by, standard)}, counts as 0 years old."
    )


@_describe.register
def _(check: SnomedStructure, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    or_expression = (
        ", or an expression 'concept:attribute=value' of at most 56 characters made of such"
        " identifiers, with the attribute 408730004 or 363589002"
        if check.expression
        else ""
    )
    return (
        f"{check.element}, where given, must be built like a SNOMED CT concept identifier: 6 to 18"
        " digits, the last a correct check digit and the two before it 00 or 10"
        f"{or_expression}."
    )


@_describe.register
def _(check: FitsScheme, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.element} must fit {check.scheme}: 4 to 6 characters (ICD-10) where that is"
        f" {check.icd10}, the structure of a SNOMED CT concept identifier where it is"
        f" {check.snomed_ct}."
    )


@_describe.register
def _(check: Score, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    uncertain = sum(not scale.certain for scale in standard.scales.values())
    return (
        f"{check.element} must be a score that the assessment in {check.tool} can give. For"
        f" {uncertain} of {len(standard.scales)} assessments the accepted scores are not fully"
        " published: there a finding is marked as uncertain."
    )


@_describe.register
def _(check: Organisation, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    unless = f"; {_listed(check.unless)} pass without being looked up" if check.unless else ""
    return (
        f"{check.element}, where given, must be the code of {_REGISTERS[check.register]} that is"
        f" open on {_named(check.on, standard)}{unless}."
    )


@_describe.register
def _(check: KnownPostcode, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"{check.element}, where given, must be in the national postcode file; capitals and spaces"
        " do not matter."
    )


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


@_describe.register
def _(check: FollowedBy, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return (
        f"A row of {rule.table} with {check.end} must be followed by another valid row of the same"
        f" {check.key}, with {check.start} on that day or on the day after, and with another"
        f" {check.differs}."
    )


@_describe.register
def _(check: Never, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{rule.table} may have no rows for now: every row fails."


@singledispatch
def _guard_in_words(when: Guard) -> str:
    raise TypeError(type(when).__name__)


@_guard_in_words.register
def _(when: IsBlank) -> str:
    return f"{when.element} is blank"


@_guard_in_words.register
def _(when: IsGiven) -> str:
    return f"{when.element} is given"


@_guard_in_words.register
def _(when: IsOneOf) -> str:
    return f"{when.element} is {_listed(when.values, 'or')}"


def _only(when: Guard | None) -> str:
    return f" where {_guard_in_words(when)}" if when is not None else ""


def _named(name: str, standard: Standard) -> str:
    """Return a name of the definitions in words."""
    prefix, _, bare = name.rpartition(".")
    if not prefix:
        return bare
    if prefix == "header":
        return f"{bare} of the header"
    if prefix == "portal":
        return f"{bare} of the upload"
    return f"{bare} of its {standard.numbered(prefix).name}"


def _several(check: NotBefore | NotAfter) -> str:
    """Return what is to be said where more than one row can be meant."""
    if check.other.partition(".")[0] in {check.other, "header", "portal"}:
        return ""
    return "; where several rows have that key, of any of them"


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


def _listed(names: Sequence[str], word: str = "and") -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
