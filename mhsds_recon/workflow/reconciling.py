"""Compare local figures with published ones and explain the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhsds_recon.history import RunFile
from mhsds_recon.measures import Figures
from mhsds_recon.outputs import write_files
from mhsds_recon.published import read_each
from mhsds_recon.reconciliation import Reconciliation, compare
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.workflow.counting import check_levels
from mhsds_recon.workflow.history import Memory, kept_national, path_files, read_national, recorded
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.walking import EXTRACTS_ONLY, Also, counts_of, explained
from mhsds_recon.workflow.writing import about, beside, hashed, to_json, writer

if TYPE_CHECKING:
    from mhsds_recon.published import PublishedFigures

__all__ = [
    "leaves_differences",
    "reconcile",
    "write_counts_reconciliation",
    "write_reconciliation",
    "write_reconciliation_with",
]


def reconcile(figures: Figures, published: PublishedFigures) -> Reconciliation:
    """Return local figures beside the published ones, each with the result of comparing them."""
    return compare(figures, published)


def write_reconciliation(
    run: Run,
    published: Sequence[Path],
    *,
    period: ReportingPeriod,
    output: Path | None = None,
    memory: Memory | None = None,
    also: Also = EXTRACTS_ONLY,
) -> tuple[Reconciliation, tuple[Path, ...]]:
    """Compare extracts with published files, explain the differences, and write the results."""
    files = read_each(published, provider=run.extracts[0].provider)
    return write_reconciliation_with(
        run, files, period=period, output=output, memory=memory, also=also
    )


def write_reconciliation_with(
    run: Run,
    published: Sequence[PublishedFigures],
    *,
    period: ReportingPeriod,
    output: Path | None = None,
    memory: Memory | None = None,
    also: Also = EXTRACTS_ONLY,
) -> tuple[Reconciliation, tuple[Path, ...]]:
    """Do as ``write_reconciliation`` with published files that are read already."""
    figures = run.count(period)
    counts = None
    if also.counts is not None:
        counts = counts_of(
            also.counts, standard=run.standard, period=period, provider=figures.provider
        )
    check_levels(figures, run.extracts)
    national = kept_national(published, provider=figures.provider, memory=memory)
    result = explained(run, figures, national, also=also, counts=counts, files=published)
    files = [file for extract in run.extracts for file in extract.files]
    facts = about(figures.provider, period, run.standard, files)
    folder = output or beside(run.path, "reconciliation")
    written = _write_reconciliation(result, facts, national, folder)
    recorded(
        memory,
        verb="reconcile",
        provider=figures.provider,
        period=period,
        standard=run.standard,
        extracts=run.until(period),
        reference=run.reference_folder,
        files=[
            *path_files("counts", [also.counts] if also.counts else []),
            *path_files("portal", [path for path in (also.portal_pre, also.portal_post) if path]),
            *path_files("definitions", [path for path in [also.local_definitions] if path]),
            *(RunFile.of("published", file) for file in national.files),
        ],
        figures={"extract": figures} | ({"warehouse": counts} if counts else {}),
        reconciliation=result,
        stage="warehouse" if counts else "extract",
    )
    return result, written


def write_counts_reconciliation(
    counts: Path,
    published: Sequence[Path],
    *,
    period: ReportingPeriod,
    provider: str | None = None,
    version: str = "6.0",
    output: Path | None = None,
    memory: Memory | None = None,
) -> tuple[Reconciliation, tuple[Path, ...]]:
    """Compare what the trust's own warehouse counts with published files.

    Args:
        counts: A counts file, or a file of queries (``.toml``) that are run now.
        published: National files.
        period: The reporting period.
        provider: Code of the provider, where the file does not say.
        version: Version of the standard.
        output: Folder for the results.
        memory: Where to remember the run.
    """
    standard = load_standard(version)
    figures = counts_of(counts, standard=standard, period=period, provider=provider)
    national = read_national(published, provider=figures.provider, memory=memory)
    result = compare(figures, national)
    facts = {
        **about(figures.provider, period, standard, ()),
        "counts_file": hashed(counts),
    }
    folder = output or beside(counts, "reconciliation")
    written = _write_reconciliation(result, facts, national, folder)
    national_files = [RunFile.of("published", file) for file in national.files]
    recorded(
        memory,
        verb="reconcile",
        provider=figures.provider,
        period=period,
        standard=standard,
        files=[*path_files("counts", [counts]), *national_files],
        figures={"warehouse": figures},
        reconciliation=result,
        stage="warehouse",
    )
    return result, written


def leaves_differences(reconciliation: Reconciliation) -> bool:
    """Return whether a difference is not, or only partly, explained."""
    results = set(reconciliation.frame["result"].unique())
    return bool(results & {"differs_unexplained", "differs_part_explained"})


def _write_reconciliation(
    result: Reconciliation, facts: Mapping[str, Any], national: PublishedFigures, folder: Path
) -> tuple[Path, ...]:
    summary = {
        **facts,
        "published_files": [asdict(file) for file in national.files],
        "results": result.counts().to_dicts(),
    }
    return write_files(
        folder,
        {
            "reconciliation.csv": result.frame.write_csv,
            "variance.csv": result.variance.write_csv,
            **({} if result.stages is None else {"stages.csv": result.stages.write_csv}),
            "summary.json": writer(to_json(summary)),
        },
    )
