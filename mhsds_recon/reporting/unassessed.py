"""Why a rule was not assessed, and what to give so that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.standard.checks import KnownPostcode, NationalCode, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mhsds_recon.standard import Standard

__all__ = ["by_reason", "reason"]


def reason(code: str, standard: Standard) -> str:
    """Return what a rule or file rule lacks that was not assessed."""
    if code in standard.file_rules:
        return "only the portal can tell"
    match standard.rules[code].check:
        case NationalCode():
            return "the codes of its list are not published"
        case Organisation():
            return "needs ods_organisations.csv, see --reference"
        case KnownPostcode():
            return "needs postcode_lookup.csv, see --reference"
        case _:
            return "needs facts of the upload, see --portal-facts"


def by_reason(codes: Iterable[str], standard: Standard) -> Mapping[str, list[str]]:
    """Return codes that were not assessed, by what they lack."""
    grouped: dict[str, list[str]] = {}
    for code in codes:
        grouped.setdefault(reason(code, standard), []).append(code)
    return grouped
