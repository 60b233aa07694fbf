"""A reconciliation as a value: every figure beside the published one, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from mhsds_recon.standard.publication import RESULTS

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames.extract import InputFile
    from mhsds_recon.standard import ReportingPeriod

__all__ = [
    "KEY_COLUMNS",
    "RECONCILIATION_COLUMNS",
    "VARIANCE_COLUMNS",
    "VARIANCE_TYPES",
    "Evidence",
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
    "stage",
    "variation",
    "low",
    "high",
    "overlaps",
    "basis",
)

_NUMBERS = ("size", "low", "high")
VARIANCE_TYPES: dict[str, nw.dtypes.DType] = {
    name: nw.Float64() if name in _NUMBERS else nw.Int64() if name == "rows" else nw.String()
    for name in VARIANCE_COLUMNS
    if name not in KEY_COLUMNS
}

Evidence = Literal["measured", "bounded", "possible"]

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
    """One cause of one figure's difference, on the way from a stage to the next.

    Attributes:
        key: The figure, by the values of ``JOIN_KEY``.
        cause_id: The cause, such as ``VC01``.
        stage: The stages that it lies between, such as ``extract to accepted``.
        evidence: ``measured`` by counting again without it, ``bounded`` by such a recount, or
            ``possible``: nothing counted speaks for or against it.
        direction: Whose figure is the higher for it, where no number says so.
        size: The figure before it less that after it; None unless measured.
        low: The least that it can be, None where nobody knows.
        high: The most.
        rows: How many submitted rows it concerns.
        rules: The rules behind it in words, such as ``MHS10120: 12 rows``.
        variation: The variation of the measure that was recounted, where it is one.
        overlaps: Ids of causes that concern the same people, so that their order decides on sizes.
        basis: What the evidence is, in words.
    """

    key: tuple[Any, ...]
    cause_id: str
    stage: str
    evidence: Evidence
    direction: str | None = None
    size: float | None = None
    low: float | None = None
    high: float | None = None
    rows: int | None = None
    rules: str | None = None
    variation: str | None = None
    overlaps: str | None = None
    basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Local figures of one provider and period beside the published ones.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per figure that either side has below England level, with
            ``RECONCILIATION_COLUMNS``. ``gap_low`` to ``gap_high`` is how far the local exact
            value lies above the published figure, given every exact value that one allows;
            ``explained`` is what the measured steps account for; ``residual`` how far the value
            after all steps lies outside what the published figure allows (0 inside). Numbers
            that cannot be known are null.
        variance: One row per differing figure and step, in order of the steps, with
            ``VARIANCE_COLUMNS``; the sizes of a figure add up to its ``explained``.
        files: The published files that were read.
        superseded: Published rows set aside for a better file's.
        stages: Where the figures of measures that differ were looked at on their way, one row
            per figure and stage: what identifies a figure, measure_name, stage, exact and shown
            (through disclosure control). None where they were not.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    variance: pl.DataFrame = field(repr=False)
    files: tuple[InputFile, ...] = ()
    superseded: int = 0
    stages: pl.DataFrame | None = field(default=None, repr=False)

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
