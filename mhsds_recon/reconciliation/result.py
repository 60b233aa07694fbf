"""A reconciliation as a value: every figure beside the published one, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.standard.publication import RESULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.frames.extract import InputFile
    from mhsds_recon.measures import Figures
    from mhsds_recon.standard import ReportingPeriod

__all__ = [
    "KEY_COLUMNS",
    "RECONCILIATION_COLUMNS",
    "VARIANCE_COLUMNS",
    "Reconciliation",
    "Step",
]

KEY_COLUMNS = (
    "provider",
    "reporting_period_start",
    "reporting_period_end",
    "status",
    "file_version",
    "breakdown",
    "primary_level",
    "secondary_level",
    "measure_id",
)
"""What identifies a row of a reconciliation, and of its variance walk."""

RECONCILIATION_COLUMNS = (
    *KEY_COLUMNS,
    "measure_name",
    "local_exact",
    "local_published",
    "published",
    "published_low",
    "published_high",
    "result",
    "gap_low",
    "gap_high",
    "explained",
    "residual",
    "primary_level_description",
    "secondary_level_description",
    "further_levels",
    "disclosure",
    "file",
)

VARIANCE_COLUMNS = (
    *KEY_COLUMNS,
    "cause_id",
    "direction",
    "size",
    "evidence",
    "rows",
    "rules",
)

_SHOWN = (
    "measure_id",
    "measure_name",
    "breakdown",
    "primary_level",
    "secondary_level",
    "local_published",
    "published",
    "result",
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One cause of difference, measured by counting again without it.

    Attributes:
        cause_id: The cause, such as ``VC01``.
        figures_after: The figures once this cause and those before it are taken out.
        rows: By measure id, how many submitted rows the cause concerns.
        rules: By measure id, the rules behind it in words, such as ``MHS10120: 12 rows``.
    """

    cause_id: str
    figures_after: Figures
    rows: Mapping[str, int]
    rules: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Local figures of one provider and period beside the published ones.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per figure that either side has below England level, with
            ``RECONCILIATION_COLUMNS``. ``gap_low`` to ``gap_high`` is how far the local exact
            value lies above the published figure, given every exact value that one allows;
            ``explained`` is what the steps account for; ``residual`` how far the value after
            all steps lies outside what the published figure allows (0 inside). Numbers that
            cannot be known are null.
        variance: One row per differing figure and step with a size, in order of the steps,
            with ``VARIANCE_COLUMNS``; the sizes of a figure add up to its ``explained``.
        files: The published files that were read.
        superseded: Published rows set aside for a better file's.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    variance: pl.DataFrame = field(repr=False)
    files: tuple[InputFile, ...] = ()
    superseded: int = 0

    def counts(self) -> pl.DataFrame:
        """Return how many figures came to each result that occurs: result, rows."""
        order = nw.col("result").replace_strict(
            RESULTS, list(range(len(RESULTS))), return_dtype=nw.Int64
        )
        counted = nw.from_native(self.frame).group_by("result").agg(rows=nw.len().cast(nw.Int64))
        return counted.with_columns(place=order).sort("place").drop("place").to_native()

    def _repr_html_(self) -> str:
        """Show what may be published: no exact value, and no gap that would give one away."""
        html: str = nw.from_native(self.frame).select(_SHOWN).to_native()._repr_html_()
        return html
