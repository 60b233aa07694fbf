"""Explaining differences: what the steps account for, and how the bridge ends."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames.engine import PolarsEngine
from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.measures.disclosure import control
from mhsds_recon.reconciliation.comparing import ENOUGH, JOIN_KEY, distance, same_figure
from mhsds_recon.reconciliation.result import (
    KEY_COLUMNS,
    RECONCILIATION_COLUMNS,
    VARIANCE_COLUMNS,
    VARIANCE_TYPES,
    Reconciliation,
    Step,
)
from mhsds_recon.standard.publication import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.measures import Figures

__all__ = ["explain"]

_ROUNDING, _SUPPRESSION, _PERCENTAGE = "VC53", "VC54", "VC55"
_KEY_TYPES = {name: nw.Date() if "period" in name else nw.String() for name in JOIN_KEY}
_TO_PUBLISHED = "to published"


def explain(
    reconciliation: Reconciliation, steps: Sequence[Step], figures_after: Figures
) -> Reconciliation:
    """Return the reconciliation with its differences explained, as far as the steps go.

    Args:
        reconciliation: The result of ``compare`` for the figures before any step.
        steps: Causes in their order. Where causes overlap, the order decides which gets the
            shared part; steps that are not measured have no size.
        figures_after: The figures at the last stage before publication, with the counts that
            disclosure control looks at.

    Returns:
        For each figure that differs: ``differs_explained`` where the value after all steps would
        be published as the published figure is, ``differs_part_explained`` where it lies nearer
        to what that allows, else ``differs_unexplained``; ``explained``, ``residual`` and the
        variance walk, which for an explained figure ends with its rounding or suppression. Other
        figures are left as they are.
    """
    walk = _walk(steps)
    taken = walk.group_by(JOIN_KEY).agg(
        taken=nw.col("size").sum(), measured=(~nw.col("size").is_null()).any()
    )
    counts = nw.from_native(figures_after.frame.lazy()).select(
        *JOIN_KEY, "numerator", "denominator", last="exact_value"
    )
    rows = (
        nw.from_native(reconciliation.frame.lazy())
        .join(taken, on=list(JOIN_KEY), how="left")
        .join(counts, on=list(JOIN_KEY), how="left")
    )
    judged = _judged(rows.with_columns(nw.col("taken").fill_null(0.0)))
    frame = judged.select(RECONCILIATION_COLUMNS).sort("measure_id", *KEY_COLUMNS)
    collected = PolarsEngine().collect([frame, _variance(judged, walk, len(steps))])
    return replace(reconciliation, frame=collected[0], variance=collected[1])


def _walk(steps: Sequence[Step]) -> nw.LazyFrame[Any]:
    schema = {**_KEY_TYPES, **VARIANCE_TYPES, "place": nw.Int64()}
    columns: dict[str, list[Any]] = {name: [] for name in schema}
    for place, step in enumerate(steps):
        values = {**dict(zip(JOIN_KEY, step.key, strict=True)), **asdict(step), "place": place}
        for name, column in columns.items():
            column.append(values.get(name))
    return nw.from_dict(columns, schema=schema, backend="polars").lazy()


def _differs() -> nw.Expr:
    return nw.col("result").str.starts_with("differs")


def _judged(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the value after all steps and what it would be published as; judge by these."""
    after = nw.coalesce(
        nw.col("local_exact") - nw.col("taken"), nw.when(nw.col("measured")).then(nw.col("last"))
    )
    shown = control(
        nw.col("after"),
        nw.col("numerator").fill_null(ENOUGH),
        nw.col("denominator").fill_null(ENOUGH),
        nw.col("disclosure"),
        nw.col("breakdown"),
    )
    arrives = same_figure(nw.col("shown"), nw.col("published"))
    residual = nw.when(arrives).then(nw.lit(0.0)).otherwise(distance(nw.col("after")))
    nearer = (residual.abs() < distance(nw.col("local_exact")).abs()).fill_null(value=False)
    closing = nw.when(arrives).then(nw.col("after") - read_numbers(nw.col("published")))
    result = (
        nw.when(arrives)
        .then(nw.lit("differs_explained"))
        .when(nearer)
        .then(nw.lit("differs_part_explained"))
        .otherwise(nw.lit("differs_unexplained"))
    )
    judged = rows.with_columns(after=after).with_columns(shown=shown)
    return judged.with_columns(
        nw.when(_differs()).then(result).otherwise(nw.col("result")).alias("result"),
        nw.when(_differs()).then(residual).otherwise(nw.col("residual")).alias("residual"),
        nw.when(_differs()).then(closing).alias("closing"),
        (_differs() & arrives & (nw.col("published") == SUPPRESSED)).alias("is_suppressed"),
    ).with_columns(
        nw.when(_differs())
        .then(nw.col("taken") + nw.col("closing").fill_null(0.0))
        .otherwise(nw.col("explained"))
        .alias("explained")
    )


def _variance(judged: nw.LazyFrame[Any], walk: nw.LazyFrame[Any], last: int) -> nw.LazyFrame[Any]:
    differing = judged.filter(_differs())
    of_figure = differing.select(*KEY_COLUMNS)
    steps = of_figure.join(walk, on=list(JOIN_KEY)).with_columns(
        nw.coalesce("direction", _direction()).alias("direction")
    )
    variance = nw.concat([steps.select(*VARIANCE_COLUMNS, "place"), *_ends(differing, last)])
    return variance.sort("measure_id", *JOIN_KEY, "place").drop("place")


def _ends(differing: nw.LazyFrame[Any], last: int) -> list[nw.LazyFrame[Any]]:
    """Return the last step of the figures that arrive at the published one: its disclosure."""
    is_share = ~nw.col("disclosure").str.ends_with("_count")
    rounded = nw.when(is_share).then(nw.lit(_PERCENTAGE)).otherwise(nw.lit(_ROUNDING))
    size = nw.col("closing")
    return [
        _end(differing.filter(size != 0), rounded, (size, size, size), "measured", last),
        _end(
            differing.filter(nw.col("is_suppressed")),
            nw.lit(_SUPPRESSION),
            (
                nw.lit(None, nw.Float64),
                nw.col("after") - nw.col("published_high"),
                nw.col("after") - nw.col("published_low"),
            ),
            "bounded",
            last,
        ),
    ]


def _end(
    rows: nw.LazyFrame[Any],
    cause: nw.Expr,
    sizes: tuple[nw.Expr, nw.Expr, nw.Expr],
    evidence: str,
    last: int,
) -> nw.LazyFrame[Any]:
    size, low, high = sizes
    given = {
        "cause_id": cause,
        "size": size,
        "evidence": nw.lit(evidence),
        "stage": nw.lit(_TO_PUBLISHED),
        "low": low,
        "high": high,
        "basis": nw.lit("disclosure control of the value that is left"),
    }
    blank = {name: nw.lit(None, dtype) for name, dtype in VARIANCE_TYPES.items()}
    ends = rows.with_columns(
        *(value.alias(name) for name, value in {**blank, **given}.items() if name != "direction"),
        nw.lit(last, dtype=nw.Int64).alias("place"),
    ).with_columns(_direction().alias("direction"))
    return ends.select(*VARIANCE_COLUMNS, "place")


def _direction() -> nw.Expr:
    """Return whose figure is the higher for it, by the size or by what bounds it."""
    is_higher = nw.coalesce("size", "high") > 0
    is_lower = nw.coalesce("size", "low") < 0
    higher, lower = nw.lit("local_higher"), nw.lit("local_lower")
    return nw.when(is_higher).then(higher).when(is_lower).then(lower)
