"""Look at the set-up: what is there, what is missing, and what to do next."""

from __future__ import annotations

import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from mhsds_recon.errors import ReconError
from mhsds_recon.history import default_path
from mhsds_recon.standard import versions
from mhsds_recon.warehouse import read_queries
from mhsds_recon.warehouse.setup import SetupCheck, check_drivers, check_warehouse
from mhsds_recon.workflow.history import open_memory
from mhsds_recon.workflow.locating import kept_database, located
from mhsds_recon.workflow.writing import software_version

__all__ = ["examine_setup"]

_PYTHON = (3, 11)
_SECONDS = 30
_USES = {
    "charts": "charts in packs",
    "duckdb": "the second engine",
    "excel": "packs as workbooks",
    "keyring": "connection strings kept in the system's keyring",
    "mssql": "SQL Server",
    "pdf": "packs as PDF",
    "postgres": "PostgreSQL",
    "spark": "national scale",
    "web": "the sign-off pages",
    "word": "the procedure as a Word document",
}
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:.*extra\s*==\s*['\"](\w+)['\"])?")


def examine_setup(
    warehouse: str | None = None, *, history: str | None = None
) -> tuple[SetupCheck, ...]:
    """Return what was looked at, in the order of a first installation.

    Args:
        warehouse: A file of queries, or the address of a database; none is looked at where None.
        history: Address of the history; that of the user where None, and none where ``none``.
    """
    return (
        *_software(),
        *_extras(),
        *_folders(),
        _history(history),
        _access(),
        *(check_drivers(needed=False) if warehouse is None else _warehouse(warehouse)),
    )


def _software() -> Iterator[SetupCheck]:
    said = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= _PYTHON:
        yield SetupCheck(about="Python", state="good", said=said)
    else:
        step = "Install Python 3.11 or later."
        yield SetupCheck(about="Python", state="bad", said=said, next_step=step)
    missing = [name for name in _packages("") if not _is_installed(name)]
    yield SetupCheck(
        about="mhsds-recon",
        state="bad" if missing else "good",
        said=f"{software_version()}, standard {', '.join(versions())}"
        + (f"; missing: {', '.join(missing)}" if missing else ""),
        next_step="pip install --upgrade mhsds-recon" if missing else "",
    )


def _extras() -> Iterator[SetupCheck]:
    for extra, use in _USES.items():
        if all(_is_installed(name) for name in _packages(extra)):
            yield SetupCheck(about=f"extra {extra}", state="good", said=f"installed, for {use}")
        else:
            yield SetupCheck(
                about=f"extra {extra}",
                state="note",
                said=f"not installed; only {use} needs it",
                next_step=f"pip install 'mhsds-recon[{extra}]'",
            )


def _packages(extra: str) -> list[str]:
    """Return the names of the packages that an extra, or the software itself, asks for."""
    found = (_REQUIREMENT.match(line) for line in requires("mhsds-recon") or ())
    return [match[1] for match in found if match and (match[2] or "") == extra]


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _folders() -> Iterator[SetupCheck]:
    places = {
        "present folder": (Path.cwd(), "Work in another folder, or give --output."),
        "temporary folder": (Path(tempfile.gettempdir()), "Set TMPDIR (Windows: TEMP)."),
    }
    for about, (folder, step) in places.items():
        free = f"{shutil.disk_usage(folder).free / 1e9:.0f} GB free"
        if _is_writable(folder):
            yield SetupCheck(about=about, state="good", said=f"can be written to, {free}")
        else:
            said = "cannot be written to"
            yield SetupCheck(about=about, state="bad", said=said, next_step=step)


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _history(address: str | None) -> SetupCheck:
    if address is None and not default_path().exists():
        return _future_history(default_path())
    try:
        memory = open_memory(address)
        if memory is None:
            return SetupCheck(about="history", state="good", said="none is kept")
        with memory.history as history:
            return SetupCheck(about="history", state="good", said=f"in {history.place}")
    except ReconError as error:
        step = "Give another place with --history, or ask the database's keeper."
        return SetupCheck(about="history", state="bad", said=str(error), next_step=step)


def _future_history(path: Path) -> SetupCheck:
    folder = next(parent for parent in path.parents if parent.is_dir())
    if _is_writable(folder):
        said = f"none yet; it will be made at '{path}'"
        return SetupCheck(about="history", state="good", said=said)
    said, step = f"cannot be made at '{path}'", "Give another place with --history."
    return SetupCheck(about="history", state="bad", said=said, next_step=step)


def _access() -> SetupCheck:
    if shutil.which("mdb-export"):
        said = "mdb-export is there: intermediate databases (.mdb, .accdb) can be read"
        return SetupCheck(about="Access", state="good", said=said)
    return SetupCheck(
        about="Access",
        state="note",
        said="mdb-export is not there; only intermediate databases need it",
        next_step="apt install mdbtools, or brew install mdbtools; on Windows export CSV files.",
    )


def _warehouse(warehouse: str) -> Iterator[SetupCheck]:
    try:
        place = located(warehouse)
        seconds = _SECONDS
        if isinstance(place, Path):
            asked = read_queries(place)
            said = f"{len(asked.queries)} queries in '{place.name}', all of them one SELECT"
            yield SetupCheck(about="queries", state="good", said=said)
            place = kept_database(asked.connection.address)
            seconds = asked.connection.timeout_seconds
        yield from check_warehouse(place, seconds=seconds)
    except ReconError as error:
        step = "Put that right and run doctor again."
        yield SetupCheck(about="warehouse", state="bad", said=str(error), next_step=step)
