"""How each kind of filter is carried out: an expression that is true where a row passes."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, assert_never

import narwhals as nw

from mhsds_recon.standard.measures import (
    AtLeast,
    Between,
    BlankOrInPeriodOrLater,
    Filter,
    InPeriod,
    IsBlank,
    IsFalse,
    IsFilled,
    IsTrue,
    NotBefore,
    NotOneOf,
    OneOf,
    OpenAtEnd,
    SubmittedInPeriod,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["columns_of", "passes", "passes_all"]


def passes(  # noqa: C901, PLR0911, PLR0912  one return per kind
    condition: Filter, window: Sequence[ReportingPeriod]
) -> nw.Expr:
    """Return whether a row passes; null counts as not passing.

    Args:
        condition: The filter.
        window: The months counted, earliest first.
    """
    match condition:
        case OneOf(column=column, codes=codes):
            return nw.col(column).is_in(codes)
        case NotOneOf(column=column, codes=codes):
            return ~nw.col(column).is_in(codes).fill_null(value=False)
        case Between(column=column, lowest=lowest, highest=highest):
            return nw.col(column).is_between(lowest, highest)
        case AtLeast(column=column, lowest=lowest):
            return nw.col(column) >= lowest
        case NotBefore(column=column, day=day):
            return nw.col(column) >= day
        case InPeriod(column=column):
            return nw.col(column).is_between(window[0].start, window[-1].end)
        case BlankOrInPeriodOrLater(column=column):
            return nw.col(column).is_null() | (nw.col(column) >= window[0].start)
        case OpenAtEnd(column=column):
            return nw.col(column).is_null() | (nw.col(column) > window[-1].end)
        case SubmittedInPeriod():
            return nw.col("UniqMonthID").is_between(window[0].number, window[-1].number)
        case IsTrue(column=column):
            return nw.col(column)
        case IsFalse(column=column):
            return ~nw.col(column)
        case IsBlank(column=column):
            return nw.col(column).is_null()
        case IsFilled(column=column):
            return ~nw.col(column).is_null()
        case _:
            assert_never(condition)


def passes_all(conditions: Sequence[Filter], window: Sequence[ReportingPeriod]) -> nw.Expr:
    """Return whether a row passes every filter."""
    always = nw.lit(value=True)
    return reduce(and_, (passes(condition, window) for condition in conditions), always)


def columns_of(condition: Filter) -> str:
    """Return the column that a filter looks at."""
    return "UniqMonthID" if isinstance(condition, SubmittedInPeriod) else condition.column
