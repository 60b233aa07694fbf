"""The figures of a walk at every stage, as one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.reconciliation import JOIN_KEY
from mhsds_recon.standard.publication import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.causes.given import Stage
    from mhsds_recon.measures import Figures
    from mhsds_recon.reconciliation import Reconciliation

__all__ = ["STAGE_COLUMNS", "stages_frame"]

STAGE_COLUMNS = ("provider", *JOIN_KEY, "measure_name", "stage", "exact", "shown")
_PLACE = "place"


def stages_frame(counted: Mapping[Stage, Figures], compared: Reconciliation) -> pl.DataFrame:
    """Return the figures of the measures that differ at each stage, in order.

    Args:
        counted: The figures of those measures at the stages before publication.
        compared: The published figures.

    Returns:
        ``STAGE_COLUMNS``: exact is null for published figures, shown is a figure as disclosure
        control lets it be seen.
    """
    parts = [
        nw.from_native(figures.frame)
        .filter(~nw.col("breakdown").str.starts_with(ENGLAND))
        .select(
            *JOIN_KEY,
            "measure_name",
            exact="exact_value",
            shown="measure_value",
            stage=nw.lit(stage),
            place=nw.lit(place, dtype=nw.Int64),
        )
        for place, (stage, figures) in enumerate(counted.items())
    ]
    measures = [name for part in parts for name in part.get_column("measure_id").unique()]
    published = (
        nw.from_native(compared.frame)
        .filter(nw.col("measure_id").is_in(measures), ~nw.col("published").is_null())
        .select(
            *JOIN_KEY,
            "measure_name",
            exact=nw.lit(None, dtype=nw.Float64),
            shown="published",
            stage=nw.lit("published"),
            place=nw.lit(len(parts), dtype=nw.Int64),
        )
    )
    rows = nw.concat([*parts, published]).with_columns(provider=nw.lit(compared.provider))
    ordered: pl.DataFrame = (
        rows.sort("measure_id", *JOIN_KEY, _PLACE).select(STAGE_COLUMNS).to_native()
    )
    return ordered
