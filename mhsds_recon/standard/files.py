"""Where the definition files lie, and how a trust's own ones are read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from mhsds_recon.errors import DefinitionError

__all__ = ["definitions_folder", "read_own", "versions"]

T = TypeVar("T")


def definitions_folder() -> Path:
    """Return the folder that holds ``schemas`` and ``rules``.

    An installed package carries them in ``_definitions``; a checkout has them at its top.
    """
    packaged = Path(__file__).parents[1] / "_definitions"
    return packaged if (packaged / "schemas").is_dir() else Path(__file__).parents[2]


def versions(root: Path | None = None) -> tuple[str, ...]:
    """Return the versions of the standard that are defined, such as ``6.0``."""
    folder = (root or definitions_folder()) / "schemas"
    return tuple(sorted(path.name[1:] for path in folder.glob("v*") if path.is_dir()))


def read_own(path: Path, kind: type[T], *, hint: str) -> T:
    """Return what a trust's own TOML file says.

    Args:
        path: The file.
        kind: What it holds.
        hint: A sentence on how to write it.

    Raises:
        DefinitionError: The file cannot be read, or does not fit.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise DefinitionError([f"'{path.name}' cannot be read. Give a TOML file."]) from error
    except msgspec.DecodeError as error:
        raise DefinitionError([f"{path.name}: {error}. {hint}"]) from error
