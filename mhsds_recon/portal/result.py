"""The result of comparing our verdicts with the portal's: counts only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import narwhals as nw

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames import InputFile
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["COMPARISON_SCHEMA", "DISAGREEING", "PortalComparison", "PortalResult"]

PortalResult = Literal[
    "agree", "differs", "only_ours", "only_portal", "not_assessed", "unknown_code"
]
DISAGREEING: tuple[PortalResult, ...] = ("differs", "only_ours", "only_portal")
COMPARISON_SCHEMA = {
    "kind": nw.String(),
    "code": nw.String(),
    "table": nw.String(),
    "element": nw.String(),
    "level": nw.String(),
    "ours": nw.Int64(),
    "portal": nw.Int64(),
    "both": nw.Int64(),
    "only_ours": nw.Int64(),
    "only_portal": nw.Int64(),
    "result": nw.String(),
    "note": nw.String(),
}
"""Columns of a comparison."""


@dataclass(frozen=True, kw_only=True)
class PortalComparison:
    """Our verdicts on one extract beside the portal's; no identifier of any record.

    Attributes:
        provider: Code of the provider, from the extract.
        period: Reporting period of the extract.
        file: The Summary Reports zip.
        frame: ``COMPARISON_SCHEMA``. ``rows``: one per table, accepted rows. ``rule``: one per
            rule that either side names, with how many records both, only we and only the portal
            name; null where records cannot be told apart, so that counts alone are compared.
        diagnostics: code, table, meaning, numerator, denominator: the portal's own counts.
        notes: What a reader has to know about the report as a whole.
    """

    provider: str
    period: ReportingPeriod | None
    file: InputFile
    frame: pl.DataFrame = field(repr=False)
    diagnostics: pl.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def disagrees(self) -> bool:
        """Whether a count or a record differs."""
        return bool(set(self.frame["result"].unique()) & set(DISAGREEING))

    def counts(self) -> pl.DataFrame:
        """Return kind, result, lines: how many tables and rules came to each result."""
        frame = nw.from_native(self.frame, eager_only=True)
        counted = frame.group_by("kind", "result").agg(nw.len().cast(nw.Int64).alias("lines"))
        return counted.sort("kind", "result").to_native()

    def _repr_html_(self) -> str:
        html: str = self.frame._repr_html_()
        return html
