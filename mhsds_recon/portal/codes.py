"""The portal's own codes: accepted rows by table, and diagnostics."""

from __future__ import annotations

import csv
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, convert

from mhsds_recon.standard import definitions_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PortalCode", "load_portal_codes"]


class PortalCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of ``aggregation.csv`` or ``diagnostics.csv``.

    ``meaning`` is the title of the table that is counted, or what a diagnostic counts. ``table``
    is empty where the version of the standard has no such table. The two periods, ``YYYY-MM``,
    are the first and last in which the code was seen.
    """

    code: str
    kind: Literal["rows", "diagnostic"]
    table_number: str
    table: str
    meaning: str
    has_denominator: Literal["y", "n"]
    first_period: str
    last_period: str


@cache
def load_portal_codes(version: str) -> Mapping[str, PortalCode]:
    """Return the portal's codes of all years by code, with the tables of one version."""
    path = definitions_folder() / "schemas" / f"v{version}" / "portal_codes.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        codes = convert(list(csv.DictReader(handle)), tuple[PortalCode, ...])
    return MappingProxyType({code.code: code for code in codes})
