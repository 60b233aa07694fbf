"""The verbs of the product: validate, measure, reconcile, pack.

The only place where files, the clock and the layers below meet. Functions that write return the
paths they wrote; those without a ``Run`` serve Python users.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mhsds_recon import frames, measures
from mhsds_recon.effects import Effects, effects_of_rules, rules_behind
from mhsds_recon.frames import Extract, Reference
from mhsds_recon.measures import Figures
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import (
    PackInputs,
    build_pack,
    canonical_json,
    check_privacy,
    file_stem,
    identifiers_of,
    render_html,
)
from mhsds_recon.packs.inputs import profile_named
from mhsds_recon.portal import PortalComparison, compare_with_portal, read_portal_report
from mhsds_recon.published import read_counts, read_published
from mhsds_recon.reconciliation import Reconciliation, Step, compare, explain
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
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

if TYPE_CHECKING:
    from mhsds_recon.packs.model import PackType
    from mhsds_recon.published import PublishedFigures

__all__ = [
    "Run",
    "beside",
    "fails",
    "leaves_differences",
    "measure",
    "open_baseline",
    "open_extract",
    "reconcile",
    "software_version",
    "summarise_validation",
    "to_json",
    "validate",
    "write_baseline",
    "write_counts_reconciliation",
    "write_effects",
    "write_figures",
    "write_pack",
    "write_portal_comparison",
    "write_reconciliation",
    "write_validation",
]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One provider's months, opened once for everything that is made of them.

    Attributes:
        path: Where the extracts are.
        standard: The version of the standard.
        reference: Reference files.
        extracts: One per period, earliest first.
    """

    path: Path
    standard: Standard
    reference: Reference
    extracts: tuple[Extract, ...]
    _validated: dict[ReportingPeriod, Validation] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        version: str = "6.0",
        reference: Path | None = None,
        provider: str | None = None,
    ) -> Run:
        """Open the extracts under a path, with one engine for all.

        Raises:
            ExtractError: An extract cannot be read, or the provider is not clear.
            ReferenceFileError: A reference file does not fit.
        """
        standard = load_standard(version)
        engine = frames.PolarsEngine()
        return cls(
            path=path,
            standard=standard,
            reference=frames.read_reference(reference, engine=engine),
            extracts=frames.open_extracts(
                path, standard=standard, engine=engine, provider=provider
            ),
        )

    def count(
        self,
        period: ReportingPeriod,
        *,
        form: Callable[[Validation], Extract] | None = None,
        measure_ids: Iterable[str] | None = None,
    ) -> Figures:
        """Count the measures of a period.

        Args:
            period: The reporting period; later months are left out.
            form: Which rows of each validated month to count; all submitted rows where None.
            measure_ids: Which measures; all that are defined where None.
        """
        extracts = (
            self.extracts
            if form is None
            else [form(validation) for validation in self.validations(period).values()]
        )
        return measures.count(
            extracts,
            standard=self.standard,
            period=period,
            reference=self.reference,
            measure_ids=measure_ids,
        )

    def validations(self, period: ReportingPeriod) -> dict[ReportingPeriod, Validation]:
        """Validate every month up to a period, each once."""
        wanted = {
            extract.period: extract
            for extract in self.extracts
            if extract.period is not None and extract.period <= period
        }
        for month, extract in wanted.items():
            if month not in self._validated:
                self._validated[month] = _validate(
                    extract, standard=self.standard, reference=self._reference_of(month)
                )
        return {month: self._validated[month] for month in wanted}

    def _reference_of(self, month: ReportingPeriod) -> Reference:
        """Return the reference files, with portal facts only where they are of that month."""
        portal = self.reference.portal
        ours = portal is not None and portal.reporting_period_start == month.start.isoformat()
        return self.reference if ours else replace(self.reference, portal=None)


def open_extract(path: str | Path, *, version: str = "6.0", engine: str = "polars") -> Extract:
    """Return the extract in a folder or zip.

    Raises:
        ExtractError: It cannot be read; the message says what, where and what to do.
    """
    return frames.open_extract(
        Path(path), standard=load_standard(version), engine=frames.engine_named(engine)
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
        extracts: A folder of months, or one extract.
        period: The reporting period, ``YYYY-MM``. Later months are left out.
        version: Version of the standard.
        provider: Which provider, where a folder holds several.
        reference: Folder of reference files.
        measure_ids: Which measures; all that are defined where None.

    Raises:
        ExtractError: An extract cannot be read, or none is for the period.
    """
    run = Run.open(
        Path(extracts),
        version=version,
        reference=Path(reference) if reference is not None else None,
        provider=provider,
    )
    return run.count(ReportingPeriod.parse(period), measure_ids=measure_ids)


def reconcile(figures: Figures, published: PublishedFigures) -> Reconciliation:
    """Return local figures beside the published ones, each with the result of comparing them."""
    return compare(figures, published)


def write_validation(
    path: Path,
    *,
    version: str = "6.0",
    reference: Path | None = None,
    portal_facts: Path | None = None,
    output: Path | None = None,
) -> tuple[Validation, tuple[Path, ...]]:
    """Validate one extract; write findings, accepted counts and summary beside it."""
    validation = _validate_at(path, version, reference, portal_facts)
    written = write_files(
        output or beside(path, "validation"),
        {
            "findings.parquet": validation.findings.write_parquet,
            "accepted.csv": validation.accepted.write_csv,
            "summary.json": _writer(to_json(summarise_validation(validation))),
        },
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
    path: Path,
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
        **_about(extract.provider, extract.period, validation.standard, extract.files),
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


def write_figures(figures: Figures, path: Path, *, exact: bool) -> tuple[Path, ...]:
    """Write figures in the published layout, with EXACT_VALUE where asked for."""
    table = figures.exact() if exact else figures.published()
    return write_files(path.parent, {path.name: table.write_csv})


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
    result = _reconciled(run, figures, national)
    files = [file for extract in run.extracts for file in extract.files]
    about = _about(figures.provider, period, run.standard, files)
    folder = output or beside(run.path, "reconciliation")
    return result, _write_reconciliation(result, about, national, folder)


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
    about = {
        **_about(figures.provider, period, standard, ()),
        "counts_file": _hashed(counts),
    }
    folder = output or beside(counts, "reconciliation")
    return result, _write_reconciliation(result, about, national, folder)


def write_pack(
    run: Run,
    *,
    period: ReportingPeriod,
    generated_at: datetime,
    published: Sequence[Path] = (),
    profile: str = "national",
    output: Path | None = None,
) -> tuple[Path, ...]:
    """Build the sign-off pack of a period, check it for privacy, and write it.

    Pack A without published files, pack B with them. A rebuilt pack gets the next version.

    Raises:
        PrivacyError: The gate found what may not leave; nothing was written.
    """
    figures = run.count(period)
    validations = run.validations(period)
    before = period.back(1)
    pack_type: PackType = "B" if published else "A"
    folder = output or beside(run.path, "packs")
    inputs = PackInputs(
        provider=figures.provider,
        period=period,
        pack_type=pack_type,
        standard=run.standard,
        validation=validations[period],
        figures=figures,
        previous_validation=validations.get(before),
        previous_figures=run.count(before) if before in validations else None,
        reconciliation=(
            _reconciled(run, figures, read_published(published, provider=figures.provider))
            if published
            else None
        ),
        generated_at=generated_at,
        software=software_version(),
        files=validations[period].extract.files,
        profile=profile_named(profile),
        version=_next_version(folder, f"{figures.provider}_{period}_{pack_type}"),
    )
    pack = build_pack(inputs)
    stem = file_stem(pack)
    outputs = {f"{stem}.html": render_html(pack), f"{stem}.json": canonical_json(pack).decode()}
    extracts = (validation.extract for validation in validations.values())
    check_privacy(outputs, pack=pack, identifiers=identifiers_of(extracts))
    return write_files(folder, {name: _writer(text) for name, text in outputs.items()})


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
    write_files(path.parent, {path.name: _writer(baseline_json(baseline))})
    return baseline


def leaves_differences(reconciliation: Reconciliation) -> bool:
    """Return whether a difference is not, or only partly, explained."""
    results = set(reconciliation.frame["result"].unique())
    return bool(results & {"differs_unexplained", "differs_part_explained"})


def software_version() -> str:
    """Return the version of this software."""
    return installed_version("mhsds-recon")


def beside(path: Path, what: str) -> Path:
    """Return the folder beside an input in which results that hold its rows are kept."""
    resolved = path.resolve()
    stem = resolved.stem if resolved.is_file() else resolved.name
    return resolved.parent / f"{stem}.{what}"


def to_json(content: Mapping[str, Any]) -> str:
    """Return JSON text for a file, keys in their order."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _validate_at(
    path: Path, version: str, reference: Path | None, portal_facts: Path | None = None
) -> Validation:
    standard = load_standard(version)
    extract = frames.open_extract(path, standard=standard)
    return _validate(
        extract,
        standard=standard,
        reference=frames.read_reference(reference, engine=extract.engine),
        portal=frames.read_portal_facts(portal_facts) if portal_facts else None,
    )


def _reconciled(run: Run, figures: Figures, national: PublishedFigures) -> Reconciliation:
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
    result: Reconciliation, about: Mapping[str, Any], national: PublishedFigures, folder: Path
) -> tuple[Path, ...]:
    summary = {
        **about,
        "published_files": [asdict(file) for file in national.files],
        "results": result.counts().to_dicts(),
    }
    return write_files(
        folder,
        {
            "reconciliation.csv": result.frame.write_csv,
            "variance.csv": result.variance.write_csv,
            "summary.json": _writer(to_json(summary)),
        },
    )


def _next_version(folder: Path, stem: str) -> int:
    numbers = (path.stem.removeprefix(f"{stem}_v") for path in folder.glob(f"{stem}_v*.html"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


def _about(
    provider: str,
    period: ReportingPeriod | None,
    standard: Standard,
    files: Iterable[frames.InputFile],
) -> dict[str, Any]:
    return {
        "software": software_version(),
        "standard": standard.version,
        "provider": provider,
        "period": str(period) if period else None,
        "inputs": [asdict(file) for file in files],
    }


def _hashed(path: Path) -> dict[str, str]:
    with path.open("rb") as handle:
        return {"name": path.name, "sha256": hashlib.file_digest(handle, "sha256").hexdigest()}


def _writer(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8", newline="\n")
