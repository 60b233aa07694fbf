"""The files of an extract, in a folder or a zip, before anything is parsed."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mhsds_recon.errors import ExtractError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TABLE_ENDINGS", "SourceFile", "source_files", "unreadable"]

TABLE_ENDINGS = (".csv", ".csv.gz", ".parquet")
"""How the name of a table's file may end."""


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that may hold a table.

    Attributes:
        stem: Name without folder and ending; the table's name for a known table.
        ending: One of ``TABLE_ENDINGS``.
        name: Name to show to a user: no folders above the extract.
        path: Where it lies on disk; None for a member of a zip.
        archive: The zip it is a member of, else None.
        member: Full name of the member in the zip, else an empty string.
    """

    stem: str
    ending: str
    name: str
    path: Path | None = None
    archive: Path | None = None
    member: str = ""

    def stored_bytes(self) -> bytes:
        """Return the file as it is stored, still compressed where it is a .gz.

        Raises:
            ExtractError: The file cannot be read.
        """
        try:
            if self.path is not None:
                return self.path.read_bytes()
            if self.archive is None:
                raise AssertionError(self.name)
            with zipfile.ZipFile(self.archive) as opened:
                return opened.read(self.member)
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise unreadable(self.name, error) from error

    def content(self, stored: bytes) -> bytes:
        """Return the table's bytes from the stored ones.

        Raises:
            ExtractError: A .gz is damaged or cut short.
        """
        if not self.ending.endswith(".gz"):
            return stored
        try:
            return gzip.decompress(stored)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(self.name, error) from error

    def sha256(self, stored: bytes | None) -> tuple[str, int]:
        """Return the SHA-256 and the size of the stored file, reading it from disk if need be."""
        if stored is not None:
            return hashlib.sha256(stored).hexdigest(), len(stored)
        if self.path is None:
            raise AssertionError(self.name)
        with self.path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest(), self.path.stat().st_size


def source_files(path: Path) -> tuple[SourceFile, ...]:
    """Return the files of an extract that may hold tables, in order of name.

    Files with other endings, hidden files and sub-folders of a folder are passed over.

    Raises:
        ExtractError: The path does not exist, is no folder or zip, or is a damaged zip.
    """
    if not path.exists():
        message = f"'{path}' does not exist. Give the folder or zip of one month's extract."
        raise ExtractError(message)
    try:
        if path.is_dir():
            return tuple(sorted(_in_folder(path), key=lambda file: file.name))
        if path.suffix.lower() == ".zip":
            return tuple(sorted(_in_zip(path), key=lambda file: file.name))
    except (OSError, zipfile.BadZipFile) as error:
        raise unreadable(path.name, error) from error
    message = (
        f"'{path.name}' is neither a folder nor a zip, nor an Access database. An extract is a"
        " folder or zip with one file per table, such as MHS101Referral.csv, .csv.gz or"
        " .parquet; an intermediate database (.accdb, .mdb); or a schema of a database."
    )
    raise ExtractError(message)


def unreadable(name: str, error: Exception) -> ExtractError:
    """Return the error for a file that cannot be read, by its kind and never its content."""
    reason = {
        "PermissionError": "permission is denied",
        "FileNotFoundError": "it is no longer there",
        "BadZipFile": "it is not a whole zip",
        "RuntimeError": "it is encrypted",
    }.get(type(error).__name__, "it is damaged or cut short")
    return ExtractError(f"'{name}' cannot be read: {reason}. Export or copy it again.")


def _in_folder(folder: Path) -> Iterator[SourceFile]:
    for path in folder.iterdir():
        split = _split_ending(path.name)
        if split is not None and path.is_file():
            yield SourceFile(stem=split[0], ending=split[1], name=path.name, path=path)


def _in_zip(path: Path) -> Iterator[SourceFile]:
    with zipfile.ZipFile(path) as opened:
        for member in opened.namelist():
            name = PurePosixPath(member.replace("\\", "/")).name
            split = _split_ending(name)
            if split is not None and not member.startswith("__MACOSX"):
                yield SourceFile(
                    stem=split[0], ending=split[1], name=name, archive=path, member=member
                )


def _split_ending(name: str) -> tuple[str, str] | None:
    if name.startswith((".", "~$")):
        return None
    for ending in TABLE_ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)], ending
    return None
