"""Access databases: the intermediate database that a trust uploads, read with ``mdb-export``.

The tools are mdbtools, a package of every Linux distribution and of Homebrew. Password-protected
files, linked tables and attachments are beyond them.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames.text_tables import parse_text_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.standard import Standard

__all__ = ["ACCESS_ENDINGS", "access_tables"]

ACCESS_ENDINGS = (".mdb", ".accdb")
"""How the name of an Access database ends."""

_FORMS = ("-D", "%Y-%m-%d", "-T", "%Y-%m-%dT%H:%M:%S", "-b", "strip")
_SECONDS = 1800


def access_tables(path: Path, standard: Standard) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables of an Access database by their own names, all values as text.

    Of tables that the standard does not know nothing is read.

    Raises:
        ExtractError: mdbtools are not installed, or cannot read the file.
    """
    if not path.is_file():
        message = f"'{path}' does not exist. Give the intermediate database of one month."
        raise ExtractError(message)
    known = {name.lower() for name in standard.tables}
    for name in _told("mdb-tables", "-1", str(path), file=path.name).decode().split("\n"):
        if name.lower() in known:
            stored = _told("mdb-export", *_FORMS, str(path), name, file=path.name)
            yield name, parse_text_table(stored, f"{name} of {path.name}")
        elif name.strip():
            yield name, pl.DataFrame()


def _told(tool: str, *words: str, file: str) -> bytes:
    """Return what a tool prints."""
    found = shutil.which(tool)
    if found is None:
        message = (
            f"'{file}' is an Access database, and reading it needs {tool}, which is not on the"
            " PATH. Install mdbtools (apt install mdbtools, brew install mdbtools), or export"
            " each table from Access as CSV into a folder and give that."
        )
        raise ExtractError(message)
    try:
        ran = subprocess.run(  # noqa: S603  a tool of this machine, given one path
            [found, *words], capture_output=True, check=True, timeout=_SECONDS
        )
    except (subprocess.SubprocessError, OSError):
        message = (
            f"'{file}' cannot be read by {tool}: it is damaged, protected by a password or no"
            " Access database. Open it in Access, save it without a password, and try again."
        )
        raise ExtractError(message) from None
    return ran.stdout
