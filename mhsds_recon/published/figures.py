"""Published figures, and local counts in the same layout, as values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames.extract import InputFile
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["LocalCounts", "PublishedFigures"]


@dataclass(frozen=True, kw_only=True)
class PublishedFigures:
    """What national files say, one row per figure.

    Attributes:
        provider: Code of the provider whose figures these are; None for everybody's.
        frame: reporting_period_start, reporting_period_end (Date), status, breakdown,
            primary_level, primary_level_description, secondary_level,
            secondary_level_description, measure_id, measure_name, published (text as published:
            ``*``, a number, null where blank), published_value (Float64, null where that is no
            number), further_levels (text, empty but for files with more than two levels),
            file_version (``v2``, empty where the name has none) and file (its name). Texts are
            without outer spaces; measure_name is null where the file has none.
        files: What was read; ``rows`` are those taken from it.
        superseded: Rows set aside because a better file gives the same figure: Final before
            Performance before Provisional, then the higher version.
    """

    provider: str | None
    frame: pl.DataFrame = field(repr=False)
    files: tuple[InputFile, ...] = ()
    superseded: int = 0

    def of_provider(self, provider: str) -> PublishedFigures:
        """Return the figures of one provider, at every breakdown that names providers."""
        rows = nw.from_native(self.frame)
        own = (nw.col("primary_level") == provider) | (nw.col("secondary_level") == provider)
        own &= nw.col("breakdown").str.contains("Provider", literal=True)
        return replace(self, provider=provider, frame=rows.filter(own).to_native())

    def _repr_html_(self) -> str:
        html: str = self.frame._repr_html_()
        return html


@dataclass(frozen=True, kw_only=True)
class LocalCounts:
    """A provider's own counts for one reporting period, made elsewhere.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: The columns of ``mhsds_recon.measures.Figures.frame``. ``measure_value`` is the
            text of the file, with or without disclosure control; ``exact_value`` is null where
            the file does not tell it; ``numerator`` and ``denominator`` are null; ``disclosure``
            is null for a measure that the standard does not define.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
