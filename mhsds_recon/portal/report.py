"""A portal report as a value: what is counted in it, and the records that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.portal.opening import AGGREGATION

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames import InputFile
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["PLACES", "PortalReport"]

PLACES = range(1, 11)
"""Numbers of the pairs of identifying items that a row of a report has room for."""


@dataclass(frozen=True, kw_only=True)
class PortalReport:
    """What one Summary Reports zip says.

    Attributes:
        file: The zip: name, hash, size, and rows of its reports together.
        reports: Names of the reports in it.
        version: Version of the standard in whose form records are named; empty where none is.
        period: The reporting period, which nothing inside the reports tells; None if not known.
        accepted: code, rows: rows left by the portal's validation, by MHSARV code; null where
            the report gives no number.
        diagnostics: code, numerator, denominator by MHSDAG code, each null where not given.
        issues: code, level (null where the description has none), rows, item1, value1 to item10,
            value10: one row per record and rule. Its values identify patients and staff: it is
            never written, printed or kept by a comparison.
    """

    file: InputFile
    reports: tuple[str, ...]
    version: str
    period: ReportingPeriod | None
    accepted: pl.DataFrame = field(repr=False)
    diagnostics: pl.DataFrame = field(repr=False)
    issues: pl.DataFrame = field(repr=False)

    @property
    def completed(self) -> bool:
        """Whether the submission was processed: a failed one has no row counts."""
        return AGGREGATION in self.reports

    def counts(self) -> pl.DataFrame:
        """Return code, level, rows: records that each rule names, in order of the code."""
        counted = (
            nw.from_native(self.issues, eager_only=True)
            .group_by("code")
            .agg(nw.col("level").max(), nw.col("rows").sum())
        )
        return counted.sort("code").to_native()

    def _repr_html_(self) -> str:
        """Show the counts of each rule; no record."""
        html: str = self.counts()._repr_html_()
        return html
