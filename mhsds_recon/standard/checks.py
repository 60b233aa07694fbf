"""What a validation rule can ask of a row or of a file: one frozen struct per kind of check.

The struct's fields are the parameters that a definition file gives. How a kind is carried out
is registered for its struct in ``mhsds_recon.validation``; definition and execution meet there
and nowhere else. Every kind states what must hold.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = [
    "Check",
    "FileCheck",
    "Format",
    "HasRows",
    "Linked",
    "Mandatory",
    "NationalCode",
    "NotShared",
    "OneValidRow",
    "PortalFact",
    "SomeRowAccepted",
    "Unique",
    "ValidNHSNumbers",
]


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Common settings of all kinds; ``kind`` names the struct in definition files."""


class Mandatory(_Kind, frozen=True, kw_only=True, tag="mandatory"):
    """The element has a value: not missing, not empty, not only spaces."""

    element: str


class Format(_Kind, frozen=True, kw_only=True, tag="format"):
    """The element's value has a format of the standard; a blank one is left to ``Mandatory``."""

    element: str
    format: str


class NationalCode(_Kind, frozen=True, kw_only=True, tag="national_code"):
    """The element's value is a code of a national code list; a blank one passes."""

    element: str
    code_list: str


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


Check = Mandatory | Format | NationalCode | Unique | Linked


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
