"""One number for a submitted row, so that rows can be counted without long texts."""

from __future__ import annotations

import narwhals as nw

__all__ = ["row_key"]

_MORE_ROWS_THAN_A_TABLE_HAS = 10**9


def row_key(month: str, row_number: str, is_of_second_table: nw.Expr) -> nw.Expr:
    """Return a number that is different for every row of two tables in all months.

    Args:
        month: Name of the column of UniqMonthID.
        row_number: Name of the column of row numbers; the key is null where it is.
        is_of_second_table: Which of the two tables the row is of.
    """
    of_month = nw.col(month) * _MORE_ROWS_THAN_A_TABLE_HAS + nw.col(row_number)
    return of_month * 2 + is_of_second_table.cast(nw.Int64)
