"""The chain of entries: each holds the hash of its own content and that of the entry before.

Whoever edits, removes, adds or reorders rows leaves a hash that no longer fits. Someone who
rewrites the whole chain leaves another last hash, which is why ``verify`` tells it: keep it
elsewhere, and hand it to a later ``verify``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, insert, select, update

from mhsds_recon.history.models import (
    Comparison,
    Entry,
    LedgerHead,
    LocalFigure,
    PublishedFigure,
    PublishedFile,
    PublishedPart,
    RuleCount,
    Run,
    RunFile,
    RunPart,
    Series,
    Statement,
    TableCount,
    WalkStep,
)
from mhsds_recon.history.records import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

__all__ = [
    "PUBLISHED_FILE",
    "RUN",
    "Verification",
    "add_entry",
    "content_of",
    "series_digest",
    "take_turn",
    "verify",
]

RUN: Final = "run"
PUBLISHED_FILE: Final = "published file"

_START = "0" * 64
_SERIES = ("provider", *LEVELS)
_NUMBERS = frozenset({"id", "entry", "run", "file", "part", "series"})
"""Columns that hold numbers which the database or the chain hands out."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What checking the chain found.

    Attributes:
        entries: How many entries there are.
        problems: What does not fit, one sentence each.
        last: Hash of the last entry.
    """

    entries: int
    problems: tuple[str, ...]
    last: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing was edited, removed, added or reordered."""
        return not self.problems


def take_turn(connection: Connection) -> tuple[int, str]:
    """Wait until no other writer is at work; return the next number and the last hash.

    The row that says where the chain ends is changed before anything is read, so every database
    keeps others waiting here until the transaction ends.
    """
    connection.execute(update(LedgerHead).values(entries=LedgerHead.entries + 1))
    number, last = connection.execute(select(LedgerHead.entries, LedgerHead.sha256)).one()
    return number, last


def add_entry(
    connection: Connection, *, number: int, kind: str, previous: str, recorded_at: dt.datetime
) -> None:
    """Close a record: write its entry, with the hash of what now stands below its number."""
    content = content_of(connection, kind, number)
    sha256 = _link(number, kind, recorded_at, content, previous)
    connection.execute(
        insert(Entry).values(
            number=number,
            kind=kind,
            recorded_at=recorded_at,
            content_sha256=content,
            previous_sha256=previous,
            sha256=sha256,
        )
    )
    connection.execute(update(LedgerHead).values(sha256=sha256))


def content_of(connection: Connection, kind: str, number: int) -> str:
    """Return the hash of everything that stands below an entry, as the database gives it back.

    Numbers that the database hands out are left out, and rows are sorted here, not there: it
    neither matters where they lie nor how the database sorts text. A series stands as its digest.
    """
    content = hashlib.sha256()
    for rows in _rows_below(kind, number):
        lines = sorted(_to_line(tuple(row)) for row in connection.execute(rows).all())
        content.update("\n".join([*lines, "", ""]).encode())
    return content.hexdigest()


def verify(
    connection: Connection,
    last: str | None = None,
    matters: Callable[[int, str], bool] | None = None,
) -> Verification:
    """Check every entry against its content, its neighbour and the end of the chain.

    Args:
        connection: A connection to read from.
        last: The last hash that an earlier verification told; it must still be there.
        matters: Of which entries, by number and kind, the content is checked; of all where None.
    """
    entries = connection.execute(select(*Entry.__table__.columns).order_by(Entry.number)).all()
    head = connection.execute(select(LedgerHead.entries, LedgerHead.sha256)).one_or_none()
    problems = [*_breaks(connection, entries, matters), *_strays(connection)]
    if matters is None:
        problems += _misnamed(connection)
    told = entries[-1].sha256 if entries else _START
    number = entries[-1].number if entries else 0
    if head is None or tuple(head) != (number, told):
        problems.append(f"The ledger does not end with entry {number}: entries were cut off.")
    if last and last not in {_START, *(entry.sha256 for entry in entries)}:
        problems.append("The hash that was given is of no entry: the chain was rewritten.")
    return Verification(entries=len(entries), problems=tuple(problems), last=told)


def _breaks(
    connection: Connection, entries: Sequence[Any], matters: Callable[[int, str], bool] | None
) -> Iterator[str]:
    previous, expected = _START, 1
    for entry in entries:
        fields = (entry.number, entry.kind, entry.recorded_at)
        if entry.number != expected:
            yield f"Entry {expected} is missing before entry {entry.number}."
        elif entry.previous_sha256 != previous:
            yield f"Entry {entry.number} does not follow the entry before it."
        if entry.sha256 != _link(*fields, entry.content_sha256, entry.previous_sha256):
            yield f"Entry {entry.number} was changed."
        is_checked = matters is None or matters(entry.number, entry.kind)
        if is_checked and entry.content_sha256 != content_of(connection, entry.kind, entry.number):
            yield f"What entry {entry.number} ({entry.kind}) holds was changed."
        previous, expected = entry.sha256, entry.number + 1


def _strays(connection: Connection) -> Iterator[str]:
    known = (RUN, PUBLISHED_FILE)
    owners: tuple[tuple[type[Any], str, ColumnElement[bool]], ...] = (
        (Run, RUN, Entry.kind == RUN),
        (PublishedFile, PUBLISHED_FILE, Entry.kind == PUBLISHED_FILE),
        (Statement, "statement", Entry.kind.not_in(known)),
    )
    for model, kind, is_own in owners:
        entries = select(Entry.number).where(is_own)
        stray = select(model.entry).where(model.entry.not_in(entries)).order_by(model.entry)
        for number in connection.scalars(stray):
            yield f"A {kind} numbered {number} belongs to no entry."


def _misnamed(connection: Connection) -> Iterator[str]:
    levels = select(Series.id, Series.digest, *(getattr(Series, name) for name in _SERIES))
    for number, digest, *texts in connection.execute(levels.order_by(Series.id)):
        if digest != series_digest(texts):
            yield f"The measure or level of series {number} was changed."


def series_digest(texts: Sequence[str]) -> str:
    """Return the hash of what a series is: provider, measure_id, breakdown and levels."""
    return hashlib.sha256(_to_line(texts).encode()).hexdigest()


def _link(number: int, kind: str, recorded_at: dt.datetime, content: str, previous: str) -> str:
    moment = recorded_at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_to_line((number, kind, moment, content, previous)).encode()).hexdigest()


def _rows_below(kind: str, number: int) -> list[Select[*tuple[Any, ...]]]:
    if kind == PUBLISHED_FILE:
        own = select(*_columns(PublishedFile)).where(PublishedFile.entry == number)
        return [own, _figures(PublishedPart, PublishedFigure).where(PublishedPart.file == number)]
    if kind != RUN:
        return [select(*_columns(Statement)).where(Statement.entry == number)]
    facts = select(*_columns(Run)).where(Run.entry == number)
    lists = (RunFile, RuleCount, TableCount)
    listed = [select(*_columns(model)).where(model.run == number) for model in lists]
    figures = [_figures(RunPart, model) for model in (LocalFigure, Comparison, WalkStep)]
    return [facts, *listed, *(rows.where(RunPart.run == number) for rows in figures)]


def _figures(part: type[Any], model: type[Any]) -> Select[*tuple[Any, ...]]:
    rows = select(*_columns(part), Series.digest, *_columns(model))
    return rows.join(model, model.part == part.id).join(Series, Series.id == model.series)


def _columns(model: type[Any]) -> list[Any]:
    return [column for column in model.__table__.columns if column.name not in _NUMBERS]


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


_to_line = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain).encode
