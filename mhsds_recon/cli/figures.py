"""Commands on figures: measures and reconcile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import (
    Common,
    explaining_damage,
    open_memory,
    open_run,
    progress,
    say,
    tell_changes,
    warn_of_missing_months,
    width,
)

if TYPE_CHECKING:
    from mhsds_recon.frames import Location
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.workflow import Memory

__all__ = ["app"]

app = App()

_COUNTS = (".csv", ".toml")


@app.command
def measures(
    extracts: str,
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    measure: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    as_of: str | None = None,
    exact: Annotated[bool, Parameter(negative=())] = False,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Count the published measures from a trust's own monthly extracts.

    Args:
        extracts: Folder with a sub-folder, zip or Access database per month, named YYYY-MM; or
            env:NAME?schema=mhsds_* for a database whose URL is in the environment.
        period: Reporting period to count, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files (postcodes, practices, organisations, SNOMED).
        measure: Count only this measure; may be given again.
        as_of: Let later months in, up to this one (YYYY-MM), as if counted after it. It matters to
            the outcomes of closed referrals, which look at all that was ever sent.
        exact: Add the column EXACT_VALUE, which no disclosure control has seen.
        output: CSV file to write; by default the table is printed.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    memory = open_memory(common)
    with progress(f"Counting {month}", common), explaining_damage(place):
        run = open_run(place, provider, reference, common)
        figures = run.count(
            month,
            measure_ids=measure or None,
            as_of=None if as_of is None else ReportingPeriod.parse(as_of),
        )
    warn_of_missing_months(figures.missing_months, common)
    if output is None:
        sys.stdout.write(workflow.figures_csv(figures, exact=exact, extracts=run.extracts))
    else:
        (written,) = workflow.write_figures(figures, output, exact=exact, extracts=run.extracts)
        say(f"{figures.frame.height} figures written to {written}", common)
    if as_of is None:  # the history keeps figures as they were before later months came
        workflow.remember_figures(run, figures, memory)
    return 0


@app.command
def reconcile(
    extracts: str,
    published: Annotated[list[Path], Parameter(negative=())],
    /,
    *,
    period: str,
    provider: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    all_providers: Annotated[bool, Parameter(negative=())] = False,
    reference: Path | None = None,
    counts: Path | None = None,
    portal_pre: Path | None = None,
    portal_post: Path | None = None,
    local_definitions: Path | None = None,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Compare a trust's own counts with the national file, and explain the differences.

    Every figure that differs is followed from stage to stage, as far as these are given: the
    warehouse's own counts, the extracts, their accepted rows, the portal's extracts before and
    after the deadline, the published file. Writes reconciliation.csv, variance.csv, stages.csv
    and summary.json; of several providers a folder for each. Exit code 1 where a difference is
    not, or only partly, explained, or where one of several providers cannot be compared.

    Args:
        extracts: Folder of monthly extracts or schemas of a database; or counts in the published
            layout, as a CSV or as a file of queries (.toml) on the trust's warehouse.
        published: One or more published files, CSV or zip.
        period: Reporting period to compare, as YYYY-MM.
        provider: Which provider, where the extracts hold several; may be given again.
        all_providers: Every provider that the extracts hold.
        reference: Folder of reference files.
        counts: Counts of the trust's own warehouse besides the extracts: a CSV in the published
            layout, or a file of queries (.toml).
        portal_pre: The portal's pre-deadline extract of the period.
        portal_post: The portal's post-deadline extract of the period.
        local_definitions: What the warehouse counts otherwise than the nation (.toml).
        output: Folder for the results; by default beside the extracts.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import reconciliation_text, walk_text
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    memory = open_memory(common)
    if all_providers or len(provider) > 1:
        return _reconcile_each(
            place,
            published,
            month,
            providers=provider,
            reference=reference,
            output=output,
            memory=memory,
            common=common,
        )
    code = provider[0] if provider else None
    with progress(f"Reconciling {month}", common), explaining_damage(place):
        if isinstance(place, Path) and place.is_file() and place.suffix.lower() in _COUNTS:
            result, written = workflow.write_counts_reconciliation(
                place,
                published,
                period=month,
                provider=code,
                version=common.standard,
                output=output,
                memory=memory,
            )
        else:
            run = open_run(place, code, reference, common)
            also = workflow.Also(
                counts=counts,
                portal_pre=portal_pre,
                portal_post=portal_post,
                local_definitions=local_definitions,
            )
            result, written = workflow.write_reconciliation(
                run, published, period=month, output=output, memory=memory, also=also
            )
    tell_changes(memory, common)
    if result.stages is not None:
        say(walk_text(result, version=common.standard, width=width()), common)
    say(reconciliation_text(result, written), common)
    return int(workflow.leaves_differences(result))


def _reconcile_each(
    place: Location,
    published: list[Path],
    month: ReportingPeriod,
    *,
    providers: tuple[str, ...],
    reference: Path | None,
    output: Path | None,
    memory: Memory | None,
    common: Common,
) -> int:
    """Reconcile several providers, all that are there where none is named."""
    from mhsds_recon import workflow
    from mhsds_recon.reporting import reconciliations_text

    with progress(f"Reconciling {month}", common), explaining_damage(place):
        runs = workflow.open_runs(
            place, providers=providers, version=common.standard, reference=reference
        )
        each, written = workflow.write_reconciliations(
            runs, published, period=month, output=output, memory=memory
        )
    tell_changes(memory, common)
    say(reconciliations_text(each, written, width=width()), common)
    differ = any(map(workflow.leaves_differences, each.by_provider.values()))
    return int(differ or bool(each.not_compared))
