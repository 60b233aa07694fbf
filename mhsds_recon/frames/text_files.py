"""Taking the rows that are wanted from one large CSV, without holding all of it as a frame."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from mhsds_recon.frames.extract import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NUMBER", "MalformedCsvError", "filter_text_csv", "read_numbers"]

NUMBER = r"-?[0-9]*\.?[0-9]+"
"""A whole or decimal number, as a regular expression without anchors."""

_KEPT = "is kept"


class MalformedCsvError(ValueError):
    """A row has too many values, or a quotation mark is out of place; the line is not known."""


def filter_text_csv(
    content: bytes,
    *,
    columns: Sequence[str],
    keep: nw.Expr,
    dates: Mapping[str, str] = MappingProxyType({}),
) -> pl.DataFrame:
    """Return the rows of a CSV for which an expression holds, every column as text.

    The rows stream past the expression: only those kept are held.

    Args:
        content: UTF-8 text, with or without a byte-order mark; its first line is passed over.
        columns: Names for its columns, in the order of the file.
        keep: True for the rows that are wanted.
        dates: Forms by column, such as ``%d/%m/%Y``; a row without a real date of that form is
            kept too. Cheaper than a regular expression: dates repeat, and polars remembers them.

    Returns:
        The columns, no value null (a missing or blank one is an empty text), and ``row_number``:
        Int64, 1 for the first row after the header, counting blank lines. In order of the file.

    Raises:
        MalformedCsvError: The content cannot be split into rows and columns. A row that is too
            short is not noticed: its last values come back empty.
    """
    scanned = pl.scan_csv(
        content,
        has_header=False,
        skip_rows=1,
        schema=dict.fromkeys(columns, pl.String),
        empty_string_is_null=False,
        row_index_name=ROW_NUMBER,
        row_index_offset=1,
        missing_columns="insert",
        glob=False,
    )
    judged = nw.from_native(scanned).with_columns(keep.alias(_KEPT)).to_native()
    no_date = (
        pl.col(column).str.to_date(form, strict=False).is_null() for column, form in dates.items()
    )
    kept = judged.filter(pl.any_horizontal(_KEPT, *no_date)).drop(_KEPT)
    try:
        return kept.cast({ROW_NUMBER: pl.Int64}).collect(engine="streaming")
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError) as error:
        raise MalformedCsvError from error


def read_numbers(text: nw.Expr) -> nw.Expr:
    """Return text such as ``10``, ``-0.5`` or ``.25`` as Float64, null for any other text."""
    return nw.when(text.str.contains(f"^{NUMBER}$")).then(text).cast(nw.Float64)
