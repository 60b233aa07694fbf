"""Commands that look over months or over providers: trends and coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, explaining_damage, open_run, progress, say, width
from mhsds_recon.errors import UsageError

__all__ = ["app"]

app = App()

Stage = Literal["warehouse", "extract", "accepted", "portal_pre_deadline", "portal_post_deadline"]


@app.command
def trends(
    *,
    measure: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    provider: str | None = None,
    period: str | None = None,
    stage: Stage | None = None,
    settings: Path | None = None,
    extracts: str | None = None,
    profile: Literal["national", "internal"] = "national",
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Show how figures move from month to month, and what differs or fails again and again.

    Reads what earlier runs of reconcile and validate left in the history. With --output it also
    writes trends.csv, differences.csv, repeats.csv, revisions.csv and finals.csv.

    Args:
        measure: Look at this measure only; may be given again. By default the headline measures.
        provider: Which provider, where the history holds several.
        period: Last month to look at, as YYYY-MM; by default the last one counted.
        stage: Which local figures count; by default those that were last compared.
        settings: TOML file of targets and of decisions to recalculate limits.
        extracts: Folder of monthly extracts; read only to say which teams' rows fail rules.
        profile: How far small numbers are hidden; internal shows exact counts.
        output: Folder for the tables.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import trends_text
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.trends import NO_SETTINGS, read_settings

    if common.history == "none":
        message = "Trends are read from the history: say which with --history."
        raise UsageError(message)
    run = None
    if extracts is not None:
        run = open_run(workflow.located(extracts), provider, None, common)
    with progress("Looking back", common):
        review = workflow.review_trends(
            common.history,
            provider=provider,
            measure_ids=measure,
            period=ReportingPeriod.parse(period) if period else None,
            stage=stage,
            settings=read_settings(settings) if settings else NO_SETTINGS,
            version=common.standard,
            run=run,
        )
    exact = profile == "internal"
    written = workflow.write_trends(review, output, exact=exact) if output else ()
    say(trends_text(review, written, exact=exact, width=width()), common)
    return 0


@app.command
def coverage(
    extracts: str,
    published: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    /,
    *,
    expected: Path,
    period: str,
    reference: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Show which providers are expected, which submitted, and which are in the published file.

    Exit code 1 where a provider that is expected is missing or would be rejected.

    Args:
        extracts: Folder of monthly extracts of several providers, or of a folder for each.
        published: Published files, CSV or zip; without any, only extracts are looked at.
        expected: CSV of the providers expected: provider, and if wanted name, first_month,
            last_month.
        period: Reporting period, as YYYY-MM.
        reference: Folder of reference files.
        output: Folder for coverage.csv.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import coverage_text
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    with progress(f"Looking who is there for {month}", common), explaining_damage(place):
        runs = workflow.open_runs(place, version=common.standard, reference=reference)
        table, written = workflow.write_coverage(
            runs, published, period=month, expected=expected, output=output
        )
    say(coverage_text(table, written, width=width()), common)
    return int(not table.is_complete)
