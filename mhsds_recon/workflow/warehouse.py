"""Count by the queries of a file, in the trust's own warehouse."""

from __future__ import annotations

from pathlib import Path

from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.warehouse import WarehouseCounts, count_by_queries, read_queries
from mhsds_recon.workflow.locating import kept_database

__all__ = ["QUERIES", "count_warehouse"]

QUERIES = ".toml"
"""How the name of a file of queries ends."""


def count_warehouse(
    queries: Path,
    *,
    standard: Standard,
    period: ReportingPeriod,
    provider: str | None = None,
) -> WarehouseCounts:
    """Return what a file of queries counts in the warehouse for a reporting period.

    Raises:
        WarehouseError: The file, a query or its result cannot be used.
        DatabaseError: The warehouse cannot be reached.
    """
    asked = read_queries(queries)
    return count_by_queries(
        asked,
        kept_database(asked.connection.address),
        standard=standard,
        period=period,
        provider=provider,
    )
