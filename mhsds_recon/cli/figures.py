"""Commands on figures: measures and reconcile."""

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
    with progress(f"Counting {month}", common), explaining_damage(extracts):
        run = open_run(extracts, provider, reference, common)
        figures = run.count(month, measure_ids=measure or None)
    warn_of_missing_months(figures.missing_months, common)
    if output is None:
        sys.stdout.write((figures.exact() if exact else figures.published()).write_csv())
    else:
        (written,) = workflow.write_figures(figures, output, exact=exact)
        say(f"{figures.frame.height} figures written to {written}", common)
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
    with progress(f"Reconciling {month}", common), explaining_damage(extracts):
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
            run = open_run(extracts, provider, reference, common)
            result, written = workflow.write_reconciliation(
                run, published, period=month, output=output
            )
    say(reconciliation_text(result, written), common)
    return int(workflow.leaves_differences(result))
