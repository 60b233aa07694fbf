"""Element formats in the notation of the standard, such as ``max an20`` or ``n10``.

A format is parsed once into a ``TextFormat`` or is one of the named ones. The meaning of
each notation is that of the standard's reference (its section 'Formats').
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

__all__ = ["NAMED_FORMATS", "NamedFormat", "TextFormat", "parse_format", "to_regex"]

NamedFormat = Literal["date", "time", "datetime", "timestamp", "postcode"]
NAMED_FORMATS: tuple[NamedFormat, ...] = ("date", "time", "datetime", "timestamp", "postcode")

_DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_SHAPES: dict[NamedFormat, str] = {
    "date": _DAY,
    "time": _CLOCK,
    "datetime": f"{_DAY}T{_CLOCK}",
    "timestamp": f"{_DAY}T{_CLOCK}(Z|\\+00:00|\\+01:00|-00:00)",
    # What \s means differs between engines.
    "postcode": r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?[ \t\n\v\f\r]+[0-9][A-Za-z]{2}",
}


class TextFormat(Struct, frozen=True, kw_only=True):
    """A length, and whether only digits count.

    ``decimals`` is set for the one decimal format: so many digits after the point, exactly.
    """

    shortest: int
    longest: int
    digits: bool
    decimals: int | None = None


def parse_format(notation: str) -> TextFormat | NamedFormat:
    """Return the meaning of a format notation.

    Raises:
        ValueError: The notation is not known.
    """
    for name in NAMED_FORMATS:
        if notation == name:
            return name
    match = re.fullmatch(
        r"(?:(?P<max>max )|min (?:an|n)(?P<low>\d+) max )?"
        r"(?P<kind>an|n)(?P<high>\d+)(?:\.n(?P<dec>\d+))?",
        notation,
    )
    if match is None:
        message = f"unknown format '{notation}'"
        raise ValueError(message)
    high = int(match["high"])
    low = int(match["low"]) if match["low"] else (1 if match["max"] else high)
    decimals = int(match["dec"]) if match["dec"] else None
    return TextFormat(shortest=low, longest=high, digits=match["kind"] == "n", decimals=decimals)


def to_regex(notation: str) -> str:
    """Return an anchored regular expression for a format, in the part all engines share.

    Dates are tested for shape only: that the day exists and is not before 1890 needs a calendar.
    """
    parsed = parse_format(notation)
    if isinstance(parsed, str):
        return f"^(?:{_SHAPES[parsed].replace(chr(92) + 'd', '[0-9]')})$"
    size = f"{{{parsed.shortest},{parsed.longest}}}"
    if parsed.decimals is not None:
        return f"^[0-9]{size}[.][0-9]{{{parsed.decimals}}}$"
    return f"^[0-9]{size}$" if parsed.digits else f"(?s)^.{size}$"
