"""Naming the line of a published file that cannot be used, once something is known to be wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mhsds_recon.errors import PublishedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mhsds_recon.published.opening import PublishedCsv

__all__ = ["malformed", "refuse_short_rows", "unreadable"]

_SHORT = 5
_DATE_LIKE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")


def refuse_short_rows(file: PublishedCsv, row_numbers: Collection[int]) -> None:
    """Look again at rows whose last value is blank: it may be missing.

    Raises:
        PublishedError: One of them has fewer values than the header has columns.
    """
    wanted = frozenset(row_numbers)
    if not wanted:
        return
    for number, (line, row) in enumerate(file.records(), start=1):
        if number in wanted and len(row) != len(file.columns):
            raise _ragged(file, line, row)


def unreadable(
    file: PublishedCsv, problem: Mapping[str, Any], expected: Mapping[str, str], problems: int
) -> PublishedError:
    """Return the error for the first of some problems.

    Args:
        file: The file.
        problem: Its row_number, column and value.
        expected: What each column should hold.
        problems: How many rows have one.
    """
    column, value = problem["column"], problem["value"]
    records = enumerate(file.records(), start=1)
    line, row = next(record for number, record in records if number == problem["row_number"])
    if len(row) != len(file.columns):
        return _ragged(file, line, row)
    more = f" Rows with such a problem: {problems}." if problems > 1 else ""
    return PublishedError(
        f"'{file.name}', line {line}: {column} is {_quoted(value.strip())}, expected"
        f" {expected[column]}.{more} Download the file again or put the value right."
    )


def _quoted(value: str) -> str:
    """Return a value as messages may repeat it: nothing that could point to a patient."""
    is_plain = len(value) <= _SHORT or _DATE_LIKE.fullmatch(value)
    return f"'{value}'" if is_plain else f"text of {len(value)} characters"


def malformed(file: PublishedCsv) -> PublishedError:
    """Return the error for a file that cannot be split into rows and columns."""
    for line, row in file.records():
        if row and len(row) != len(file.columns):
            return _ragged(file, line, row)
    for line, text in enumerate(file.content.splitlines(), start=1):
        if text.count(b'"') % 2:
            return PublishedError(
                f"'{file.name}', line {line}: a quotation mark is out of place. Put the line right"
                " or download the file again."
            )
    return PublishedError(f"'{file.name}' cannot be read as CSV. Download it again.")


def _ragged(file: PublishedCsv, line: int, row: list[str]) -> PublishedError:
    return PublishedError(
        f"'{file.name}', line {line}: values found {len(row)}, columns in the header"
        f" {len(file.columns)}. The file is cut short, or a value with a comma lacks its quotation"
        " marks; download it again."
    )
