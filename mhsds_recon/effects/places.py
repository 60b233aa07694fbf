"""A submitted row's place among the rows of all months, as one whole number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.validation import Validation

    Frame = nw.DataFrame[Any]
    Places = Mapping[str, Frame]

__all__ = ["Frame", "Places", "merge", "month_of", "place_in", "rows_between", "rows_in", "without"]

# More rows than a table of one month has.
_ROWS_IN_A_MONTH = 2**32


def place_in(month: nw.Expr | int, row_number: nw.Expr) -> nw.Expr:
    """Return places from the numbers of months and of rows."""
    return row_number + month * _ROWS_IN_A_MONTH


def rows_in(period: ReportingPeriod) -> nw.Expr:
    """Return ``row_number`` of one month's rows as places."""
    return place_in(period.number, nw.col(ROW_NUMBER)).alias(ROW_NUMBER)


def month_of(validation: Validation) -> ReportingPeriod:
    """Return the month that was validated.

    Raises:
        ExtractError: The dates of its header cannot be read.
    """
    extract = validation.extract
    if extract.period is None:
        message = (
            f"The reporting period of '{extract.name}' cannot be read from its header, so its rows"
            " cannot be put in a month. Correct the header."
        )
        raise ExtractError(message)
    return extract.period


def rows_between(places: Frame, months: Sequence[ReportingPeriod]) -> int:
    """Return how many rows lie in consecutive months, which are given earliest first."""
    first, end = (month.number * _ROWS_IN_A_MONTH for month in (months[0], months[-1].back(-1)))
    return len(places.filter(nw.col(ROW_NUMBER).is_between(first, end, closed="left")))


def merge(several: Iterable[Places]) -> dict[str, Frame]:
    """Return the places by table that are in any of several, each once."""
    frames: dict[str, list[Frame]] = {}
    for places in several:
        for table, rows in places.items():
            if not rows.is_empty():
                frames.setdefault(table, []).append(rows.select(ROW_NUMBER))
    return {table: nw.concat(rows).unique() for table, rows in frames.items()}


def without(places: Places, dropped: Places) -> dict[str, Frame]:
    """Return the places by table that are not among others."""
    left = {
        table: rows.join(dropped[table], on=ROW_NUMBER, how="anti") if table in dropped else rows
        for table, rows in places.items()
    }
    return {table: rows for table, rows in left.items() if not rows.is_empty()}
