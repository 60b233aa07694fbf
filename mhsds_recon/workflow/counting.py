"""Count the published measures from a trust's own extracts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import narwhals as nw

from mhsds_recon.frames import Extract
from mhsds_recon.measures import Figures
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_privacy, identifiers_of
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.workflow.history import Memory, recorded
from mhsds_recon.workflow.locating import located
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.writing import writer

__all__ = ["check_levels", "figures_csv", "measure", "remember_figures", "write_figures"]

_LEVELS = tuple(
    f"{which}_level{what}" for which in ("primary", "secondary") for what in ("", "_description")
)


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


def check_levels(figures: Figures, extracts: Iterable[Extract]) -> None:
    """Refuse figures with a level that points to a patient.

    Levels and what they are called come from the extracts and the reference files.

    Raises:
        PrivacyError: There is one.
    """
    rows = nw.from_native(figures.frame)
    levels = {text for name in _LEVELS for text in rows[name].unique().to_list() if text}
    said = "\n|\n".join(sorted(levels))
    check_privacy({"the levels of the figures": said}, identifiers=identifiers_of(extracts))


def figures_csv(figures: Figures, *, exact: bool, extracts: Iterable[Extract] = ()) -> str:
    """Return figures in the published layout as CSV, with EXACT_VALUE where asked for.

    Args:
        figures: The figures.
        exact: Whether to add the column.
        extracts: What they were counted from.

    Raises:
        PrivacyError: A level points to a patient.
    """
    check_levels(figures, extracts)
    text: str = (figures.exact() if exact else figures.published()).write_csv()
    return text


def write_figures(
    figures: Figures, path: Path, *, exact: bool, extracts: Iterable[Extract] = ()
) -> tuple[Path, ...]:
    """Write ``figures_csv`` into a file, whole or not at all."""
    text = figures_csv(figures, exact=exact, extracts=extracts)
    return write_files(path.parent, {path.name: writer(text)})


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
