"""The command on local teams."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import (
    Common,
    explaining_damage,
    open_run,
    progress,
    say,
    warn_of_missing_months,
)

__all__ = ["app"]

app = App()


@app.command
def teams(
    extracts: str,
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
    """Count measures for each local team and for all teams together.

    The breakdown "Local team" is ours: nothing by team is published nationally. A child seen by
    several teams counts in each, so that teams do not add up. Counts below 5 are hidden, and
    further teams with them, so that none can be had by subtraction.

    Args:
        extracts: Folder with a sub-folder, zip or Access database per month, named YYYY-MM; or
            env:NAME?schema=mhsds_* for a database.
        period: Reporting period to count, as YYYY-MM.
        provider: Which provider, where the folder holds several.
        reference: Folder of reference files; team_names.csv (team, name) says what teams are
            called.
        measure: Count only this measure, published or local (LOC01 and so on); may be given
            again.
        exact: Add the column EXACT_VALUE, which no disclosure control has seen.
        output: CSV file to write; by default the table is printed.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    month, place = ReportingPeriod.parse(period), workflow.located(extracts)
    with progress(f"Counting {month} by team", common), explaining_damage(place):
        run = open_run(place, provider, reference, common)
        figures = workflow.count_teams(run, month, measure_ids=measure or None)
    warn_of_missing_months(figures.missing_months, common)
    if measure and not common.quiet:
        for one in figures.not_assessed:
            sys.stderr.write(
                f"mhsds-recon: {one.measure_id} is not counted ({one.breakdown}): {one.reason}\n"
            )
    if output is None:
        sys.stdout.write(workflow.figures_csv(figures, exact=exact, extracts=run.extracts))
    else:
        (written,) = workflow.write_figures(figures, output, exact=exact, extracts=run.extracts)
        say(f"{figures.frame.height} figures written to {written}", common)
    return 0
