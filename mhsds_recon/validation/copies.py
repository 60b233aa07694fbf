"""Rules that no two rows of a table may be alike, in two passes.

The first pass finds the few keys that occur more than once; the second finds their rows, and
only in tables that have such keys. Counting over a window of the whole table costs far more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.validation.kinds import is_blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard.checks import Unique

__all__ = ["find_copies"]

_COPIES, _WHOLE_TABLE = "copies", "whole_table"


def find_copies(
    extract: Extract, checks: Mapping[str, tuple[str, Unique]]
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` of every row that has a copy, for each check that finds any.

    Args:
        extract: The tables to look at.
        checks: Table and check, by the name under which its rows are to be returned.
    """
    compared = {
        name: _compared(extract.tables[table], check) for name, (table, check) in checks.items()
    }
    plans = [_repeated_keys(compared[name], check) for name, (_, check) in checks.items()]
    repeated = extract.engine.collect(plans)
    shared = {name: _without_blanks(keys) for name, keys in zip(checks, repeated, strict=True)}
    found = [name for name in checks if not shared[name].is_empty()]
    copies = extract.engine.collect(
        [
            compared[name]
            .join(extract.engine.scan(shared[name].lazy()), on=shared[name].columns, how="semi")
            .select(ROW_NUMBER)
            for name in found
        ]
    )
    return {
        name: nw.from_native(rows, eager_only=True)
        for name, rows in zip(found, copies, strict=True)
    }


def _compared(rows: nw.LazyFrame[Any], check: Unique) -> nw.LazyFrame[Any]:
    """Return row number and key of the rows that the check compares with each other."""
    if check.where_blank is not None:
        rows = rows.filter(is_blank(check.where_blank))
    if not check.elements:
        return rows.select(ROW_NUMBER, nw.lit("all").alias(_WHOLE_TABLE))
    return rows.select(ROW_NUMBER, *check.elements)


def _repeated_keys(compared: nw.LazyFrame[Any], check: Unique) -> nw.LazyFrame[Any]:
    """Return the plan for the keys that more than one row has."""
    keys = list(check.elements or (_WHOLE_TABLE,))
    counted = compared.group_by(keys).agg(nw.len().alias(_COPIES))
    return counted.filter(nw.col(_COPIES) > 1).select(keys)


def _without_blanks(keys: pl.DataFrame) -> pl.DataFrame:
    """Return the keys no part of which is blank."""
    if keys.is_empty():
        return keys
    rows = nw.from_native(keys, eager_only=True)
    blank = nw.any_horizontal(*map(is_blank, rows.columns), ignore_nulls=True)
    return rows.filter(~blank).to_native()
