"""What every command shares: options, progress, messages, opening a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from mhsds_recon.frames import Location
    from mhsds_recon.history import History
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.workflow import Memory, Run

__all__ = [
    "Common",
    "account",
    "explaining_damage",
    "history_of",
    "open_history",
    "open_memory",
    "open_run",
    "progress",
    "say",
    "tell_changes",
    "warn_of_missing_months",
    "width",
]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Common:
    """Options that every command takes.

    Attributes:
        quiet: Print no progress and no summary.
        no_input: Never ask anything. No command asks yet; jobs can set it now.
        standard: Version of the standard.
        history: Where runs are remembered: a SQLAlchemy URL, the path of an SQLite file, env:NAME
            or keyring:SERVICE/USER; none to remember nothing. By default a file in the user's
            data folder.
    """

    quiet: Annotated[bool, Parameter(negative=())] = False
    no_input: Annotated[bool, Parameter(negative=())] = False
    standard: str = "6.0"
    history: Annotated[str | None, Parameter(env_var="MHSDS_RECON_HISTORY")] = None


def width() -> int:
    """Return the columns of the terminal, within what reads well."""
    import shutil

    return min(max(shutil.get_terminal_size((110, 24)).columns, 60), 120)


def open_run(
    extracts: Location, provider: str | None, reference: Path | None, common: Common
) -> Run:
    """Open the extracts that a command names."""
    from mhsds_recon.workflow import Run

    return Run.open(extracts, version=common.standard, reference=reference, provider=provider)


def history_of(common: Common) -> str | None:
    """Return the address of the history, for a command that cannot do without one."""
    if common.history == "none":
        message = "Say which history is meant with --history, or leave it out for your own."
        raise UsageError(message)
    return common.history


def open_history(common: Common) -> History:
    """Open the history, for a command that cannot do without one."""
    from mhsds_recon import workflow
    from mhsds_recon.history import History

    return History.open(workflow.history_address(history_of(common)))


def account() -> str:
    """Return the name of the account that runs the command; empty where it has none."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def open_memory(common: Common) -> Memory | None:
    """Open the history that a command remembers in, before its work begins."""
    from mhsds_recon import workflow

    return workflow.open_memory(common.history)


def tell_changes(memory: Memory | None, common: Common) -> None:
    """Say what published files changed that the history had not seen before."""
    from mhsds_recon.reporting import changes_text

    if memory is not None and not common.quiet:
        told = [text for changes in memory.changes if (text := changes_text(changes))]
        sys.stderr.write("".join(f"{text}\n" for text in told))


@contextmanager
def progress(what: str, common: Common) -> Iterator[None]:
    """Show on a terminal that work goes on."""
    if common.quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} ..."):
        yield


@contextmanager
def explaining_damage(path: Location) -> Iterator[None]:
    """Turn a failure of a plan into the message for a damaged file, where that is the cause."""
    from polars.exceptions import PolarsError

    try:
        yield
    except PolarsError:
        from mhsds_recon.frames import check_files

        check_files(path)
        raise


def say(text: str, common: Common) -> None:
    """Print a summary for people, unless they want quiet."""
    if not common.quiet:
        sys.stdout.write(text.rstrip("\n") + "\n")


def warn_of_missing_months(
    missing: Mapping[str, tuple[ReportingPeriod, ...]], common: Common
) -> None:
    """Name the months that a measure looks back to and that no extract covers."""
    if common.quiet:
        return
    for measure, months in missing.items():
        if months:
            listed = ", ".join(str(month) for month in months)
            sys.stderr.write(f"mhsds-recon: {measure} looks back to months not given: {listed}\n")
