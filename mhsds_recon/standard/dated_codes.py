"""Lists of codes that count in some months and not in others."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

__all__ = ["DatedCode", "DatedCodeFile", "DatedCodeList"]

_Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class DatedCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code and the first and last month, as CCYY-MM, for whose submissions it counts."""

    code: str
    first_month: _Month | None = None
    last_month: _Month | None = None


class DatedCodeList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Codes that one step of a measure looks for."""

    name: str
    source: str
    codes: tuple[DatedCode, ...]


class DatedCodeFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of all lists of dated codes."""

    lists: tuple[DatedCodeList, ...] = field(name="dated_codes", default=())
