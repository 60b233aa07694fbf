"""What the failure of a rule means for a patient's record, in one everyday sentence."""

from __future__ import annotations

import re
from functools import singledispatch
from typing import TYPE_CHECKING

from mhsds_recon.standard import Rule, Standard, Table
from mhsds_recon.standard.checks import (
    Absent,
    AgeBetween,
    Check,
    FitsScheme,
    FollowedBy,
    Format,
    IsBlank,
    IsGiven,
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
    from collections.abc import Iterable

__all__ = ["explain_to_clinician"]

# Words that stay in capitals when the standard's titles are put in small letters.
_ACRONYMS = ("NHS", "GP", "GMP", "SNOMED CT", "ICD", "UCUM")
_PATIENTS = "MHS001"


def explain_to_clinician(rule: Rule, standard: Standard) -> str:
    """Return one sentence without codes: what is wrong, and what is lost from national figures."""
    table = standard.tables[rule.table]
    return f"If {_wrong(rule.check, rule, standard)}, {_lost(rule, table, standard)}."


def _lost(rule: Rule, table: Table, standard: Standard) -> str:
    """Return what a failing row takes from national figures."""
    if not rule.rejects:
        return "nothing will be missing from national figures, but the entry may be wrong"
    if table == standard.header:
        return "the whole submission will be refused and nobody in it will be in national figures"
    if table.number == _PATIENTS:
        return "the patient's whole record will be missing from national figures"
    below = any(other.parent == table.name for other in standard.tables.values())
    under = " and everything recorded under it" if below else ""
    lost = f"this {_quoted(table)} entry{under} will be missing from national figures"
    if table.parent is None or not _is_needed(table, standard):
        return lost
    parent = standard.tables[table.parent]
    whole = (
        "the patient's whole record"
        if parent.number == _PATIENTS
        else f"the {_quoted(parent)} entry that it belongs to"
    )
    return f"{lost} and, if no other is left, so will {whole}"


def _is_needed(table: Table, standard: Standard) -> bool:
    """Return whether a row of the table above is rejected when it has none of this table."""
    return any(
        isinstance(rule.check, Linked) and rule.check.table == table.name and rule.rejects
        for rule in standard.rules_of(table.parent or "")
    )


@singledispatch
def _wrong(check: Check, rule: Rule, standard: Standard) -> str:
    message = f"{type(check).__name__} of {rule.code} has no words in version {standard.version}"
    raise TypeError(message)


@_wrong.register
def _(check: Mandatory, rule: Rule, standard: Standard) -> str:
    table = standard.tables[rule.table]
    element = _item(check.element, table)
    match check.when:
        case None:
            return f"{element} is left out of {_entry(table)}"
        case IsBlank(element=other):
            return f"both {element} and {_item(other, table)} are left out of {_entry(table)}"
        case IsGiven(element=other):
            return f"{element} is left out of {_entry(table)} that gives {_item(other, table)}"
        case when:
            return f"{element} is left out although {_item(when.element, table)} calls for it"


@_wrong.register
def _(check: Absent | NoneOf, rule: Rule, standard: Standard) -> str:
    return _contradicts(check, standard.tables[rule.table])


@_wrong.register
def _(check: OneOf, rule: Rule, standard: Standard) -> str:
    table = standard.tables[rule.table]
    if check.when is not None:
        return _contradicts(check, table)
    return f"{_item(check.element, table)} is not the one that is called for"


def _contradicts(check: Absent | NoneOf | OneOf, table: Table) -> str:
    other = _item(check.when.element, table) if check.when else "the rest"
    return f"{_item(check.element, table)} contradicts {other} in {_entry(table)}"


@_wrong.register
def _(check: Format, rule: Rule, standard: Standard) -> str:
    return f"{_item(check.element, standard.tables[rule.table])} is not written in the agreed way"


@_wrong.register
def _(check: NationalCode, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} is not one of the answers that are agreed nationally"


@_wrong.register
def _(check: SameAs, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} is not the same as {_said(check.other, rule, standard)}"


@_wrong.register
def _(check: NotBefore, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} is before {_said(check.other, rule, standard)}"


@_wrong.register
def _(check: NotAfter, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} is after {_said(check.other, rule, standard)}"


@_wrong.register
def _(check: AgeBetween, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} makes the patient older than {check.oldest} or not yet born"


@_wrong.register
def _(check: SnomedStructure | FitsScheme, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    return f"{element} is not a possible clinical code, perhaps because of a slip in typing"


@_wrong.register
def _(check: Score, rule: Rule, standard: Standard) -> str:  # noqa: ARG001  one signature
    return "a score is one that the assessment cannot give"


@_wrong.register
def _(check: Organisation, rule: Rule, standard: Standard) -> str:
    element = _item(check.element, standard.tables[rule.table])
    where = "school" if check.register == "school" else check.register
    return f"{element} names no {where} that is open"


@_wrong.register
def _(check: KnownPostcode, rule: Rule, standard: Standard) -> str:
    return f"{_item(check.element, standard.tables[rule.table])} is no postcode in use"


@_wrong.register
def _(check: Unique, rule: Rule, standard: Standard) -> str:
    table = standard.tables[rule.table]
    if not check.elements:
        return f"there is more than one {_quoted(table)} entry"
    return f"the same {_quoted(table)} entry is given more than once"


@_wrong.register
def _(check: Linked, rule: Rule, standard: Standard) -> str:
    table, other = standard.tables[rule.table], standard.tables[check.table]
    return f"{_entry(table)} has no {_quoted(other)} entry that is right to go with it"


@_wrong.register
def _(check: FollowedBy, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{_entry(standard.tables[rule.table])} ends and no other carries on from it"


@_wrong.register
def _(check: Never, rule: Rule, standard: Standard) -> str:  # noqa: ARG001
    return f"{_entry(standard.tables[rule.table])} is sent, which is not collected for now"


def _said(name: str, rule: Rule, standard: Standard) -> str:
    """Return a name of the definitions in everyday words."""
    prefix, _, bare = name.rpartition(".")
    if prefix == "portal":
        words = re.findall("[A-Z][a-z]+", bare)
        return f"the {' '.join(words).lower()} of the upload"
    if prefix == "header":
        return f"{_item(bare, standard.header)} of the submission"
    if prefix:
        above = standard.numbered(prefix)
        return f"{_item(bare, above)} of its {_quoted(above)} entry"
    return _item(bare, standard.tables[rule.table])


def _item(name: str, table: Table) -> str:
    return f"the {_in_small_letters(table.element(name).title)}"


def _entry(table: Table) -> str:
    article = "an" if table.title[0] in "AEIOU" else "a"
    return f"{article} {_quoted(table)} entry"


def _quoted(table: Table) -> str:
    return f"'{table.title}'"


def _in_small_letters(title: str, kept: Iterable[str] = _ACRONYMS) -> str:
    text = title.lower()
    for word in kept:
        text = re.sub(rf"\b{word.lower()}\b", word, text)
    return text.replace("emed3", "eMED3")
