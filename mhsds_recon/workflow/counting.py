"""Count the published measures from a trust's own extracts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mhsds_recon.measures import Figures
from mhsds_recon.outputs import write_files
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.workflow.history import Memory, recorded
from mhsds_recon.workflow.locating import located
from mhsds_recon.workflow.runs import Run

__all__ = ["measure", "remember_figures", "write_figures"]


def measure(
    extracts: str | Path,
    *,
    period: str,
    version: str = "6.0",
    provider: str | None = None,
    reference: str | Path | None = None,
    measure_ids: Iterable[str] | None = None,
) -> Figures:
    """Return the published measures of a period, counted from all rows of a trust's extracts.

    Args:
        extracts: A folder of months, or one extract; see ``located``.
        period: The reporting period, ``YYYY-MM``. Later months are left out.
        version: Version of the standard.
        provider: Which provider, where a folder holds several.
        reference: Folder of reference files.
        measure_ids: Which measures; all that are defined where None.

    Raises:
        ExtractError: An extract cannot be read, or none is for the period.
    """
    run = Run.open(
        located(extracts),
        version=version,
        reference=Path(reference) if reference is not None else None,
        provider=provider,
    )
    return run.count(ReportingPeriod.parse(period), measure_ids=measure_ids)


def write_figures(figures: Figures, path: Path, *, exact: bool) -> tuple[Path, ...]:
    """Write figures in the published layout, with EXACT_VALUE where asked for."""
    table = figures.exact() if exact else figures.published()
    return write_files(path.parent, {path.name: table.write_csv})


def remember_figures(run: Run, figures: Figures, memory: Memory | None) -> None:
    """Remember figures that were counted from the extracts of a run."""
    recorded(
        memory,
        verb="measures",
        provider=figures.provider,
        period=figures.period,
        standard=run.standard,
        extracts=run.until(figures.period),
        reference=run.reference_folder,
        figures={"extract": figures},
    )
