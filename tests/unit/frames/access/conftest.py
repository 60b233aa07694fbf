"""Small Access databases, written page by page: nothing else on Linux can write them.

Jet 4 as mdbtools documents it (their file HACKING): only what a reader of tables needs, no
indexes, one page of rows for each table.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

Value = str | float | None
Column = tuple[str, type]
Table = tuple[Sequence[Column], Sequence[Sequence[Value]]]
WriteAccess = Callable[[Path, Mapping[str, Table]], None]

PAGE = 4096
HEADER_KEY = bytes.fromhex("C7DA396B")
KINDS: dict[type, tuple[int, int, str]] = {int: (4, 4, "<i"), float: (8, 8, "<d"), str: (10, 0, "")}
"""Code, fixed size and form of whole numbers, points of time and texts."""
CATALOGUE: Sequence[Column] = (
    ("Id", int),
    ("Flags", int),
    ("Type", int),
    ("Name", str),
    ("LvProp", str),
)
PLAIN_TABLE = 1


@pytest.fixture
def write_access() -> WriteAccess:
    """A function that writes tables into an Access database; dates are days since 1899-12-30."""
    return _write


def _write(path: Path, tables: Mapping[str, Table]) -> None:
    entries: list[list[Value]] = []
    pages: dict[int, bytes] = {0: _header(), 1: bytes(PAGE)}
    for number, (name, table) in enumerate(tables.items()):
        first = 5 + 3 * number
        pages |= _table(first, *table)
        entries.append([first, 0, PLAIN_TABLE, name, None])
    pages |= _table(2, CATALOGUE, entries)
    path.write_bytes(b"".join(pages[number] for number in sorted(pages)))


def _header() -> bytes:
    secret = bytearray(128)
    struct.pack_into("<H", secret, 0x3C - 0x18, 1252)
    head = b"\x00\x01\x00\x00Standard Jet DB\x00\x01\x00\x00\x00" + _rc4(bytes(secret))
    return head.ljust(PAGE, b"\x00")


def _rc4(plain: bytes) -> bytes:
    box, swap, secret = list(range(256)), 0, bytearray()
    for index in range(256):
        swap = (swap + box[index] + HEADER_KEY[index % 4]) % 256
        box[index], box[swap] = box[swap], box[index]
    swap = 0
    for index, byte in enumerate(plain, 1):
        swap = (swap + box[index % 256]) % 256
        box[index % 256], box[swap] = box[swap], box[index % 256]
        secret.append(byte ^ box[(box[index % 256] + box[swap]) % 256])
    return bytes(secret)


def _table(
    first: int, columns: Sequence[Column], rows: Sequence[Sequence[Value]]
) -> dict[int, bytes]:
    """Return a table's definition, its map of pages, and its page of rows."""
    usage = b"\x00" + struct.pack("<I", first + 2) + b"\x01" + bytes(63)
    return {
        first: _definition(first, columns, len(rows)),
        first + 1: _page([usage], first),
        first + 2: _page([_row(columns, row) for row in rows], first),
    }


def _definition(first: int, columns: Sequence[Column], rows: int) -> bytes:
    texts = sum(kind is str for _, kind in columns)
    page = bytearray(63)
    page[0:4] = b"\x02\x01VC"
    struct.pack_into("<I", page, 16, rows)
    counts, usage = (len(columns), texts, len(columns)), (first + 1) << 8
    struct.pack_into("<BHHHIIII", page, 40, 0x4E, *counts, 0, 0, usage, usage)
    fixed = text = 0
    for number, (_, kind) in enumerate(columns):
        code, size, _ = KINDS[kind]
        entry = bytearray(25)
        entry[0], entry[15] = code, 2 + (kind is not str)
        struct.pack_into("<HHH", entry, 5, number, text, number)
        struct.pack_into("<HH", entry, 21, fixed, size or 510)
        fixed, text = fixed + size, text + (kind is str)
        page += entry
    for name, _ in columns:
        page += struct.pack("<H", 2 * len(name)) + name.encode("utf-16-le")
    struct.pack_into("<I", page, 8, len(page))
    return bytes(page).ljust(PAGE, b"\x00")


def _row(columns: Sequence[Column], row: Sequence[Value]) -> bytes:
    present = sum(1 << number for number, value in enumerate(row) if value is not None)
    fixed = b"".join(
        struct.pack(KINDS[kind][2], value or 0)
        for (_, kind), value in zip(columns, row, strict=True)
        if kind is not str
    )
    body = struct.pack("<H", len(columns)) + fixed
    offsets = []
    for (_, kind), value in zip(columns, row, strict=True):
        if kind is str:
            offsets.append(len(body))
            body += str(value or "").encode("utf-16-le")
    ends = b"".join(struct.pack("<H", offset) for offset in [len(body), *reversed(offsets)])
    mask = present.to_bytes((len(columns) + 7) // 8, "little")
    return body + ends + struct.pack("<H", len(offsets)) + mask


def _page(rows: Sequence[bytes], table: int) -> bytes:
    offsets, content = [], b""
    for row in rows:
        content = row + content
        offsets.append(PAGE - len(content))
    head = b"\x01\x01" + struct.pack("<HIIH", 0, table, 0, len(rows))
    head += b"".join(struct.pack("<H", offset) for offset in offsets)
    return head.ljust(PAGE - len(content), b"\x00") + content
