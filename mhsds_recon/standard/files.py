"""Where the definition files lie: in the installed package, or in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["definitions_folder", "versions"]


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
