"""From the path of a Summary Reports zip to its reports, in memory."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mhsds_recon.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AGGREGATION",
    "DATA_QUALITY",
    "DIAGNOSTICS",
    "REPORTS",
    "VALIDATIONS",
    "SummaryZip",
    "open_summary",
]

AGGREGATION = "aggregation.csv"
DATA_QUALITY = "data_quality.csv"
DIAGNOSTICS = "diagnostics.csv"
VALIDATIONS = "validations.csv"
REPORTS = (AGGREGATION, DATA_QUALITY, DIAGNOSTICS, VALIDATIONS)
"""The files of a Summary Reports zip; a failed submission has the second and the last."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class SummaryZip:
    """The reports of a zip: name, hash and size of the zip, content of each report found."""

    name: str
    sha256: str
    size: int
    reports: Mapping[str, bytes] = field(repr=False)


def open_summary(path: Path) -> SummaryZip:
    """Return the reports in a zip; members with other names are passed over.

    Reports in a folder of the zip count too, and those in a zip inside it where the outer one
    has none.

    Raises:
        PortalError: There is no such file, it is no zip, is damaged or encrypted, has none of the
            four reports, or has one twice.
    """
    stored = _read(path)
    if not stored.startswith(b"PK"):
        message = f"'{path.name}' is not a zip. Give the Summary Reports zip as the portal made it."
        raise PortalError(message)
    try:
        reports = _reports(path.name, stored)
    except _DAMAGE:
        reason = "it is damaged or cut short. Download it from the portal again"
    except RuntimeError:
        reason = "it is encrypted. Save it without a password"
    else:
        return SummaryZip(
            name=path.name,
            sha256=hashlib.sha256(stored).hexdigest(),
            size=len(stored),
            reports=reports,
        )
    message = f"'{path.name}' cannot be read: {reason}."
    raise PortalError(message)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = f"'{path}' does not exist. Give a Summary Reports zip of the portal."
    except IsADirectoryError:
        message = f"'{path}' is a folder. Give the Summary Reports zip itself."
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}."
    raise PortalError(message)


def _reports(name: str, stored: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        members = _members(archive)
        found = _named_reports(name, members)
        if found:
            return {report: archive.read(member) for report, member in found.items()}
        nested = {
            member.filename: archive.read(member)
            for member in members
            if member.filename.lower().endswith(".zip")
        }
    inner = {inside: _reports_inside(inside, content) for inside, content in nested.items()}
    filled = [reports for reports in inner.values() if reports]
    if len(filled) == 1:
        return filled[0]
    if filled:
        reason = f"holds {len(filled)} zips with reports. Take out the one that is meant."
    else:
        reason = f"holds none of {', '.join(REPORTS)}. Give the Summary Reports zip of the portal."
    message = f"'{name}' {reason}"
    raise PortalError(message)


def _reports_inside(name: str, stored: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        found = _named_reports(name, _members(archive))
        return {report: archive.read(member) for report, member in found.items()}


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    ]


def _named_reports(name: str, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the member that is each report; one in the root goes before one in a folder."""
    found: dict[str, zipfile.ZipInfo] = {}
    for report in REPORTS:
        paths = {member: PurePosixPath(member.filename.replace("\\", "/")) for member in members}
        same = [member for member, path in paths.items() if path.name.lower() == report]
        in_root = [member for member in same if len(paths[member].parts) == 1]
        chosen = in_root or same
        if len(chosen) > 1:
            message = f"'{name}' holds {report} {len(chosen)} times. Keep the one that is meant."
            raise PortalError(message)
        if chosen:
            found[report] = chosen[0]
    return found
