"""What every verb says of its inputs, and where and how it writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from mhsds_recon import frames
from mhsds_recon.standard import ReportingPeriod, Standard

__all__ = ["about", "beside", "hashed", "place_on_disk", "software_version", "to_json", "writer"]


def software_version() -> str:
    """Return the version of this software."""
    return installed_version("mhsds-recon")


def beside(path: frames.Location, what: str) -> Path:
    """Return the folder beside an input in which results that hold its rows are kept."""
    place = place_on_disk(path)
    stem = place.stem if place.is_file() else place.name
    return place.parent / f"{stem}.{what}"


def place_on_disk(path: frames.Location) -> Path:
    """Return where an input lies; of a database, the present folder and the schema's name."""
    return (path if isinstance(path, Path) else Path(path.name)).resolve()


def to_json(content: Mapping[str, Any]) -> str:
    """Return JSON text for a file, keys in their order."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def about(
    provider: str,
    period: ReportingPeriod | None,
    standard: Standard,
    files: Iterable[frames.InputFile],
) -> dict[str, Any]:
    """Return what a summary says first: software, standard, provider, period and inputs."""
    return {
        "software": software_version(),
        "standard": standard.version,
        "provider": provider,
        "period": str(period) if period else None,
        "inputs": [asdict(file) for file in files],
    }


def hashed(path: Path) -> dict[str, str]:
    """Return the name of a file and the hash of its bytes."""
    with path.open("rb") as handle:
        return {"name": path.name, "sha256": hashlib.file_digest(handle, "sha256").hexdigest()}


def writer(content: str | bytes) -> Callable[[Path], object]:
    """Return what writes a text or bytes to a path, the same bytes on every system."""
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data)
