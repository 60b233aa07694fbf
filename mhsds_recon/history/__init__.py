"""The history: what was published, counted and found, remembered from month to month.

Aggregates only. Rows are only ever added, each record in one transaction, and every entry holds
the hash of the one before.
"""

from __future__ import annotations

from mhsds_recon.history.asking import PastRun
from mhsds_recon.history.chain import Verification
from mhsds_recon.history.changes import PublishedChanges, Reopened
from mhsds_recon.history.ledger import History, upgrade_history, upgrade_sql
from mhsds_recon.history.opening import default_path
from mhsds_recon.history.records import RunFile, RunRecord, Stated

__all__ = [
    "History",
    "PastRun",
    "PublishedChanges",
    "Reopened",
    "RunFile",
    "RunRecord",
    "Stated",
    "Verification",
    "default_path",
    "upgrade_history",
    "upgrade_sql",
]
