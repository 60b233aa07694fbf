"""Reading values as calendar days, as text: CCYY-MM-DD sorts as it stands.

A day has to be real, but may lie before 1890: that is for the format rule to say. An element that
holds a clock time too is read by the day written in it, where day, ``T`` and clock are right,
whatever follows; in an element that holds a date alone, a value with a time cannot be read.
"""

from __future__ import annotations

import datetime as dt
import re

import narwhals as nw

__all__ = [
    "FORMATS_WITH_CLOCK",
    "NOT_BEFORE_1890",
    "day_in",
    "read_day",
    "shift_day",
    "shift_years",
]

FORMATS_WITH_CLOCK = frozenset({"datetime", "timestamp"})

_WIDTH = len("CCYY-MM-DD")
_CLOCK = "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_MONTHS = (
    "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_YEAR = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_IN_CENTURY = "(?:0[48]|[2468][048]|[13579][26])"
_REAL_DAY = f"(?:{_YEAR}{_MONTHS}|(?:[0-9]{{2}}{_LEAP_IN_CENTURY}|{_LEAP_IN_CENTURY}00)-02-29)"
_LATE_YEAR = "(?:189[0-9]|19[0-9]{2}|[2-9][0-9]{3})"
_LATE_LEAP_YEAR = f"(?:189[26]|(?:19|[2-9][0-9]){_LEAP_IN_CENTURY}|(?:[2468][048]|[3579][26])00)"
# A real day not before 1890, so that dates need no engine's own calendar.
NOT_BEFORE_1890 = f"^(?:{_LATE_YEAR}{_MONTHS}|{_LATE_LEAP_YEAR}-02-29)"


def day_in(column: nw.Expr, *, with_clock: bool) -> nw.Expr:
    """Return the day in each value as text; null where none can be read."""
    if not with_clock:
        return nw.when(column.str.contains(f"^{_REAL_DAY}$")).then(column)
    shaped = column.str.contains(f"^{_REAL_DAY}(?:{_CLOCK}|$)")
    return nw.when(shaped).then(column.str.slice(0, _WIDTH))


def read_day(value: str | None, *, with_clock: bool) -> str | None:
    """Return the day in one value as ``day_in`` reads it."""
    if value is None:
        return None
    if with_clock and re.match(f"{_REAL_DAY}{_CLOCK}", value):
        return value[:_WIDTH]
    return value if re.fullmatch(_REAL_DAY, value) else None


def shift_day(day: str | None, days: int) -> str | None:
    """Return the day so many days later; None beyond the calendar's end."""
    if day is None:
        return None
    try:
        return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
    except OverflowError:
        return None


def shift_years(day: str | None, years: int) -> str | None:
    """Return the text of the same day so many years earlier, which need not be a real day.

    None where that lies before the calendar's first year.
    """
    if day is None or int(day[:4]) <= years:
        return None
    return f"{int(day[:4]) - years:04}{day[4:]}"
