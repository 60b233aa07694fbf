"""Commands on what lies behind the figures: funnels and maturity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, explaining_damage, open_run, progress, say, width

__all__ = ["app"]

app = App()


@app.command
def funnels(
    extracts: str,
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    measure: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())] = (),
    by_team: Annotated[bool, Parameter(negative=())] = False,
    exact: Annotated[bool, Parameter(negative=())] = False,
    output: Path | None = None,
    work_list: Path | None = None,
    common: Common = Common(),
) -> int:
    """Say where people, referrals and scores drop out on the way to what a measure counts.

    Prints each step with how many are left, how many drop out, and the cause.

    Args:
        extracts: Folder with a sub-folder, zip or Access database per month, named YYYY-MM; or
            env:NAME?schema=mhsds_* for a database.
        period: Reporting period to count, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files (postcodes, SNOMED).
        measure: Only the steps to this measure, or of this funnel; may be given again.
        by_team: Count for each local team as well.
        exact: Show exact counts, which no disclosure control has seen.
        output: CSV file to write the steps to.
        work_list: Folder for the list of rows that are not counted, and why. It names patients
            and referrals, so the folder must lie beside the extracts.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import funnels_text
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    if work_list is not None:
        workflow.check_work_list_folder(place, work_list)
    with progress(f"Following {month}", common), explaining_damage(place):
        run = open_run(place, provider, reference, common)
        found = workflow.count_funnels(run, period=month, names=measure, by_team=by_team)
        written = (
            workflow.write_funnels(found, output, version=common.standard, exact=exact)
            if output
            else ()
        )
        if work_list is not None:
            written += workflow.write_work_list(run, work_list, period=month, names=measure)
    text = funnels_text(found, written, standard=run.standard, exact=exact, width=width())
    say(text, common)
    return 0


@app.command
def maturity(
    extracts: str,
    /,
    *,
    period: str,
    provider: str | None = None,
    reference: Path | None = None,
    own_list: Annotated[Path | None, Parameter(name="--list")] = None,
    exact: Annotated[bool, Parameter(negative=())] = False,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Estimate the data quality maturity index, per item and overall.

    An estimate: the published index has its own list of items and is published later.

    Args:
        extracts: Folder with a sub-folder, zip or Access database per month, named YYYY-MM; or
            env:NAME?schema=mhsds_* for a database.
        period: Reporting period to estimate, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files (organisations, postcodes).
        own_list: The trust's own TOML of items, line and allowed default codes, written like
            maturity.toml in the rules folder.
        exact: Show exact counts and scores, which no disclosure control has seen.
        output: CSV file to write the items to.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import maturity_text
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    with progress(f"Estimating {month}", common), explaining_damage(place):
        run = open_run(place, provider, reference, common)
        found = workflow.estimate_maturity(run, period=month, own_list=own_list)
        written = workflow.write_maturity(found, output, exact=exact) if output else ()
    say(maturity_text(found, written, exact=exact, width=width()), common)
    return 0
