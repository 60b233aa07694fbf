"""Commands on the history: what was done, what changed, and whether it is whole."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, history_of, open_history, say, width

if TYPE_CHECKING:
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["app"]

app = App(name="history", help="Look at past runs and published files, and check them.")


@app.command(name="list")
def history_list(
    *, provider: str | None = None, period: str | None = None, common: Common = Common()
) -> int:
    """List the runs and published files that are remembered.

    Args:
        provider: Only this provider's.
        period: Only runs of this reporting period, as YYYY-MM.
        common: Options of every command.
    """
    from mhsds_recon.reporting import history_text

    with open_history(common) as history:
        runs = history.runs(provider=provider, period=_month(period))
        files = history.published_files(provider=provider)
    sys.stdout.write(history_text(runs, files, width=width()) + "\n")
    return 0


@app.command(name="show")
def history_show(run: int, /, *, common: Common = Common()) -> int:
    """Show what is remembered of a run: what it read, failing rules, results, steps.

    Args:
        run: Its number, as ``history list`` shows it.
        common: Options of every command.
    """
    from mhsds_recon.reporting import past_run_text

    with open_history(common) as history:
        past = history.run(run)
    sys.stdout.write(past_run_text(past, width=width()) + "\n")
    return 0


@app.command(name="changes")
def history_changes(*, provider: str, period: str | None = None, common: Common = Common()) -> int:
    """Show what reissued, final and other later files changed, and what that reopens.

    Args:
        provider: Code of the provider.
        period: Only this reporting period, as YYYY-MM.
        common: Options of every command.
    """
    from mhsds_recon.reporting import changes_text

    with open_history(common) as history:
        changes = history.changes(provider, period=_month(period))
    text = changes_text(changes, width=width())
    sys.stdout.write((text or "No published figure was given twice.") + "\n")
    return 0


@app.command(name="verify")
def history_verify(*, last: str | None = None, common: Common = Common()) -> int:
    """Check that nothing was edited, removed, added or reordered; exit code 1 if something was.

    Args:
        last: The last hash that an earlier check printed; keep it away from the database.
        common: Options of every command.
    """
    from mhsds_recon.reporting import verification_text

    with open_history(common) as history:
        verification = history.verify(last)
        say(verification_text(verification, history), common)
    return int(not verification.is_whole)


@app.command(name="upgrade")
def history_upgrade(
    *, sql: Annotated[bool, Parameter(negative=())] = False, common: Common = Common()
) -> int:
    """Bring the tables of the history to this version; SQLite files do that by themselves.

    Args:
        sql: Print the statements for a database administrator, and connect to nothing.
        common: Options of every command.
    """
    from mhsds_recon import history, workflow

    address = workflow.history_address(history_of(common))
    if sql:
        sys.stdout.write(history.upgrade_sql(address))
        return 0
    needed = history.upgrade_history(address)
    say("The history was upgraded." if needed else "The history needs no upgrade.", common)
    return 0


def _month(period: str | None) -> ReportingPeriod | None:
    from mhsds_recon.standard import ReportingPeriod

    return None if period is None else ReportingPeriod.parse(period)
