"""What a validation rule can ask of a row or of a file: one frozen struct per kind of check.

The struct's fields are the parameters that a definition file gives. How a kind is carried out
is registered for its struct in ``mhsds_recon.validation``; definition and execution meet there
and nowhere else. Every kind states what must hold.

A name among the parameters is an element of the rule's own table, or has a prefix: ``header.X``
is an element of the header, ``portal.X`` a fact of the upload, and ``MHS501.X`` an element of the
row of that table which is reached from the row under test by the keys of its parents. Of several
parents with one key, each counts: one that the row does not fit makes it fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Absent",
    "AgeBetween",
    "Check",
    "FileCheck",
    "FitsScheme",
    "FollowedBy",
    "Format",
    "Guard",
    "HasRows",
    "IsBlank",
    "IsGiven",
    "IsOneOf",
    "KnownPostcode",
    "Linked",
    "Mandatory",
    "NationalCode",
    "Never",
    "NoneOf",
    "NotAfter",
    "NotBefore",
    "NotShared",
    "OneOf",
    "OneValidRow",
    "Organisation",
    "PortalFact",
    "SameAs",
    "Score",
    "SnomedStructure",
    "SomeRowAccepted",
    "Unique",
    "ValidNHSNumbers",
    "names_in",
]


class _Guard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="is"):
    """On which rows a check is made; ``is`` names the struct in definition files."""

    element: str


class IsBlank(_Guard, frozen=True, kw_only=True, tag="blank"):
    """Only where the element is blank."""


class IsGiven(_Guard, frozen=True, kw_only=True, tag="given"):
    """Only where the element is not blank."""


class IsOneOf(_Guard, frozen=True, kw_only=True, tag="one_of"):
    """Only where the element has one of the values."""

    values: tuple[str, ...]


Guard = IsBlank | IsGiven | IsOneOf


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Common settings of all kinds; ``kind`` names the struct in definition files."""


class Mandatory(_Kind, frozen=True, kw_only=True, tag="mandatory"):
    """The element has a value: not missing, not empty, not only spaces."""

    element: str
    when: Guard | None = None


class Absent(_Kind, frozen=True, kw_only=True, tag="absent"):
    """The element is blank on the rows that ``when`` names."""

    element: str
    when: Guard


class Format(_Kind, frozen=True, kw_only=True, tag="format"):
    """The element's value has a format of the standard; a blank one is left to ``Mandatory``."""

    element: str
    format: str


class NationalCode(_Kind, frozen=True, kw_only=True, tag="national_code"):
    """The element's value is a code of a national code list; a blank one passes."""

    element: str
    code_list: str


class OneOf(_Kind, frozen=True, kw_only=True, tag="one_of"):
    """The element's value is one of ``values``; a blank one passes."""

    element: str
    values: tuple[str, ...]
    when: Guard | None = None


class NoneOf(_Kind, frozen=True, kw_only=True, tag="none_of"):
    """The element's value is none of ``values``."""

    element: str
    values: tuple[str, ...]
    when: Guard | None = None


class SameAs(_Kind, frozen=True, kw_only=True, tag="same_as"):
    """The element's value is that of ``other``, dates as calendar days; a blank one passes."""

    element: str
    other: str


class NotBefore(_Kind, frozen=True, kw_only=True, tag="not_before"):
    """The element's day is that of ``other`` or later; passes where either is not a day."""

    element: str
    other: str


class NotAfter(_Kind, frozen=True, kw_only=True, tag="not_after"):
    """The element's day is at most ``plus_days`` after that of ``other``.

    It passes where either is not a day. Days can be added to a day of the header only.
    """

    element: str
    other: str
    plus_days: int = 0


class AgeBetween(_Kind, frozen=True, kw_only=True, tag="age_between"):
    """Who is born on the element's day has an age from ``youngest`` to ``oldest`` years.

    The age is counted in completed years on the day ``on``. Who is born after that day, but not
    after ``born_by``, is 0 years old. It passes where a day cannot be read.
    """

    element: str
    on: str
    born_by: str
    youngest: int
    oldest: int


class SnomedStructure(_Kind, frozen=True, kw_only=True, tag="snomed_structure"):
    """The element's value is built like a SNOMED CT concept identifier; a blank one passes.

    With ``expression`` it may instead be a concept, one of the attributes of a procedure, and
    that attribute's value: ``concept:attribute=value``.
    """

    element: str
    expression: bool = False


class FitsScheme(_Kind, frozen=True, kw_only=True, tag="fits_scheme"):
    """The element's value has the form that the scheme named beside it calls for.

    Where ``scheme`` has the value ``icd10`` the length of an ICD-10 code, where it has the value
    ``snomed_ct`` the structure of a SNOMED CT concept identifier. Everything else passes.
    """

    element: str
    scheme: str
    icd10: str
    snomed_ct: str


class Score(_Kind, frozen=True, kw_only=True, tag="score"):
    """The element's value is a score that the assessment tool named in ``tool`` can give.

    It passes where either is blank, and for tools whose scores are not listed.
    """

    element: str
    tool: str


class Organisation(_Kind, frozen=True, kw_only=True, tag="organisation"):
    """The element's value is a code of the register that is live on the day ``on``.

    Codes in ``unless`` pass without being looked up, a blank one passes.
    """

    element: str
    register: Literal["organisation", "site", "school"]
    on: str
    unless: tuple[str, ...] = ()


class KnownPostcode(_Kind, frozen=True, kw_only=True, tag="known_postcode"):
    """The element's value is in the national postcode file, whatever its case and spaces."""

    element: str


class Unique(_Kind, frozen=True, kw_only=True, tag="unique"):
    """No other row of the table has the same values; every copy fails.

    A row with a blank among ``elements`` is never a copy. With ``where_blank`` only rows are
    compared in which that further element is blank. Without elements the table may have one row.
    """

    elements: tuple[str, ...] = ()
    where_blank: str | None = None


class Linked(_Kind, frozen=True, kw_only=True, tag="linked"):
    """A valid row of ``table`` has the same value of ``element``; a blank one passes."""

    element: str
    table: str


class FollowedBy(_Kind, frozen=True, kw_only=True, tag="followed_by"):
    """Where a row has an ``end``, another valid row of the table carries on from it.

    That row has the same ``key``, a ``start`` on the day of the end or on the day after, and
    another value of ``differs``. A row with a blank key passes.
    """

    key: str
    start: str
    end: str
    differs: str


class Never(_Kind, frozen=True, kw_only=True, tag="never"):
    """The table has no row: every row fails."""


Check = (
    Mandatory
    | Absent
    | Format
    | NationalCode
    | OneOf
    | NoneOf
    | SameAs
    | NotBefore
    | NotAfter
    | AgeBetween
    | SnomedStructure
    | FitsScheme
    | Score
    | Organisation
    | KnownPostcode
    | Unique
    | Linked
    | FollowedBy
    | Never
)

_NAMES = (
    "element", "other", "on", "born_by", "scheme", "tool", "key", "start", "end", "differs",
    "where_blank",
)  # fmt: skip


def names_in(check: Check) -> Iterator[str]:
    """Yield the names of elements and facts that a check uses, with their prefixes."""
    for field in _NAMES:
        name = getattr(check, field, None)
        if name is not None:
            yield name
    if isinstance(check, Unique):
        yield from check.elements
    when = getattr(check, "when", None)
    if when is not None:
        yield when.element


class HasRows(_Kind, frozen=True, kw_only=True, tag="has_rows"):
    """The table has at least one submitted row."""

    table: str


class ValidNHSNumbers(_Kind, frozen=True, kw_only=True, tag="valid_nhs_numbers"):
    """Every NHS number in the element passes its check; blank ones pass."""

    table: str
    element: str


class OneValidRow(_Kind, frozen=True, kw_only=True, tag="one_valid_row"):
    """The table has no second row, and the row that it has is valid."""

    table: str


class SomeRowAccepted(_Kind, frozen=True, kw_only=True, tag="some_row_accepted"):
    """At least one row besides the header is left valid."""


class NotShared(_Kind, frozen=True, kw_only=True, tag="not_shared"):
    """No two rows of the table have the same value of the element; blank ones pass."""

    table: str
    element: str


class PortalFact(_Kind, frozen=True, kw_only=True, tag="portal_fact"):
    """Something that only the submission portal can see; not assessed here."""


FileCheck = HasRows | ValidNHSNumbers | OneValidRow | SomeRowAccepted | NotShared | PortalFact
