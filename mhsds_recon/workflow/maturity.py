"""Estimate the data quality maturity index."""

from __future__ import annotations

from pathlib import Path

from mhsds_recon.measures.maturity import Maturity, estimate
from mhsds_recon.outputs import write_files
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.quality import read_editions
from mhsds_recon.workflow.runs import Run

__all__ = ["estimate_maturity", "write_maturity"]


def estimate_maturity(
    run: Run, *, period: ReportingPeriod, own_list: Path | None = None
) -> Maturity:
    """Estimate the maturity index of a period, per item and overall.

    Args:
        run: The provider's months.
        period: The reporting period.
        own_list: The trust's own list of items, lines and allowed default codes.

    Raises:
        DefinitionError: The list cannot be read or holds mistakes; all are named.
    """
    standard = run.standard
    editions = read_editions(own_list, standard.quality_items) if own_list else None
    return estimate(
        run.extracts,
        standard=standard,
        period=period,
        reference=run.reference,
        editions=editions,
    )


def write_maturity(maturity: Maturity, path: Path, *, exact: bool = False) -> tuple[Path, ...]:
    """Write the items of an estimate as CSV, under disclosure control unless exact."""
    return write_files(path.parent, {path.name: maturity.shown(exact=exact).frame.write_csv})
