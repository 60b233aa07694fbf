"""Explaining differences: counting again, with one cause taken out at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames.engine import PolarsEngine
from mhsds_recon.reconciliation.comparing import JOIN_KEY, distance, same_figure
from mhsds_recon.reconciliation.result import (
    KEY_COLUMNS,
    RECONCILIATION_COLUMNS,
    VARIANCE_COLUMNS,
    Reconciliation,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["explain"]


def explain(reconciliation: Reconciliation, steps: Sequence[Step]) -> Reconciliation:
    """Return the reconciliation with its differences explained, as far as the steps go.

    Args:
        reconciliation: The result of ``compare`` for the figures before any step.
        steps: Causes in their order. The size of each is the local exact value before it less
            that after it; where causes overlap, the order decides which gets the shared part.

    Returns:
        For each figure that differs: ``differs_explained`` where the value after all steps would
        be published as the published figure is, ``differs_part_explained`` where it lies nearer
        to what that allows, else ``differs_unexplained``; ``explained``, ``residual`` and the
        variance walk. Other figures are left as they are.
    """
    if not steps:
        return reconciliation
    rows = nw.from_native(reconciliation.frame.lazy()).with_columns(
        after=nw.col("local_exact"), after_published=nw.col("local_published")
    )
    walk: list[nw.LazyFrame[Any]] = []
    for place, step in enumerate(steps):
        rows = _take(rows, step)
        walk.append(_sizes(rows, step).with_columns(place=nw.lit(place)))
    variance = nw.concat(walk).sort("measure_id", *JOIN_KEY, "place").drop("place")
    frame = _with_result(rows).sort("measure_id", *KEY_COLUMNS)
    collected = PolarsEngine().collect([frame, variance])
    return replace(reconciliation, frame=collected[0], variance=collected[1])


def _take(rows: nw.LazyFrame[Any], step: Step) -> nw.LazyFrame[Any]:
    after = nw.from_native(step.figures_after.frame.lazy()).select(
        *JOIN_KEY, next="exact_value", next_published="measure_value"
    )
    return (
        rows.with_columns(before=nw.col("after"))
        .drop("after", "after_published")
        .join(after, on=list(JOIN_KEY), how="left")
        .rename({"next": "after", "next_published": "after_published"})
    )


def _differs() -> nw.Expr:
    return nw.col("result").str.starts_with("differs")


def _sizes(rows: nw.LazyFrame[Any], step: Step) -> nw.LazyFrame[Any]:
    size = nw.col("before") - nw.col("after")
    higher, lower = nw.lit("local_higher"), nw.lit("local_lower")
    return (
        rows.filter(_differs() & (size != 0))
        .with_columns(
            cause_id=nw.lit(step.cause_id),
            direction=nw.when(size > 0).then(higher).otherwise(lower),
            size=size,
            evidence=nw.lit("measured"),
            rows=_by_measure(step.rows, nw.Int64()),
            rules=_by_measure(step.rules, nw.String()),
        )
        .select(VARIANCE_COLUMNS)
    )


def _by_measure(values: Mapping[str, Any], dtype: nw.dtypes.DType) -> nw.Expr:
    if not values:
        return nw.lit(None, dtype)
    return nw.col("measure_id").replace_strict(
        list(values), list(values.values()), default=None, return_dtype=dtype
    )


def _with_result(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    left = nw.when(same_figure(nw.col("after_published"), nw.col("published")))
    residual = left.then(nw.lit(0.0)).otherwise(distance(nw.col("after")))
    at_first = distance(nw.col("local_exact"))
    result = (
        left.then(nw.lit("differs_explained"))
        .when((residual.abs() < at_first.abs()).fill_null(value=False))
        .then(nw.lit("differs_part_explained"))
        .otherwise(nw.lit("differs_unexplained"))
    )
    explained = (nw.col("local_exact") - nw.col("after")).fill_null(0.0)
    return rows.with_columns(
        nw.when(_differs()).then(result).otherwise(nw.col("result")).alias("result"),
        nw.when(_differs()).then(explained).otherwise(nw.col("explained")).alias("explained"),
        nw.when(_differs()).then(residual).otherwise(nw.col("residual")).alias("residual"),
    ).select(RECONCILIATION_COLUMNS)
