"""Counts that the trust's own warehouse makes: a file of named queries, run without writing."""

from __future__ import annotations

from mhsds_recon.warehouse.counting import WarehouseCounts, count_by_queries
from mhsds_recon.warehouse.queries import (
    ConnectionSettings,
    Query,
    QueryFile,
    read_queries,
)

__all__ = [
    "ConnectionSettings",
    "Query",
    "QueryFile",
    "WarehouseCounts",
    "count_by_queries",
    "read_queries",
]
