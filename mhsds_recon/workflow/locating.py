"""From what a user calls a place to the place: a path, or a database whose address is kept.

Reads the environment, since addresses are kept there.
"""

from __future__ import annotations

import os
from pathlib import Path

from mhsds_recon import frames
from mhsds_recon.frames import DatabaseLocation, Location

__all__ = ["kept_database", "located"]


def located(source: str | Path | DatabaseLocation) -> Location:
    """Return where extracts are.

    Args:
        source: A path; or a SQLAlchemy URL, ``env:NAME`` or ``keyring:SERVICE/USER``, with
            ``?schema=NAME`` at its end for one schema (``mhsds_*`` for one schema per month).

    Raises:
        DatabaseError: No usable address is kept there.
    """
    if isinstance(source, str) and frames.is_address(source):
        return kept_database(source)
    return Path(source) if isinstance(source, str) else source


def kept_database(address: str) -> DatabaseLocation:
    """Return where the database of an address is.

    Raises:
        DatabaseError: No usable address is kept there.
    """
    return frames.locate(address, os.environ)
