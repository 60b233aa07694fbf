"""Which row counts where several of one submission, or of several, are about the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["last_submitted"]

_ROWS_OF_A_TABLE = 2**32


def last_submitted(
    submissions: Submissions, rows: nw.LazyFrame[Any], *keys: str
) -> nw.LazyFrame[Any]:
    """Return of the rows that share keys those of the row that was submitted last.

    With the month among the keys this makes rows fit to be looked up by them: however many rows
    of a submission share a key, one stands for all, so that a join never multiplies.

    Args:
        submissions: Of one provider.
        rows: Rows made from those of one table, with UniqMonthID and row_number.
        keys: The columns that tell what a row is about.

    Returns:
        The rows made from the last submitted row (by UniqMonthID, then row_number) of each
        combination of keys.
    """
    # One whole number instead of two to sort by: the last row is found without sorting.
    place = nw.col("UniqMonthID") * _ROWS_OF_A_TABLE + nw.col(ROW_NUMBER)
    placed = submissions.engine.share(rows.with_columns(place.alias("place")))
    last = placed.group_by(*keys).agg(nw.col("place").max())
    return placed.join(last.select("place"), on="place", how="semi").drop("place")
