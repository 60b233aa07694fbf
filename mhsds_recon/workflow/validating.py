"""Validate an extract, weigh what its rules take, compare with the portal, keep baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mhsds_recon import frames
from mhsds_recon.effects import Effects, effects_of_rules
from mhsds_recon.frames import Extract, Location
from mhsds_recon.outputs import write_files
from mhsds_recon.portal import PortalComparison, compare_with_portal, read_portal_report
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.validation import Validation
from mhsds_recon.validation import validate as _validate
from mhsds_recon.validation.baseline import (
    Baseline,
    baseline_json,
    baseline_of,
    count_failures,
    gates,
    read_baseline,
    summarise_failures,
)
from mhsds_recon.workflow.history import Memory, recorded
from mhsds_recon.workflow.locating import located
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.writing import about, beside, to_json, writer

__all__ = [
    "fails",
    "open_baseline",
    "open_extract",
    "summarise_validation",
    "validate",
    "write_baseline",
    "write_effects",
    "write_portal_comparison",
    "write_validation",
]


def open_extract(path: str | Path, *, version: str = "6.0", engine: str = "polars") -> Extract:
    """Return the extract in a folder, a zip, an Access database or a database.

    Raises:
        ExtractError: It cannot be read; the message says what, where and what to do.
        DatabaseError: A database cannot be reached.
    """
    return frames.open_extract(
        located(path), standard=load_standard(version), engine=frames.engine_named(engine)
    )


def validate(
    extract: Extract, *, version: str = "6.0", reference: str | Path | None = None
) -> Validation:
    """Return what the rules of a version of the standard say about an extract.

    Args:
        extract: From ``open_extract``.
        version: Version of the standard.
        reference: Folder of reference files; rules that need what it lacks are not assessed.
    """
    where = Path(reference) if reference is not None else None
    lookups = frames.read_reference(where, engine=extract.engine)
    return _validate(extract, standard=load_standard(version), reference=lookups)


def write_validation(
    path: Location,
    *,
    version: str = "6.0",
    reference: Path | None = None,
    portal_facts: Path | None = None,
    output: Path | None = None,
    memory: Memory | None = None,
) -> tuple[Validation, tuple[Path, ...]]:
    """Validate one extract; write findings, accepted counts and summary beside it."""
    validation = _validate_at(path, version, reference, portal_facts)
    written = write_files(
        output or beside(path, "validation"),
        {
            "findings.parquet": validation.findings.write_parquet,
            "accepted.csv": validation.accepted.write_csv,
            "summary.json": writer(to_json(summarise_validation(validation))),
        },
    )
    recorded(
        memory,
        verb="validate",
        provider=validation.extract.provider,
        period=validation.extract.period,
        standard=validation.standard,
        extracts=[validation.extract],
        reference=reference,
        validation=validation,
    )
    return validation, written


def write_effects(
    run: Run, *, period: ReportingPeriod, output: Path | None = None
) -> tuple[Effects, tuple[Path, ...]]:
    """Count what each rule with findings takes from each measure; write both tables."""
    effects = effects_of_rules(
        list(run.validations(period).values()),
        standard=run.standard,
        period=period,
        reference=run.reference,
    )
    written = write_files(
        output or beside(run.path, "effects"),
        {
            "effects.csv": effects.by_effect().write_csv,
            "effects_on_measures.csv": effects.measures.write_csv,
        },
    )
    return effects, written


def write_portal_comparison(
    summary: Path,
    path: Location,
    *,
    version: str = "6.0",
    reference: Path | None = None,
    output: Path | None = None,
) -> tuple[PortalComparison, tuple[Path, ...]]:
    """Compare the portal's Summary Reports with our verdicts on the extract; write the result.

    Only counts are written: the records that the portal names stay in memory.

    Raises:
        PortalError: The zip or a report in it cannot be read or does not fit.
        ExtractError: The extract cannot be read.
    """
    report = read_portal_report(summary)
    comparison = compare_with_portal(report, _validate_at(path, version, reference))
    written = write_files(
        output or beside(path, "portal"), {"portal_comparison.csv": comparison.frame.write_csv}
    )
    return comparison, written


def summarise_validation(
    validation: Validation, *, baseline: Baseline | None = None
) -> dict[str, Any]:
    """Return the machine-readable summary of a validation: counts and hashes, no row values.

    With a baseline it also says which failures are new, and which entries are stale.
    """
    extract = validation.extract
    counts = validation.counts().to_dicts()
    against = (
        {"baseline": summarise_failures(count_failures(validation, baseline))} if baseline else {}
    )
    levels: dict[str, int] = {}
    for row in counts:
        levels[row["level"]] = levels.get(row["level"], 0) + row["rows"]
    return {
        **about(extract.provider, extract.period, validation.standard, extract.files),
        "file_verdict": {
            "accepted": validation.file_verdict.accepted,
            "codes": list(validation.file_verdict.codes),
        },
        "findings_by_level": levels,
        "findings": counts,
        "rows": validation.accepted.to_dicts(),
        "rules": len(validation.standard.rules),
        "not_assessed": list(validation.not_assessed),
        **against,
    }


def fails(validation: Validation, fail_on: str, baseline: Baseline | None = None) -> bool:
    """Return whether a validation has anything new at or above a level."""
    return bool(gates(count_failures(validation, baseline), fail_on))


def open_baseline(path: Path, *, version: str = "6.0") -> Baseline:
    """Return the known failures that a team keeps in a file.

    Raises:
        BaselineError: The file cannot be read or does not fit the standard.
    """
    return read_baseline(path, load_standard(version))


def write_baseline(validation: Validation, path: Path) -> Baseline:
    """Make everything that fails now known, in a file, and return it.

    Raises:
        BaselineError: There is a file that is no baseline; it is left as it is.
    """
    previous = read_baseline(path, validation.standard) if path.exists() else None
    baseline = baseline_of(validation, previous)
    write_files(path.parent, {path.name: writer(baseline_json(baseline))})
    return baseline


def _validate_at(
    path: Location, version: str, reference: Path | None, portal_facts: Path | None = None
) -> Validation:
    standard = load_standard(version)
    extract = frames.open_extract(path, standard=standard)
    return _validate(
        extract,
        standard=standard,
        reference=frames.read_reference(reference, engine=extract.engine),
        portal=frames.read_portal_facts(portal_facts) if portal_facts else None,
    )
