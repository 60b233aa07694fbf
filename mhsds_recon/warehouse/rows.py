"""What a query gave: counts in the published layout, or a refusal that quotes none of it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mhsds_recon.errors import WarehouseError, near_miss
from mhsds_recon.standard.nhs_numbers import holds_nhs_number

if TYPE_CHECKING:
    from mhsds_recon.warehouse.queries import Query

__all__ = ["COLUMNS", "MOST_ROWS", "Counted", "counted_rows"]

COLUMNS = {
    "measure_id": "the code of the measure, such as MHS95; needed unless the query names one",
    "value": "the exact count, percentage or median; needed",
    "breakdown": "as published, such as 'Provider; Age Group'",
    "primary_level": "as published; by default the provider's code",
    "primary_level_description": "by default the level itself",
    "secondary_level": "as published; by default NONE",
    "secondary_level_description": "by default the level itself",
    "measure_name": "by default that of the standard",
    "reporting_period_start": "by default that of the measure's published window",
    "numerator": "for percentages and medians: the count that they go with",
    "denominator": "for percentages: the count that they are of",
}
"""Columns that the result of a query may have, in any order and case, and what each holds."""

MOST_ROWS = 100_000
"""More rows than this are no counts of one provider and month."""

NUMBERS = ("value", "numerator", "denominator")
"""Columns that hold numbers."""

_LONGEST_TEXT = 500
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z_ ]{0,40}")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What one query counted: a list of values by column, ``COLUMNS`` only, blanks as None."""

    query: Query
    columns: dict[str, list[Any]]


def counted_rows(query: Query, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Counted:
    """Return the counts that a query gave.

    Raises:
        WarehouseError: A column is not of the layout or missing, a value is no number, there are
            more rows than counts have, or a cell holds an NHS number. No cell is quoted.
    """
    names = [name.strip().lower() for name in columns]
    problem = _problem_of_columns(query, names, columns) or _problem_of_size(rows)
    if problem:
        raise _refused(query, problem)
    by_column = dict(
        zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True)
    )
    for name, values in by_column.items():
        if any(holds_nhs_number(str(value)) for value in set(values)):
            problem = (
                f"column {name} holds an NHS number. A count has none: group the rows and count"
                " them in the query."
            )
            raise _refused(query, problem)
    return Counted(
        query=query,
        columns={name: _read(query, name, values) for name, values in by_column.items()},
    )


def _problem_of_columns(query: Query, names: list[str], given: Sequence[str]) -> str:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        shown = [name for name in given if _PLAIN_NAME.fullmatch(name)]
        named = [name for name in shown if name.lower() in unknown]
        what = f" ({', '.join(named)})" if named else ""
        near = near_miss(unknown[0], COLUMNS)
        return (
            f"gives columns that counts do not have: {len(unknown)}{what}.{near} Patient-level rows"
            f" are never read. Columns of counts: {', '.join(COLUMNS)}."
        )
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        return f"gives the column {twice[0]} twice."
    if "value" not in names:
        return "gives no column value: SELECT ... AS value."
    if "measure_id" not in names and query.measure_id is None:
        return "gives no column measure_id, and measure_id = is not set for it."
    return ""


def _problem_of_size(rows: Sequence[object]) -> str:
    if len(rows) <= MOST_ROWS:
        return ""
    return f"gives more than {MOST_ROWS} rows, which are no counts of one provider and month."


def _read(query: Query, name: str, values: Sequence[object]) -> list[Any]:
    read: Callable[[object], Any] = _text
    expected = f"text of at most {_LONGEST_TEXT} characters"
    if name in NUMBERS:
        read, expected = _number, "a number"
    elif name == "reporting_period_start":
        read, expected = _day, "a date"
    try:
        return [None if value is None or value == "" else read(value) for value in values]
    except (ValueError, TypeError, ArithmeticError):
        wrong = sum(_fails(read, value) for value in values)
        problem = f"column {name} should hold {expected}; values that are none: {wrong}."
        raise _refused(query, problem) from None


def _fails(read: Callable[[object], object], value: object) -> bool:
    try:
        return value not in {None, ""} and read(value) is None
    except (ValueError, TypeError, ArithmeticError):
        return True


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise TypeError
    number = float(value)
    if not math.isfinite(number) or number < 0:
        raise ValueError
    return number


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def _text(value: object) -> str | None:
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT:
        raise ValueError
    return text or None


def _refused(query: Query, problem: str) -> WarehouseError:
    return WarehouseError(f"Query '{query.name}': {problem}")
