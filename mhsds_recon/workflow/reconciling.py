"""Compare local figures with published ones and explain the differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhsds_recon.effects import rules_behind
from mhsds_recon.frames import Extract
from mhsds_recon.measures import Figures
from mhsds_recon.outputs import write_files
from mhsds_recon.published import read_counts, read_published
from mhsds_recon.reconciliation import Reconciliation, Step, compare, explain
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.validation import Validation
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.writing import about, beside, hashed, to_json, writer

if TYPE_CHECKING:
    from mhsds_recon.published import PublishedFigures

__all__ = [
    "explained",
    "leaves_differences",
    "reconcile",
    "write_counts_reconciliation",
    "write_reconciliation",
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
) -> tuple[Reconciliation, tuple[Path, ...]]:
    """Compare extracts with published files, explain the differences, and write the results."""
    figures = run.count(period)
    national = read_published(published, provider=figures.provider)
    result = explained(run, figures, national)
    files = [file for extract in run.extracts for file in extract.files]
    facts = about(figures.provider, period, run.standard, files)
    folder = output or beside(run.path, "reconciliation")
    return result, _write_reconciliation(result, facts, national, folder)


def write_counts_reconciliation(
    counts: Path,
    published: Sequence[Path],
    *,
    period: ReportingPeriod,
    provider: str | None = None,
    version: str = "6.0",
    output: Path | None = None,
) -> tuple[Reconciliation, tuple[Path, ...]]:
    """Compare a counts file of the trust's own warehouse with published files."""
    standard = load_standard(version)
    figures = read_counts(counts, standard=standard, provider=provider, period=period)
    national = read_published(published, provider=figures.provider)
    result = compare(figures, national)
    facts = {
        **about(figures.provider, period, standard, ()),
        "counts_file": hashed(counts),
    }
    folder = output or beside(counts, "reconciliation")
    return result, _write_reconciliation(result, facts, national, folder)


def leaves_differences(reconciliation: Reconciliation) -> bool:
    """Return whether a difference is not, or only partly, explained."""
    results = set(reconciliation.frame["result"].unique())
    return bool(results & {"differs_unexplained", "differs_part_explained"})


def explained(run: Run, figures: Figures, national: PublishedFigures) -> Reconciliation:
    """Compare, then count again, cause by cause, the measures that differ."""
    result = compare(figures, national)
    differing = result.frame.filter(result.frame["result"].str.starts_with("differs"))
    measure_ids = [
        name for name in differing["measure_id"].unique().sort() if name in run.standard.measures
    ]
    return explain(result, _rejection_steps(run, figures.period, measure_ids))


def _rejection_steps(run: Run, period: ReportingPeriod, measure_ids: Sequence[str]) -> list[Step]:
    """Return the figures as rejected rows drop out: own rules, the cascade, whole files."""
    if not measure_ids:
        return []
    forms: dict[str, Callable[[Validation], Extract]] = {
        "VC01": lambda validation: validation.extract_without_rejected(cascade=False),
        "VC02": lambda validation: validation.extract_without_rejected(cascade=True),
    }
    if not all(each.file_verdict.accepted for each in run.validations(period).values()):
        forms["VC03"] = Validation.accepted_extract
    return [
        Step(
            cause_id=cause,
            figures_after=run.count(period, form=form, measure_ids=measure_ids),
            rows=rows,
            rules=rules,
        )
        for cause, form in forms.items()
        for rows, rules in [_rejections(run, period, cause, measure_ids)]
    ]


def _rejections(
    run: Run, period: ReportingPeriod, cause: str, measure_ids: Sequence[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Return, by measure, the rows that a cause takes away and the rules that do so."""
    validations = list(run.validations(period).values())
    if cause == "VC03":
        rejected = [each for each in validations if not each.file_verdict.accepted]
        codes = sorted({code for each in rejected for code in each.file_verdict.codes})
        rows = sum(int(each.accepted["submitted"].sum()) for each in rejected)
        return dict.fromkeys(measure_ids, rows), dict.fromkeys(measure_ids, ", ".join(codes))
    behind = {
        name: rules_behind(
            run.standard.measures[name],
            validations,
            standard=run.standard,
            period=period,
            cascade=cause == "VC02",
        )
        for name in measure_ids
    }
    return (
        {name: rows for name, (rows, _) in behind.items()},
        {name: rules for name, (_, rules) in behind.items()},
    )


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
            "summary.json": writer(to_json(summary)),
        },
    )
