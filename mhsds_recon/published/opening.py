"""From a path to the bytes and the column names of one published CSV."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mhsds_recon.errors import PublishedError, near_miss
from mhsds_recon.standard.publication import (
    OLD_COLUMN_NAMES,
    OPTIONAL_COLUMNS,
    PUBLISHED_COLUMNS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PublishedCsv", "open_published"]

_BLOCK = 1 << 20
_VERSION = re.compile(r"(?:^|[ _-])v(\d+)(?![0-9a-z])", re.IGNORECASE)
_STRAY_BYTE = re.compile("[\udc80-\udcff]")
_WIDEST_FIELD = 1 << 30
_MOST_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class PublishedCsv:
    """One published CSV in memory.

    Attributes:
        name: Name of the file that was given, a zip's where it came in one; no folders.
        version: Version in its name, such as ``v2``; empty where it has none.
        sha256: Hash of the file that was given.
        size: Its size in bytes.
        content: The CSV, in UTF-8.
        columns: Its columns in order, in today's names and capitals, each once.
    """

    name: str
    version: str
    sha256: str
    size: int
    content: bytes = field(repr=False)
    columns: tuple[str, ...]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number of the first line and the values of each row after the header.

        Slow: meant for naming a line once something is known to be wrong.
        """
        csv.field_size_limit(_WIDEST_FIELD)
        reader = csv.reader(_lines(self.content))
        next(reader)
        start = reader.line_num + 1
        for row in reader:
            yield start, row
            start = reader.line_num + 1


def open_published(path: Path) -> PublishedCsv:
    """Return the CSV of a path, which is the CSV itself or a zip that holds just it.

    Bytes that are not UTF-8 are read as Windows-1252, one by one: published files are UTF-8
    but for a stray no-break space.

    Raises:
        PublishedError: There is no such file, it cannot be read, it is no CSV or holds not one,
            or a column is missing or there twice.
    """
    stored = _read(path)
    is_zip = path.suffix.lower() == ".zip" or stored.startswith(b"PK\x03\x04")
    member, content = _unzip(path.name, stored) if is_zip else (path.name, stored)
    if not content or content.isspace():
        message = f"'{path.name}' is empty. Download it again."
        raise PublishedError(message)
    return PublishedCsv(
        name=path.name,
        version=_version(path.stem) or _version(PurePosixPath(member).stem),
        sha256=hashlib.sha256(stored).hexdigest(),
        size=len(stored),
        content=_as_utf8(content),
        columns=_columns(path.name, _as_utf8(content[:_BLOCK])),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = f"'{path}' does not exist. Give a published monthly file, a CSV or a zip."
    except IsADirectoryError:
        message = f"'{path}' is a folder. Give the published files in it, each a CSV or a zip."
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}."
    raise PublishedError(message)


def _unzip(name: str, stored: bytes) -> tuple[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            member = _only_csv(name, [info.filename for info in archive.infolist()])
            return member, archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        reason = "is damaged or incomplete. Download it again"
    except (RuntimeError, NotImplementedError):
        reason = "is encrypted or packed in an unusual way. Unpack it and give the CSV in it"
    message = f"'{name}' cannot be read as a zip: it {reason}."
    raise PublishedError(message)


def _only_csv(name: str, members: list[str]) -> str:
    found = [
        member
        for member in members
        if member.lower().endswith(".csv") and not member.startswith("__MACOSX/")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        reason = f"holds {len(found)} CSV files ({_listed(found)}). Unpack it and give those meant."
    else:
        reason = f"holds no CSV file (it holds: {_listed(members) or 'nothing'})."
    message = f"'{name}' {reason} A published zip holds one CSV."
    raise PublishedError(message)


def _version(stem: str) -> str:
    found = _VERSION.findall(stem)
    return f"v{int(found[-1])}" if found else ""


def _as_utf8(content: bytes) -> bytes:
    if content.isascii():
        return content
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    blocks = (content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK))
    texts = [decoder.decode(block) for block in blocks] + [decoder.decode(b"", final=True)]
    return b"".join(_STRAY_BYTE.sub(_windows_1252, text).encode() for text in texts)


def _windows_1252(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", errors="replace")


def _lines(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")


def _columns(name: str, head: bytes) -> tuple[str, ...]:
    found = [column.strip().upper() for column in next(csv.reader(_lines(head)))]
    columns = tuple(OLD_COLUMN_NAMES.get(column, column) for column in found)
    if b"\0" in head or not set(columns) & set(PUBLISHED_COLUMNS):
        message = (
            f"'{name}' is not a published file: its first line holds none of the columns"
            f" {', '.join(PUBLISHED_COLUMNS)}. Give the CSV of a monthly publication, or its zip."
        )
        raise PublishedError(message)
    missing = [
        column for column in PUBLISHED_COLUMNS if column not in {*columns, *OPTIONAL_COLUMNS}
    ]
    if missing:
        raise PublishedError(_missing_columns(name, missing, found))
    twice = [column for column in PUBLISHED_COLUMNS if columns.count(column) > 1]
    if twice:
        message = f"'{name}' has the column {_listed(twice)} twice. Keep one of them."
        raise PublishedError(message)
    return tuple(
        column if column in PUBLISHED_COLUMNS or columns.count(column) == 1 else f"{column}#{index}"
        for index, column in enumerate(columns)
    )


def _missing_columns(name: str, missing: list[str], found: list[str]) -> str:
    old = {today: f" (in older files {old})" for old, today in OLD_COLUMN_NAMES.items()}
    wanted = ", ".join(column + old.get(column, "") for column in missing)
    unknown = [column for column in found if column not in PUBLISHED_COLUMNS]
    return (
        f"'{name}' lacks the column {wanted}. Columns found: {_listed(found)}."
        f"{near_miss(missing[0], unknown)}"
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:60] for name in names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
