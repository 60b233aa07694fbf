"""Commands on the trust's own systems: counts by SQL, and doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, progress, say, width
from mhsds_recon.errors import ReconError

__all__ = ["app"]

app = App()


@app.command
def counts(
    queries: Path,
    /,
    *,
    period: str,
    provider: str | None = None,
    exact: Annotated[bool, Parameter(negative=())] = False,
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Count by SQL in the trust's own warehouse, which is only read.

    The result has the published layout, so that reconcile takes it as it takes extracts.

    Args:
        queries: TOML file of named queries; it says where the connection string is kept.
        period: Reporting period to count, as YYYY-MM.
        provider: Code of the provider; by default that of the file.
        exact: Add the column EXACT_VALUE, which no disclosure control has seen.
        output: CSV file to write; by default the table is printed.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod, load_standard

    month = ReportingPeriod.parse(period)
    with progress(f"Counting {month} in the warehouse", common):
        counted = workflow.count_warehouse(
            queries, standard=load_standard(common.standard), period=month, provider=provider
        )
    if not common.quiet:
        for remark in counted.remarks:
            sys.stderr.write(f"mhsds-recon: {remark}\n")
    figures = counted.figures
    if output is None:
        sys.stdout.write((figures.exact() if exact else figures.published()).write_csv())
    else:
        (written,) = workflow.write_figures(figures, output, exact=exact)
        say(f"{figures.frame.height} figures written to {written}", common)
    return 0


@app.command
def doctor(
    warehouse: str | None = None,
    /,
    *,
    common: Common = Common(),
) -> int:
    """Look at the set-up: software, extras, folders, history, drivers and the warehouse.

    Says what to do where something is missing, and never anything of an address. Exit code 3
    where something stands in the way.

    Args:
        warehouse: TOML file of queries, or env:NAME or keyring:SERVICE/USER of a database.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.reporting import setup_text

    with progress("Looking at the set-up", common):
        checks = workflow.examine_setup(warehouse, history=common.history)
    say(setup_text(checks, width=width()), common)
    return ReconError.exit_code if any(check.state == "bad" for check in checks) else 0
