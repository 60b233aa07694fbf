"""The command on cut-offs: calendar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number

from mhsds_recon.cli.common import Common, say, width

__all__ = ["app"]

app = App()


@app.command
def calendar(
    *,
    period: str | None = None,
    months: Annotated[int, Parameter(validator=Number(gte=1, lte=60))] = 1,
    calendar: Path | None = None,
    policy: Path | None = None,
    provider: str = "",
    to: Literal["text", "ics"] = "text",
    output: Path | None = None,
    common: Common = Common(),
) -> int:
    """Show the cut-off of a reporting period, the days left and what is due next.

    Dates that are not in the calendar file are estimated and marked so.

    Args:
        period: First reporting period, as YYYY-MM; by default the one whose cut-off comes next.
        months: How many reporting periods.
        calendar: The trust's own file of cut-offs and steps, as TOML.
        policy: The trust's own file of who signs off, as TOML.
        provider: Code of the provider; stands in the events of an .ics file.
        to: Form: text, or ics for calendar programs.
        output: File to write; without it the calendar is printed.
        common: Options of every command.
    """
    import datetime as dt

    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    text = workflow.show_calendar(
        at=dt.datetime.now().astimezone(),
        period=ReportingPeriod.parse(period) if period else None,
        months=months,
        calendar=calendar,
        policy=policy,
        to=to,
        provider=provider,
        version=common.standard,
        width=width(),
    )
    if output is None:
        sys.stdout.write(text)
        return 0
    say("\n".join(f"Written: {path}" for path in workflow.write_calendar(text, output)), common)
    return 0
