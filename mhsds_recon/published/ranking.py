"""Which of several published rows for one key counts.

Final ranks before Performance before Provisional, then the higher version in the file's name.
An Adhoc row stands beside them: it counts only where none of them gives the figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.standard.publication import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["best", "rank"]

_VERSIONS = 1000
"""More than the versions that a file can come in."""


def rank(status: nw.Expr, file_version: nw.Expr) -> nw.Expr:
    """Return the rank of published rows as whole numbers, the highest for the row that counts.

    Args:
        status: One of the statuses of the publication.
        file_version: Such as ``v2``; empty for the first.
    """
    place = status.replace_strict(STATUSES, list(range(len(STATUSES))), return_dtype=nw.Int64)
    number = nw.when(file_version != "").then(file_version.str.slice(1)).cast(nw.Int64)
    return place * _VERSIONS + number.fill_null(0)


def best(rows: nw.DataFrame[Any], key: Sequence[str]) -> nw.DataFrame[Any]:
    """Return the rows of highest rank for each key; of equals, all.

    Args:
        rows: With ``status``, ``file_version`` and the columns of the key, none of them null.
        key: What identifies a figure.
    """
    ranked = rows.with_columns(rank=rank(nw.col("status"), nw.col("file_version")))
    highest = nw.col("rank") == nw.col("rank").max().over(*key)
    return ranked.filter(highest).drop("rank")
