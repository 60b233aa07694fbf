"""Several providers in one run: who is there, and a reconciliation for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon import frames
from mhsds_recon.errors import ExtractError, near_miss
from mhsds_recon.frames import Location
from mhsds_recon.outputs import write_files
from mhsds_recon.published import read_by_provider
from mhsds_recon.reconciliation import (
    Coverage,
    Reconciliation,
    Reconciliations,
    cover,
    read_expected,
)
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.workflow.history import Memory
from mhsds_recon.workflow.reconciling import write_reconciliation_with
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.writing import beside

if TYPE_CHECKING:
    from mhsds_recon.published import PublishedFigures

__all__ = ["open_runs", "write_coverage", "write_reconciliations"]


def open_runs(
    path: Location,
    *,
    providers: Collection[str] = (),
    version: str = "6.0",
    reference: Path | None = None,
) -> dict[str, Run]:
    """Open the extracts of several providers, each file once, and return a run for each code.

    Args:
        path: Where the extracts are.
        providers: Codes of those wanted; all that are there where none is named.
        version: Version of the standard.
        reference: Folder of reference files.

    Raises:
        ExtractError: An extract cannot be read, or there is none of a provider that is wanted.
        ReferenceFileError: A reference file does not fit.
    """
    standard, engine = load_standard(version), frames.PolarsEngine()
    found = frames.open_extracts_by_provider(path, standard=standard, engine=engine)
    for code in providers:
        if code not in found:
            message = (
                f"'{path.name}' holds no extract of provider {code}; it has"
                f" {', '.join(found)}.{near_miss(code, found)}"
            )
            raise ExtractError(message)
    lookups = frames.read_reference(reference, engine=engine)
    return {
        code: Run(
            path=path,
            standard=standard,
            reference=lookups,
            reference_folder=reference,
            extracts=extracts,
        )
        for code, extracts in found.items()
        if not providers or code in providers
    }


def write_coverage(
    runs: Mapping[str, Run],
    published: Sequence[Path],
    *,
    period: ReportingPeriod,
    expected: Path,
    output: Path | None = None,
) -> tuple[Coverage, tuple[Path, ...]]:
    """Return who is expected, who submitted and who is published; write it where asked to.

    The extract of the period alone is validated, for the verdict on its file.

    Raises:
        ReferenceFileError: The list of expected providers does not fit.
        PublishedError: A published file cannot be used.
    """
    due = read_expected(expected, period)
    submitted = {
        code: validation
        for code, run in runs.items()
        if (validation := run.validation_of(period)) is not None
    }
    files = read_by_provider(published, {*due, *submitted}) if published else None
    coverage = cover(period, expected=due, submitted=submitted, published=files)
    writers = {"coverage.csv": coverage.frame.write_csv}
    return coverage, write_files(output, writers) if output is not None else ()


def write_reconciliations(
    runs: Mapping[str, Run],
    published: Sequence[Path],
    *,
    period: ReportingPeriod,
    output: Path | None = None,
    memory: Memory | None = None,
) -> tuple[Reconciliations, tuple[Path, ...]]:
    """Reconcile each provider in a folder of its own; every published file is read once.

    A provider without an extract for the period, or without a published row, is passed over and
    told: it must not stop the others.

    Raises:
        PublishedError: A published file cannot be used.
    """
    files = read_by_provider(published, set(runs))
    not_compared = {
        code: reason
        for code, run in runs.items()
        if (reason := _cannot_compare(run, files[code], period)) is not None
    }
    folder = output or beside(next(iter(runs.values())).path, "reconciliation")
    results: dict[str, Reconciliation] = {}
    written: list[Path] = []
    for code in (code for code in runs if code not in not_compared):
        results[code], paths = write_reconciliation_with(
            runs[code], files[code], period=period, output=folder / code, memory=memory
        )
        written += paths
    every = Reconciliations(period=period, by_provider=results, not_compared=not_compared)
    written += write_files(folder, {"providers.csv": every.counts().write_csv})
    return every, tuple(written)


def _cannot_compare(
    run: Run, files: Sequence[PublishedFigures], period: ReportingPeriod
) -> str | None:
    if all(extract.period != period for extract in run.extracts):
        return f"no extract for {period}"
    ends = (end for file in files for end in file.frame["reporting_period_end"].unique())
    return None if period.end in ends else f"no published row for {period}"
