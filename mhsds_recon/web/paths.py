"""What handlers ask of a request: parts of its path, and what a form holds."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, TypeVar

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, PathParameter

__all__ = ["FORM", "Asked", "Code", "File", "Group", "Name", "Number", "Text", "day_of", "lines_of"]

T = TypeVar("T")
Asked = Request[Any, Any, Any]
Name = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Code = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9]{1,12}$")]
Group = Annotated[str, PathParameter(pattern=r"^[a-z_]{1,60}$")]
File = FromPath[str]
Text = FromQuery[str]
Number = Annotated[int, PathParameter(ge=1, le=1_000_000)]
FORM: Final = Body(media_type=RequestEncodingType.URL_ENCODED)


def day_of(day: str, month: str, year: str) -> dt.date | None:
    """Return the day that three fields hold, None where they are empty.

    Raises:
        ValueError: There is no such day.
    """
    typed = [each.strip() for each in (day, month, year)]
    if not any(typed):
        return None
    numbers = [int(each) for each in typed if each.isdecimal()]
    if len(numbers) < len(typed) or numbers[2] < dt.MINYEAR:
        raise ValueError(typed)
    return dt.date(numbers[2], numbers[1], numbers[0])


def lines_of(text: str) -> str:
    """Return a text with the ends of lines as we keep them; browsers send two characters."""
    return text.replace("\r\n", "\n")
