"""What a query may say: one SELECT, with bound parameters only.

A second line of defence: the connection itself cannot write. So what is not surely harmless is
refused, even where a database would not mind.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from mhsds_recon.errors import near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["PARAMETERS", "bound", "parameters", "statement_problems"]

PARAMETERS = {
    "period_start": "first day of the reporting period",
    "period_end": "last day of the reporting period",
    "quarter_start": "first day of the three months that end with the period",
    "year_start": "first day of the twelve months that end with the period",
    "financial_year_start": "first of April on or before the period",
    "period_number": "the national number of the month (1489 is April 2024)",
    "provider": "code of the provider",
}
"""What a query may name with a colon before it, such as ``:period_start``."""

_NO_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]", re.DOTALL
)
_FORBIDDEN = re.compile(
    r"\b(?:insert|update|delete|merge|into|create|drop|alter|"
    r"truncate|exec|execute|call|grant|revoke|deny|commit|"
    r"rollback|begin|savepoint|set|use|declare|copy|vacuum|"
    r"attach|detach|pragma|backup|restore|kill|shutdown|"
    r"waitfor|dbcc|openrowset|openquery|opendatasource|go)\b",
    re.IGNORECASE,
)
_TYPES: dict[str, Any] = {"period_number": sa.Integer(), "provider": sa.Unicode()}
_APRIL = 4


def statement_problems(sql: str) -> Iterator[str]:
    """Yield why a text is not one SELECT with known parameters; nothing where it is."""
    code = _NO_CODE.sub(" ", sql).strip().removesuffix(";").strip()
    if ";" in code:
        yield "has more than one statement: a semicolon may only stand at the end."
    if not re.match(r"(?:select|with)\b", code, re.IGNORECASE):
        yield "is no query: it begins with SELECT, or WITH and a SELECT after it."
    if re.search(r"\\['\"]|/\*|\*/|['\"]", code) or "\\'" in sql:
        yield "has a quotation mark or comment that is not closed, or a backslash before a quote."
    changing = sorted({word.upper() for word in _FORBIDDEN.findall(code)})
    if changing:
        yield (
            f"has the word {', '.join(changing)}, which no reading query needs. Put a column of"
            " that name in double quotes."
        )
    for name in sorted(_named(sql) - PARAMETERS.keys()):
        yield (
            f"has the parameter :{name}, which there is not.{near_miss(name, PARAMETERS)}"
            f" Parameters: {', '.join(f':{known}' for known in PARAMETERS)}. A colon that is none"
            " has a backslash before it."
        )


def bound(sql: str) -> sa.TextClause:
    """Return a statement whose parameters have their types."""
    named = [sa.bindparam(name, type_=_TYPES.get(name, sa.Date())) for name in _named(sql)]
    return sa.text(sql).bindparams(*named)


def parameters(period: ReportingPeriod, provider: str) -> dict[str, dt.date | int | str]:
    """Return the value of every parameter for a reporting period."""
    april = period.year if period.month >= _APRIL else period.year - 1
    return {
        "period_start": period.start,
        "period_end": period.end,
        "quarter_start": period.window(3)[0].start,
        "year_start": period.window(12)[0].start,
        "financial_year_start": dt.date(april, _APRIL, 1),
        "period_number": period.number,
        "provider": provider,
    }


def _named(sql: str) -> set[str]:
    return set(sa.text(sql).compile().params)
