"""Synthetic values for examples: what an element could hold, always the same for the same element.

NHS numbers come from the 999 range, which is never issued; codes of organisations, postcodes and
SNOMED CT are made up. Every day is the same one, so that no date lies before another by accident.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import TYPE_CHECKING

from mhsds_recon.standard.formats import TextFormat, parse_format

if TYPE_CHECKING:
    from collections.abc import Container

    from mhsds_recon.standard import Element, Standard

__all__ = [
    "DAY",
    "GOOD_SNOMED",
    "PORTAL",
    "PROVIDER",
    "day_of",
    "on_day",
    "other_code",
    "typical",
    "unfit",
]

DAY = dt.date(2025, 9, 10)
PROVIDER = "RZZ"
PORTAL = {
    "ProviderId": PROVIDER,
    "SenderId": PROVIDER,
    "ReportingPeriodStart": "2025-09-01",
    "ReportingPeriodEnd": "2025-09-30",
    "SubmittedTimestamp": "2025-10-15T10:00:00",
}
GOOD_SNOMED = ("999001004", "999002006")
_VARIANTS = {
    "DatSetVer": ("6.0", "6.1", "6.2", "6.3"),
    "NHSNumber": ("9990000018", "9990000026", "9990000034", "9990000042"),
    "PersScore": ("1", "2", "3", "4"),
}
_DAYS = {
    "ReportingPeriodStartDate": dt.date(2025, 9, 1),
    "ReportingPeriodEndDate": dt.date(2025, 9, 30),
    "ReportingPeriodStart": dt.date(2025, 9, 1),
    "ReportingPeriodEnd": dt.date(2025, 9, 30),
    "DateTimeDatSetCreate": dt.date(2025, 10, 14),
    "SubmittedTimestamp": dt.date(2025, 10, 15),
    "PersonBirthDate": dt.date(2012, 5, 14),
}
_KEYS = {
    "LocalPatientID": "PATIENT",
    "ServiceRequestID": "REFERRAL",
    "CareContactID": "CONTACT",
    "CareActID": "ACTIVITY",
    "CarePlanID": "CAREPLAN",
    "HospProvSpellID": "SPELL",
    "WardStayID": "WARDSTAY",
    "WardCode": "WARD",
    "CareProfLocalID": "STAFF",
    "RestrictiveIntIncID": "INCIDENT",
    "MHActLegalStatusClassPeriodID": "MHAPERIOD",
    "CPAEpisodeID": "EPISODE",
}
_SUFFIXES = {"date": "", "datetime": "T10:00:00", "timestamp": "T10:00:00+01:00"}
_UNFIT = {
    "date": f"{DAY:%d/%m/%Y}",
    "time": "10.30",
    "datetime": f"{DAY} 10:00",
    "timestamp": f"{DAY}T10:00:00",
    "postcode": "ZQ11AB",
}


def typical(element: Element, standard: Standard, *, variant: int = 0) -> str:
    """Return a value that an element could hold.

    Args:
        element: The element.
        standard: Its code lists.
        variant: Another small number gives another value: 0 to 3.
    """
    codes = standard.code_lists[element.code_list].values if element.code_list else ()
    if codes:
        return codes[variant % len(codes)]
    if element.name in _VARIANTS:
        return _VARIANTS[element.name][variant]
    if element.snomed:
        return GOOD_SNOMED[variant % len(GOOD_SNOMED)]
    if element.name.startswith(("OrgID", "SiteID")):
        return (f"RZ{variant}" if variant else PROVIDER).ljust(_shortest(element), "0")
    if element.format in _SUFFIXES:
        return on_day(element, day_of(element.name) + dt.timedelta(days=variant))
    return _of_format(element, variant)


def day_of(name: str) -> dt.date:
    """Return the day that the examples give to an element or fact, whatever its prefix."""
    return _DAYS.get(name.rpartition(".")[2], DAY)


def on_day(element: Element, day: dt.date) -> str:
    """Return a day as the element writes it."""
    return day.isoformat() + _SUFFIXES[element.format]


def other_code(taken: Container[str], like: str, *others: str) -> str:
    """Return a code that is not ``taken``: one of others, or an invented one like another."""
    invented = (like[:-1] + last for last in "987654321ZYXWVUTSRQ")
    return next(code for code in chain(others, invented) if code not in taken)


def unfit(value: str, notation: str) -> str:
    """Return a value that does not have a format, made from one that has it."""
    parsed = parse_format(notation)
    if not isinstance(parsed, TextFormat):
        return _UNFIT[parsed]
    if parsed.decimals is not None:
        return value[:-1]
    if parsed.digits:
        return value[: parsed.shortest - 1] or "X"
    return (value * (parsed.longest + 1))[: parsed.longest + 1]


def _shortest(element: Element) -> int:
    parsed = parse_format(element.format)
    return parsed.shortest if isinstance(parsed, TextFormat) else 0


def _of_format(element: Element, variant: int) -> str:
    parsed = parse_format(element.format) if element.format else parse_format("max an20")
    match parsed:
        case "time":
            return f"1{variant}:00:00"
        case "postcode":
            return f"ZQ{1 + variant} 1AB"
        case TextFormat(digits=True, decimals=decimals, shortest=shortest):
            point = "" if decimals is None else "." + "0" * decimals
            return str(1 + variant) * shortest + point
        case TextFormat(shortest=shortest, longest=longest):
            word = _KEYS.get(element.name, "EXAMPLE")[: longest - 1]
            return f"{word}{1 + variant}".ljust(shortest, "X")
        case _:
            message = f"{element.name}: no example of the format '{element.format}'"
            raise ValueError(message)
