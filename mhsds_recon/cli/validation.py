"""Commands on one month: validate, portal, and effects of rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from mhsds_recon.cli.common import (
    Common,
    explaining_damage,
    open_memory,
    open_run,
    progress,
    say,
    width,
)
from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from mhsds_recon.validation import Validation
    from mhsds_recon.validation.baseline import Baseline

__all__ = ["app"]

app = App()

FailOn = Literal[
    "file_rejected",
    "group_rejected",
    "record_rejected",
    "severity_1_warning",
    "warning",
    "never",
]

ValidationFormat = Literal["text", "json", "csv", "junit", "github", "azure"]


@app.command
def validate(
    extract: str,
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
        extract: Folder or zip with a file per table, an Access database, or
            env:NAME?schema=SCHEMA for a database whose URL is in the environment.
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
    place = workflow.located(extract)
    memory = open_memory(common)
    with progress(f"Validating {place.name}", common), explaining_damage(place):
        validation, written = workflow.write_validation(
            place,
            version=common.standard,
            reference=reference,
            portal_facts=portal_facts,
            output=output,
            memory=memory,
        )
    if update_baseline and baseline is not None:
        known = workflow.write_baseline(validation, baseline)
        written = (*written, baseline)
    if output_format == "text":
        from mhsds_recon.reporting import validation_text

        say(validation_text(validation, written, baseline=known, width=width()), common)
    else:
        sys.stdout.write(_validation_output(validation, output_format, fail_on, known))
    return int(workflow.fails(validation, fail_on, known))


@app.command
def portal(
    summary: Path,
    extract: str,
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

    place = workflow.located(extract)
    with progress(f"Comparing {place.name}", common), explaining_damage(place):
        comparison, written = workflow.write_portal_comparison(
            summary, place, version=common.standard, reference=reference, output=output
        )
    say(portal_text(comparison, written), common)
    return int(comparison.disagrees)


@app.command
def effects(
    extracts: str,
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

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    with progress(f"Weighing the rules of {month}", common), explaining_damage(place):
        run = open_run(place, provider, reference, common)
        result, written = workflow.write_effects(run, period=month, output=output)
    say(effects_text(result, written, width=width()), common)
    return 0


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
