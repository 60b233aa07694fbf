"""Naming rows by their identifying elements, in collected frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.frames.extract import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["name_rows"]

_NOTHING = "{}"


def name_rows(rows: pl.DataFrame, elements: Sequence[str]) -> pl.DataFrame:
    """Return ``row_number`` and ``key``: a JSON object of the elements and their values."""
    key = pl.struct(elements).struct.json_encode() if elements else pl.lit(_NOTHING)
    return rows.select(ROW_NUMBER, key.alias("key"))
