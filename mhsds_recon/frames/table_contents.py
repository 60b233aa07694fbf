"""What a table of a database holds, whatever order it comes in: forms, row numbers, its hash.

A database keeps no order of rows, and an Access file changes whenever it is opened. So the rows
are put in the order of their values before they are numbered and hashed: the same content gives
the same numbers and the same hash on every day and from every kind of database.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames.extract import ROW_NUMBER, InputFile

if TYPE_CHECKING:
    from mhsds_recon.standard import Table

__all__ = ["by_content"]

_ROWS_AT_ONCE = 50_000
_NO_TIME = "^([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00$"
_NO_DAY = "^(?:1899-12-30|1900-01-01)T"


def by_content(frame: pl.DataFrame, table: Table) -> tuple[pl.LazyFrame, InputFile]:
    """Return a table's rows in the order of their values, numbered, and what was read.

    Empty texts become null, as in a file. Databases often keep a day as a point of time, and a
    time as one of their first day: those parts are taken away where the element has none.

    Args:
        frame: Text columns; row order and column order mean nothing.
        table: What the standard says of it.

    Returns:
        The frame with ``row_number`` (Int64, from 1), and an ``InputFile`` whose hash is that of
        the rows as CSV: columns in the order of their names, names in small letters, every
        value in quotation marks. Columns that are no elements count by their names only.

    Raises:
        ExtractError: Two columns differ in case only.
    """
    columns = sorted(frame.columns, key=str.lower)
    twice = [one for one, two in pairwise(columns) if _same(one, two)]
    if twice:
        message = (
            f"{table.name} has the column '{twice[0]}' twice (case does not tell columns apart)."
        )
        raise ExtractError(message)
    parts = _superfluous_parts(table)
    unknown = [column for column in columns if column.lower() not in parts]
    ordered = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in unknown).select(
        _plain(column, *parts.get(column.lower(), ("", ""))) for column in columns
    )
    if columns:
        ordered = ordered.sort(columns)
    digest, size = hashlib.sha256(), 0
    header = pl.DataFrame(schema=[column.lower() for column in columns])
    for part in (header, *ordered.iter_slices(_ROWS_AT_ONCE)):
        is_header = part is header
        text = part.write_csv(include_header=is_header, quote_style="always", line_terminator="\n")
        digest.update(text.encode())
        size += len(text.encode())
    numbered = ordered.with_row_index(ROW_NUMBER, offset=1).cast({ROW_NUMBER: pl.Int64})
    read = InputFile(name=table.name, sha256=digest.hexdigest(), size=size, rows=ordered.height)
    return numbered.lazy(), read


def _same(one: str, two: str) -> bool:
    return one.lower() == two.lower()


def _superfluous_parts(table: Table) -> dict[str, tuple[str, str]]:
    """Return, by element in small letters, what a database adds and what is to stay of it."""
    forms = {"date": (_NO_TIME, "$1"), "time": (_NO_DAY, "")}
    return {
        each.lower(): forms.get(element.stored_as, ("", ""))
        for element in table.elements
        for each in (element.name, *element.also_named)
    }


def _plain(column: str, superfluous: str, stays: str) -> pl.Expr:
    text = pl.col(column)
    if superfluous:
        text = text.str.replace(superfluous, stays)
    return pl.when(text != "").then(text).alias(column)
