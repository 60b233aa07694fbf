"""What the history keeps of a run, as a value: counts, figures and hashes, nothing of a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import narwhals as nw

from mhsds_recon.frames import sha256_of_files
from mhsds_recon.standard.publication import ENGLAND, NO_LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.frames import InputFile
    from mhsds_recon.measures import Figures
    from mhsds_recon.published import LocalCounts
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.validation import Validation

__all__ = ["LEVELS", "WINDOW", "RunFile", "RunRecord", "Stated"]

WINDOW = ("reporting_period_start", "reporting_period_end")
"""The days that a figure is about."""

LEVELS = ("measure_id", "breakdown", "primary_level", "secondary_level", "further_levels")
"""What tells the figures of one provider and window apart."""

_PUBLISHED = "published"
_STEP = ("cause_id", "direction", "size", "evidence", "rows", "rules")
_LATER = ("low", "high", "variation", "overlaps", "basis", "stage")
"""Columns that a walk may have."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What someone said of a submission.

    Attributes:
        number: Number of the entry in the chain.
        recorded_at: When it was added.
        kind: What sort of statement it is, such as ``decision`` or ``action``.
        provider: Code of the provider.
        period: The reporting period, ``YYYY-MM``.
        content: The statement as JSON.
    """

    number: int
    recorded_at: dt.datetime
    kind: str
    provider: str
    period: str
    content: str


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """Something that a run read or wrote.

    Attributes:
        role: ``extract``, ``reference``, ``counts``, ``published`` or ``output``.
        name: Its name, no folders.
        sha256: Its hash; of an extract, that of the names and hashes of its files.
        size: Bytes.
        rows: Rows, 0 where it has none.
    """

    role: str
    name: str
    sha256: str
    size: int = 0
    rows: int = 0

    @classmethod
    def of(cls, role: str, file: InputFile) -> Self:
        """Return one file that was read."""
        return cls(role=role, name=file.name, sha256=file.sha256, size=file.size, rows=file.rows)

    @classmethod
    def of_extract(cls, name: str, files: Sequence[InputFile]) -> Self:
        """Return an extract, which is several files, under one hash."""
        return cls(
            role="extract",
            name=name,
            sha256=sha256_of_files(files),
            size=sum(file.size for file in files),
            rows=sum(file.rows for file in files),
        )


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One use of a verb, as far as it is remembered.

    Attributes:
        verb: ``validate``, ``measures``, ``reconcile`` or ``pack``.
        provider: Code of the provider.
        period: The reporting period; None where the header does not tell it.
        software: Version of this software.
        standard: Version of the standard.
        files: What was read and written.
        figures: Local figures by stage.
        validation: Rows by rule and by table.
        reconciliation: Comparisons and the variance walk.
        stage: The stage of the local figures that were compared.
    """

    verb: str
    provider: str
    period: ReportingPeriod | None
    software: str
    standard: str
    files: tuple[RunFile, ...] = ()
    figures: Mapping[str, Figures | LocalCounts] = field(default_factory=dict, repr=False)
    validation: Validation | None = field(default=None, repr=False)
    reconciliation: Reconciliation | None = field(default=None, repr=False)
    stage: str = "extract"

    def local_figures(self) -> nw.DataFrame[Any] | None:
        """Return stage, window, levels, local_exact, local_published; None without figures.

        A figure that a counts file gives several times, apart only by a third level, comes once.
        """
        parts = [
            _figures(figures.frame, stage, exact="exact_value", shown="measure_value")
            for stage, figures in self.figures.items()
        ]
        walked = None if self.reconciliation is None else self.reconciliation.stages
        if walked is not None:
            between = nw.from_native(walked).filter(
                ~nw.col("stage").is_in([*self.figures, _PUBLISHED])
            )
            parts.append(_figures(between.to_native(), None, exact="exact", shown="shown"))
        return _once(nw.concat(parts)) if parts else None

    def comparisons(self) -> nw.DataFrame[Any] | None:
        """Return stage, window, levels and what comparing came to; None where none was made."""
        if self.reconciliation is None:
            return None
        measured = ("gap_low", "gap_high", "explained", "residual")
        columns = (*WINDOW, *LEVELS, "result", "published", *measured)
        rows = _below_england(self.reconciliation.frame).select(*columns)
        return _once(rows.with_columns(stage=nw.lit(self.stage)))

    def steps(self) -> nw.DataFrame[Any] | None:
        """Return stage, window, levels, place and the steps of the variance walk, in its order."""
        if self.reconciliation is None:
            return None
        walk = nw.from_native(self.reconciliation.variance)
        if "further_levels" not in walk.columns:
            walk = walk.with_columns(further_levels=nw.lit(""))
        if "stage" not in walk.columns:
            walk = walk.with_columns(stage=nw.lit(self.stage))
        known = [name for name in _LATER if name in walk.columns]
        kept = walk.select(*WINDOW, *LEVELS, *_STEP, *known)
        place = nw.col("row").rank("ordinal").over(*WINDOW, *LEVELS).cast(nw.Int64)
        return kept.with_row_index("row").with_columns(place=place).drop("row")

    def rule_counts(self) -> nw.DataFrame[Any] | None:
        """Return code, level, table, element, rows; None where nothing was validated."""
        if self.validation is None:
            return None
        return nw.from_native(self.validation.counts()).with_columns(
            nw.col("element").fill_null("")
        )

    def table_counts(self) -> nw.DataFrame[Any] | None:
        """Return table, submitted, accepted of tables with rows; None without a validation."""
        if self.validation is None:
            return None
        return nw.from_native(self.validation.accepted).filter(nw.col("submitted") > 0)


def _figures(
    frame: Any,  # noqa: ANN401  a native frame
    stage: str | None,
    *,
    exact: str,
    shown: str,
) -> nw.DataFrame[Any]:
    return _below_england(frame).select(
        (nw.col("stage") if stage is None else nw.lit(stage)).alias("stage"),
        *WINDOW,
        *LEVELS[:2],
        nw.col("primary_level", "secondary_level").fill_null(NO_LEVEL),
        further_levels=nw.lit(""),
        local_exact=exact,
        local_published=shown,
    )


def _below_england(frame: Any) -> nw.DataFrame[Any]:  # noqa: ANN401  a native frame
    rows: nw.DataFrame[Any] = nw.from_native(frame, eager_only=True)
    return rows.filter(~nw.col("breakdown").str.starts_with(ENGLAND))


def _once(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    return rows.unique(subset=["stage", *WINDOW, *LEVELS], keep="first", maintain_order=True)
