"""The commands: parse, call the workflow, print, exit code.

Heavy imports stand inside the functions, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from mhsds_recon.errors import ReconError, UsageError

if TYPE_CHECKING:
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.validation import Validation
    from mhsds_recon.validation.baseline import Baseline
    from mhsds_recon.workflow import Run

FailOn = Literal[
    "file_rejected",
    "group_rejected",
    "record_rejected",
    "severity_1_warning",
    "warning",
    "never",
]

ValidationFormat = Literal["text", "json", "csv", "junit", "github", "azure"]

BUG, STOPPED = 70, 130
OUR_MISTAKE = (
    "mhsds-recon: this is a mistake of ours, not yours. Please report it with the lines above,"
    " the command and the version (mhsds-recon --version). They hold no patient's values unless"
    " a library put them there: read them before you send them."
)

app = App(
    name="mhsds-recon",
    help="Validate, count, reconcile and sign off a trust's monthly MHSDS submission.",
    version=lambda: _version(),  # noqa: PLW0108  defined below
    result_action="return_value",
)
standard_app = App(name="standard", help="Look at the definitions: rules, tables, measures.")
app.command(standard_app)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options that every command takes.

    Attributes:
        quiet: Print no progress and no summary.
        no_input: Never ask anything. No command asks yet; jobs can set it now.
        standard: Version of the standard.
    """

    quiet: Annotated[bool, Parameter(negative=())] = False
    no_input: Annotated[bool, Parameter(negative=())] = False
    standard: str = "6.0"


@app.command
def demo(
    *,
    output: Path = Path("mhsds-demo"),
    months: int = 14,
    people: int = 5000,
    seed: int = 1,
    provider: str = "RZZ",
    period: str = "2025-09",
    common: Common = Common(),
) -> int:
    """Make a synthetic trust, then validate, count, reconcile and build its pack.

    Args:
        output: Folder to write everything into.
        months: How many months of extracts to make.
        people: How many people the trust sees.
        seed: Another number makes another trust; the same number the same trust.
        provider: Code that the trust submits under.
        period: Last reporting period, as YYYY-MM.
        common: Options of every command.
    """
    from mhsds_recon.demo import DemoSettings, run_demo
    from mhsds_recon.standard import ReportingPeriod

    settings = DemoSettings(
        months=months,
        people=people,
        seed=seed,
        provider=provider,
        period=ReportingPeriod.parse(period),
    )
    with _progress("Making a synthetic trust and running everything on it", common):
        report = run_demo(output, settings, version=common.standard)
    _say(report, common)
    return 0


@app.command
def validate(
    extract: Path,
    /,
    *,
    reference: Path | None = None,
    portal_facts: Path | None = None,
    output: Path | None = None,
    output_format: Annotated[ValidationFormat, Parameter(name="--format")] = "text",
    fail_on: FailOn = "record_rejected",
    baseline: Path | None = None,
    update_baseline: Annotated[bool, Parameter(negative=())] = False,
    common: Common = Common(),
) -> int:
    """Check one month's extract against the rules, before the portal does.

    Writes findings.parquet, accepted.csv and summary.json. Exit code 1 where rows or the file
    are rejected (see --fail-on).

    Args:
        extract: Folder or zip with a file per table.
        reference: Folder of reference files (organisations, postcodes, portal.json).
        portal_facts: JSON file of what the portal knows about the upload.
        output: Folder for the results; by default beside the extract.
        output_format: What to print: a summary for people, the JSON summary, counts as CSV,
            JUnit XML, or the commands of GitHub Actions or Azure Pipelines.
        fail_on: The mildest level that makes the command fail.
        baseline: JSON file of known failures: only new ones make the command fail.
        update_baseline: Write the baseline anew, so that all that fails now is known.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    if update_baseline and baseline is None:
        message = "--update-baseline writes the file that --baseline names: give both."
        raise UsageError(message)
    known = None
    if baseline is not None and not update_baseline:
        known = workflow.open_baseline(baseline, version=common.standard)
    with _progress(f"Validating {extract.name}", common), _explaining_damage(extract):
        validation, written = workflow.write_validation(
            extract,
            version=common.standard,
            reference=reference,
            portal_facts=portal_facts,
            output=output,
        )
    if update_baseline and baseline is not None:
        known = workflow.write_baseline(validation, baseline)
        written = (*written, baseline)
    if output_format == "text":
        from mhsds_recon.reporting import validation_text

        _say(validation_text(validation, written, baseline=known, width=_width()), common)
    else:
        sys.stdout.write(_validation_output(validation, output_format, fail_on, known))
    return int(workflow.fails(validation, fail_on, known))


@app.command
def portal(
    summary: Path,
    extract: Path,
    /,
    *,
    reference: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Compare the portal's Summary Reports with our own verdicts on the extract.

    Writes portal_comparison.csv: accepted rows by table and findings by rule, with how many
    records both sides, only we and only the portal name. Counts only: the patients and staff
    whom a report identifies stay in memory. Exit code 1 where the two sides disagree.

    Args:
        summary: Summary Reports zip of the portal, under any name.
        extract: Folder or zip with a file per table: what was submitted.
        reference: Folder of reference files (postcodes, organisations).
        output: Folder for the result; by default beside the extract.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import portal_text

    with _progress(f"Comparing {extract.name}", common), _explaining_damage(extract):
        comparison, written = workflow.write_portal_comparison(
            summary, extract, version=common.standard, reference=reference, output=output
        )
    _say(portal_text(comparison, written), common)
    return int(comparison.disagrees)


@app.command
def effects(
    extracts: Path,
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Say which failures matter: what each rule takes from each published measure.

    Counts again without the rows that a rule rejects, cascade included. Writes effects.csv and
    effects_on_measures.csv.

    Args:
        extracts: Folder of monthly extracts.
        period: Reporting period to count, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files.
        output: Folder for the results; by default beside the extracts.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import effects_text
    from mhsds_recon.standard import ReportingPeriod

    month = ReportingPeriod.parse(period)
    with _progress(f"Weighing the rules of {month}", common), _explaining_damage(extracts):
        run = _open(extracts, provider, reference, common)
        result, written = workflow.write_effects(run, period=month, output=output)
    _say(effects_text(result, written, width=_width()), common)
    return 0


@app.command
def measures(
    extracts: Path,
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    measure: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    exact: Annotated[bool, Parameter(negative=())] = False,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Count the published measures from a trust's own monthly extracts.

    Args:
        extracts: Folder with a sub-folder or zip per month, named YYYY-MM.
        period: Reporting period to count, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files (postcodes, practices, organisations, SNOMED).
        measure: Count only this measure; may be given again.
        exact: Add the column EXACT_VALUE, which no disclosure control has seen.
        output: CSV file to write; by default the table is printed.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    month = ReportingPeriod.parse(period)
    with _progress(f"Counting {month}", common), _explaining_damage(extracts):
        run = _open(extracts, provider, reference, common)
        figures = run.count(month, measure_ids=measure or None)
    _warn_of_missing_months(figures.missing_months, common)
    if output is None:
        sys.stdout.write((figures.exact() if exact else figures.published()).write_csv())
    else:
        (written,) = workflow.write_figures(figures, output, exact=exact)
        _say(f"{figures.frame.height} figures written to {written}", common)
    return 0


@app.command
def reconcile(
    extracts: Path,
    published: Annotated[list[Path], Parameter(negative=())],
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Compare a trust's own counts with the national file, and explain the differences.

    Writes reconciliation.csv, variance.csv and summary.json. Exit code 1 where a difference is
    not, or only partly, explained.

    Args:
        extracts: Folder of monthly extracts, or a CSV of counts in the published layout.
        published: One or more published files, CSV or zip.
        period: Reporting period to compare, as YYYY-MM.
        provider: Which provider, where the extracts hold several.
        reference: Folder of reference files.
        output: Folder for the results; by default beside the extracts.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import reconciliation_text
    from mhsds_recon.standard import ReportingPeriod

    month = ReportingPeriod.parse(period)
    with _progress(f"Reconciling {month}", common), _explaining_damage(extracts):
        if extracts.is_file() and extracts.suffix.lower() == ".csv":
            result, written = workflow.write_counts_reconciliation(
                extracts,
                published,
                period=month,
                provider=provider,
                version=common.standard,
                output=output,
            )
        else:
            run = _open(extracts, provider, reference, common)
            result, written = workflow.write_reconciliation(
                run, published, period=month, output=output
            )
    _say(reconciliation_text(result, written), common)
    return int(workflow.leaves_differences(result))


@app.command
def pack(
    extracts: Path,
    /,
    *,
    period: str,
    published: Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative=())] = (),
    provider: str | None = None,
    reference: Path | None = None,
    profile: Literal["national", "internal", "public"] = "national",
    to: str = "html",
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Build the sign-off pack: A before the deadline, B when published files are given.

    Args:
        extracts: Folder of monthly extracts.
        period: Reporting period of the pack, as YYYY-MM.
        published: A published file; may be given again.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files.
        profile: How far small numbers are hidden.
        to: Forms of the pack, with commas between; html is the only one yet.
        output: Folder for the pack; by default beside the extracts.
        common: Options of every command.
    """
    import datetime as dt

    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    if to != "html":
        message = f"The pack cannot be made as '{to}' yet: leave out --to, or give html."
        raise UsageError(message)
    month = ReportingPeriod.parse(period)
    with _progress(f"Building the pack for {month}", common), _explaining_damage(extracts):
        written = workflow.write_pack(
            _open(extracts, provider, reference, common),
            period=month,
            generated_at=dt.datetime.now().astimezone(),
            published=published,
            profile=profile,
            output=output,
        )
    _say("\n".join(f"Written: {path}" for path in written), common)
    return 0


@standard_app.command(name="check")
def standard_check(*, common: Common = Common()) -> int:
    """Load every definition and report all problems at once.

    Args:
        common: Options of every command.
    """
    from mhsds_recon.reporting import standard_text
    from mhsds_recon.standard import load_standard

    _say(standard_text(load_standard(common.standard), width=_width()), common)
    return 0


@standard_app.command(name="show")
def standard_show(code: str, /, *, common: Common = Common()) -> int:
    """Print what a rule, measure, table or code list says, in words.

    Args:
        code: Such as MHS20142, MHS95, MHS101Referral or AttendanceStatus.
        common: Options of every command.
    """
    from mhsds_recon.reporting import definition_text
    from mhsds_recon.standard import load_standard

    text = definition_text(code, load_standard(common.standard), width=_width())
    sys.stdout.write(text + "\n")
    return 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a user's mistake gives one message."""
    try:
        return int(app(arguments, exit_on_error=False) or 0)
    except CycloptsError:
        return UsageError.exit_code
    except ReconError as error:
        sys.stderr.write(f"mhsds-recon: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("mhsds-recon: stopped; nothing was written.\n")
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception:  # noqa: BLE001  the edge of the program: a mistake of ours
        sys.stderr.write(f"{traceback.format_exc()}\n{OUR_MISTAKE}\n")
        return BUG


def _validation_output(
    validation: Validation, output_format: ValidationFormat, fail_on: FailOn, known: Baseline | None
) -> str:
    """Return a validation in one of the forms that programs read."""
    from mhsds_recon import reporting, workflow

    match output_format:
        case "junit":
            return reporting.junit_xml(validation, fail_on=fail_on, baseline=known)
        case "github":
            return reporting.github_commands(validation, fail_on=fail_on, baseline=known)
        case "azure":
            return reporting.azure_commands(validation, fail_on=fail_on, baseline=known)
        case "csv":
            return validation.counts().write_csv()
        case _:
            return workflow.to_json(workflow.summarise_validation(validation, baseline=known))


def _width() -> int:
    """Return the columns of the terminal, within what reads well."""
    import shutil

    return min(max(shutil.get_terminal_size((110, 24)).columns, 60), 120)


def _open(extracts: Path, provider: str | None, reference: Path | None, common: Common) -> Run:
    from mhsds_recon.workflow import Run

    return Run.open(extracts, version=common.standard, reference=reference, provider=provider)


def _version() -> str:
    from importlib.metadata import version

    return version("mhsds-recon")


@contextmanager
def _progress(what: str, common: Common) -> Iterator[None]:
    """Show on a terminal that work goes on."""
    if common.quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} ..."):
        yield


@contextmanager
def _explaining_damage(path: Path) -> Iterator[None]:
    """Turn a failure of a plan into the message for a damaged file, where that is the cause."""
    from polars.exceptions import PolarsError

    try:
        yield
    except PolarsError:
        from mhsds_recon.frames import check_files

        check_files(path)
        raise


def _say(text: str, common: Common) -> None:
    if not common.quiet:
        sys.stdout.write(text.rstrip("\n") + "\n")


def _warn_of_missing_months(
    missing: Mapping[str, tuple[ReportingPeriod, ...]], common: Common
) -> None:
    if common.quiet:
        return
    for measure, months in missing.items():
        if months:
            listed = ", ".join(str(month) for month in months)
            sys.stderr.write(f"mhsds-recon: {measure} looks back to months not given: {listed}\n")
