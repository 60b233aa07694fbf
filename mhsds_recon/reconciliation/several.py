"""The reconciliations of several providers as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.reconciliation.result import Reconciliation
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Reconciliations"]


@dataclass(frozen=True, kw_only=True)
class Reconciliations:
    """The reconciliations of several providers for one reporting period.

    Attributes:
        period: The reporting period.
        by_provider: One for each provider that could be compared, by code.
        not_compared: Why there is none of the others, by code.
    """

    period: ReportingPeriod
    by_provider: Mapping[str, Reconciliation]
    not_compared: Mapping[str, str]

    def counts(self) -> pl.DataFrame:
        """Return provider, result and rows: how many figures of each came to what."""
        counted = [
            nw.from_native(result.counts()).select(nw.lit(code).alias("provider"), "result", "rows")
            for code, result in self.by_provider.items()
        ]
        schema = {"provider": nw.String(), "result": nw.String(), "rows": nw.Int64()}
        rows = nw.concat(counted) if counted else nw.from_dicts([], schema, backend="polars")
        table: pl.DataFrame = rows.to_native()
        return table
