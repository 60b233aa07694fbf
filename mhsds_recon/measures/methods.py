"""How each counting method is carried out: expressions that aggregate the rows of a level."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, assert_never

import narwhals as nw

from mhsds_recon.standard.measures import (
    Distinct,
    Mean,
    Percentile,
    Quality,
    Rows,
    Share,
    Sum,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.standard.measures import Counting

    Method = Distinct | Rows | Sum | Mean | Percentile | Quality

__all__ = [
    "ALL_ROWS",
    "aggregates",
    "columns_of_method",
    "distinct",
    "is_amount",
    "is_count",
    "rounded",
    "share",
]

ALL_ROWS = ""
"""The part of a quality measure that is all its rows; other parts are its levels."""


def aggregates(method: Method, passes: nw.Expr | None) -> Iterator[tuple[str, nw.Expr]]:
    """Yield the parts of a method's value with what works each out.

    Methods have one part, named ``ALL_ROWS``, that is null where no row passes for all but
    ``distinct`` and ``rows``; ``quality`` has one for each level besides.

    Args:
        method: The counting method.
        passes: Whether a row passes the method's filters; None where all do.
    """
    match method:
        case Distinct(key=key):
            yield ALL_ROWS, distinct(key, passes)
        case Rows():
            yield ALL_ROWS, _how_many(passes)
        case Sum(column=column):
            taken = _taken(column, passes)
            # A mean is null where there is nothing, a sum is not.
            yield ALL_ROWS, taken.sum() + 0 * taken.mean()
        case Mean(column=column):
            yield ALL_ROWS, _taken(column, passes).mean()
        case Percentile(column=column, at=at):
            taken = _taken(column, passes)
            yield ALL_ROWS, taken.quantile(at, interpolation="linear")
        case Quality(result=result, levels=levels):
            yield ALL_ROWS, _how_many(passes)
            for level in levels:
                has_result = nw.col(result) == level
                yield level, _how_many(has_result if passes is None else passes & has_result)
        case _:
            assert_never(method)


def columns_of_method(method: Method) -> tuple[str, ...]:
    """Return the columns that a method looks at besides those of its filters."""
    match method:
        case Distinct(key=key):
            return (key,)
        case Rows():
            return ()
        case Sum(column=column) | Mean(column=column) | Percentile(column=column):
            return (column,)
        case Quality(result=result):
            return (result,)
        case _:
            assert_never(method)


def distinct(key: str, passes: nw.Expr | None) -> nw.Expr:
    """Return how many different values of a column there are in the rows that pass."""
    taken = _taken(key, passes)
    # n_unique counts null as a value, so it is taken off.
    return taken.n_unique().cast(nw.Int64) - taken.is_null().any().cast(nw.Int64)


def _taken(column: str, passes: nw.Expr | None) -> nw.Expr:
    return nw.col(column) if passes is None else nw.when(passes).then(nw.col(column))


def _how_many(passes: nw.Expr | None) -> nw.Expr:
    if passes is None:
        return nw.len().cast(nw.Int64)
    return passes.fill_null(value=False).cast(nw.Int64).sum()


def is_count(method: Counting) -> bool:
    """Return whether a method counts, so that its nought means that there was nothing."""
    return isinstance(method, Distinct | Rows)


def is_amount(method: Counting) -> bool:
    """Return whether a method counts or adds up, so that its values can be subtracted."""
    return isinstance(method, Distinct | Rows | Sum)


def share(numerator: float | None, denominator: float | None) -> float | None:
    """Return one number as a percentage of another, None where it has none."""
    if numerator is None or not denominator:
        return None
    # In this order, as in the national code: 100 * 29 / 200 is 14.5 and 29 / 200 * 100 is less.
    return numerator / denominator * 100


def rounded(value: float | None, method: Counting) -> float | None:
    """Return a value to the decimals that its method says, a half away from zero."""
    decimals = method.decimals if isinstance(method, Mean | Percentile | Share) else None
    if value is None or decimals is None:
        return value
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(value)).quantize(step, rounding=ROUND_HALF_UP))
