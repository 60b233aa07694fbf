"""Adding records: each in one transaction, whole or not at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw
from narwhals import selectors
from sqlalchemy import func, insert, select

from mhsds_recon.history.chain import (
    PUBLISHED_FILE,
    RUN,
    add_entry,
    content_of,
    series_digest,
    take_turn,
)
from mhsds_recon.history.models import (
    Comparison,
    Entry,
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
from mhsds_recon.history.reading import fetched
from mhsds_recon.history.records import LEVELS, WINDOW, RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from mhsds_recon.frames import InputFile
    from mhsds_recon.history.models import Base
    from mhsds_recon.published import PublishedFigures

__all__ = ["add_published", "add_run", "add_statement"]

_LEVELS = list(LEVELS)
_BATCH = 2000


def add_run(connection: Connection, record: RunRecord, at: dt.datetime) -> tuple[int, bool]:
    """Add a run, and return its number and whether it is new.

    It is not where the last run of the same verb, provider and period held the very same; the
    caller then takes the transaction back.
    """
    number, previous = take_turn(connection)
    _add_facts(connection, number, record)
    windows = (*WINDOW, "stage")
    models: tuple[type[Base], ...] = (LocalFigure, Comparison, WalkStep)
    found = (record.local_figures(), record.comparisons(), record.steps())
    some = [(model, rows) for model, rows in zip(models, found, strict=True) if rows is not None]
    series = _series_of(connection, record.provider, [rows for _, rows in some])
    parts = _parts_of(connection, RunPart, windows, [rows for _, rows in some], run=number)
    for model, rows in some:
        _add_rows(connection, model, rows.join(parts, on=list(windows)).join(series, on=_LEVELS))
    last = _last_run(connection, record, number)
    if last is not None and last[1] == content_of(connection, RUN, number):
        return last[0], False
    add_entry(connection, number=number, kind=RUN, previous=previous, recorded_at=at)
    return number, True


def add_published(
    connection: Connection,
    file: InputFile,
    figures: PublishedFigures,
    provider: str,
    at: dt.datetime,
) -> int | None:
    """Add one published file with its values for a provider; return its number, None if known.

    Args:
        connection: In a transaction that writes.
        file: The file.
        figures: What it says, and no other file.
        provider: Whose rows are kept.
        at: Now.
    """
    number, previous = take_turn(connection)
    known = select(PublishedFile.entry).where(
        PublishedFile.sha256 == file.sha256, PublishedFile.provider == provider
    )
    if connection.scalar(known) is not None:
        return None
    rows = nw.from_native(figures.of_provider(provider).frame)
    versions = rows.get_column("file_version").unique().to_list()
    connection.execute(
        insert(PublishedFile).values(
            entry=number,
            provider=provider,
            name=file.name,
            file_version=versions[0] if versions else "",
            sha256=file.sha256,
            size=file.size,
            rows=len(rows),
        )
    )
    by = (*WINDOW, "status")
    parts = _parts_of(connection, PublishedPart, by, [rows], file=number)
    series = _series_of(connection, provider, [rows])
    _add_rows(connection, PublishedFigure, rows.join(parts, on=list(by)).join(series, on=_LEVELS))
    add_entry(connection, number=number, kind=PUBLISHED_FILE, previous=previous, recorded_at=at)
    return number


def add_statement(  # noqa: PLR0913  what an entry says
    connection: Connection, kind: str, *, provider: str, period: str, content: str, at: dt.datetime
) -> int:
    """Add what someone said of a submission, and return its number."""
    number, previous = take_turn(connection)
    connection.execute(
        insert(Statement).values(entry=number, provider=provider, period=period, content=content)
    )
    add_entry(connection, number=number, kind=kind, previous=previous, recorded_at=at)
    return number


def _add_facts(connection: Connection, number: int, record: RunRecord) -> None:
    validation = record.validation
    connection.execute(
        insert(Run).values(
            entry=number,
            verb=record.verb,
            provider=record.provider,
            period=str(record.period) if record.period else None,
            software=record.software,
            standard=record.standard,
            file_accepted=validation.file_verdict.accepted if validation else None,
        )
    )
    files = [
        {
            "run": number,
            "place": place,
            "role": file.role,
            "name": file.name,
            "sha256": file.sha256,
            "size": file.size,
            "rows": file.rows,
        }
        for place, file in enumerate(record.files)
    ]
    if files:
        connection.execute(insert(RunFile), files)
    for model, rows in (
        (RuleCount, record.rule_counts()),
        (TableCount, record.table_counts()),
    ):
        if rows is not None:
            _add_rows(connection, model, rows.with_columns(run=nw.lit(number)))


def _last_run(connection: Connection, record: RunRecord, before: int) -> tuple[int, str] | None:
    period = str(record.period) if record.period else None
    alike = select(func.max(Run.entry)).where(
        Run.verb == record.verb,
        Run.provider == record.provider,
        Run.period.is_(None) if period is None else Run.period == period,
        Run.entry < before,
    )
    found = connection.execute(
        select(Entry.number, Entry.content_sha256).where(Entry.number == alike.scalar_subquery())
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def _parts_of(
    connection: Connection,
    model: type[RunPart | PublishedPart],
    by: Sequence[str],
    rows: Sequence[nw.DataFrame[Any]],
    **parent: int,
) -> nw.DataFrame[Any]:
    """Make the parts that rows belong to, and return what tells them apart, and ``part``."""
    parts = _different(rows, by)
    made = [
        connection.scalar(insert(model).values(**part, **parent).returning(model.id))
        for part in parts.iter_rows(named=True)
    ]
    numbers = nw.new_series("part", made, nw.Int64, backend="polars")
    return parts.with_columns(numbers)


def _series_of(
    connection: Connection, provider: str, rows: Sequence[nw.DataFrame[Any]]
) -> nw.DataFrame[Any]:
    """Add the series of rows that are new, and return the levels of all, and ``series``."""
    known = _known_series(connection, provider)
    new = [
        {**levels, "provider": provider, "digest": series_digest([provider, *levels.values()])}
        for levels in _different(rows, LEVELS)
        .join(known, on=_LEVELS, how="anti")
        .iter_rows(named=True)
    ]
    if not new:
        return known
    connection.execute(insert(Series), new)
    return _known_series(connection, provider)


def _known_series(connection: Connection, provider: str) -> nw.DataFrame[Any]:
    columns = (getattr(Series, name) for name in LEVELS)
    known = select(*columns, Series.id.label("series")).where(Series.provider == provider)
    return fetched(connection, known)


def _different(rows: Sequence[nw.DataFrame[Any]], by: Sequence[str]) -> nw.DataFrame[Any]:
    if not rows:
        return nw.from_dict({}, dict.fromkeys(by, nw.String()), backend="polars")
    return nw.concat([each.select(*by) for each in rows]).unique().sort(*by)


def _add_rows(connection: Connection, model: type[Base], rows: nw.DataFrame[Any]) -> None:
    names = [name for name in model.__table__.columns.keys() if name in rows.columns]  # noqa: SIM118
    # Databases differ in what they make of a number that is none; json refuses it.
    kept = rows.select(names).with_columns(selectors.by_dtype(nw.Float64).fill_nan(None))
    for start in range(0, len(kept), _BATCH):
        connection.execute(insert(model), kept[start : start + _BATCH].rows(named=True))
