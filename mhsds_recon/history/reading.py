"""Reading the history back: one row per figure, in frames."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
from sqlalchemy import func, select

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
    TableCount,
    WalkStep,
)
from mhsds_recon.history.records import LEVELS, WINDOW

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl
    from sqlalchemy import ColumnElement, Connection, Select

    Rows = nw.DataFrame[pl.DataFrame]
__all__ = [
    "FIGURE",
    "Which",
    "comparison_rows",
    "details",
    "fetched",
    "latest",
    "local_rows",
    "published_rows",
    "run_facts",
    "step_rows",
    "validated_rows",
]

FIGURE = ("provider", *LEVELS, *WINDOW)
"""What identifies a figure."""

_TYPES: dict[type, nw.dtypes.DType] = {
    bool: nw.Boolean(),
    int: nw.Int64(),
    float: nw.Float64(),
    str: nw.String(),
    dt.date: nw.Date(),
    dt.datetime: nw.Datetime("us", "UTC"),
}


@dataclass(frozen=True, kw_only=True)
class Which:
    """Which figures are asked for; None leaves a field open.

    Attributes:
        provider: Code of the provider.
        measure_ids: Measures.
        breakdown: Name of the breakdown.
        primary_level: Its first level.
        secondary_level: Its second level.
        ends: Last days of windows.
        run: Number of a run; of no use for published rows.
    """

    provider: str | None = None
    measure_ids: Collection[str] | None = None
    breakdown: str | None = None
    primary_level: str | None = None
    secondary_level: str | None = None
    ends: Collection[dt.date] | None = None
    run: int | None = None

    def of(self, part: type[RunPart | PublishedPart]) -> list[ColumnElement[bool]]:
        """Return what must hold of the series, and of the part of a run or file."""
        names = ("provider", "breakdown", "primary_level", "secondary_level")
        asked = {name: getattr(self, name) for name in names}
        wanted = [getattr(Series, name) == value for name, value in asked.items() if value]
        if self.measure_ids is not None:
            wanted.append(Series.measure_id.in_(self.measure_ids))
        if self.ends is not None:
            wanted.append(part.reporting_period_end.in_(self.ends))
        if self.run is not None:
            wanted.append(RunPart.run == self.run)
        return wanted


def fetched(connection: Connection, rows: Select[*tuple[Any, ...]]) -> Rows:
    """Return the rows of a query as a frame, each column typed as it is in the database."""
    schema = {str(column.key): _TYPES[column.type.python_type] for column in rows.selected_columns}
    found = connection.execute(rows).all()
    columns = zip(*found, strict=True) if found else [()] * len(schema)
    data = {name: list(values) for name, values in zip(schema, columns, strict=True)}
    return nw.from_dict(data, schema, backend="polars")


def published_rows(connection: Connection, which: Which) -> Rows:
    """Return FIGURE, entry, file, status, file_version, published of every file that is kept."""
    rows = (
        select(
            *_figure(PublishedPart),
            PublishedFile.entry,
            PublishedFile.name.label("file"),
            PublishedPart.status,
            PublishedFile.file_version,
            PublishedFigure.published,
        )
        .join(PublishedFigure, PublishedFigure.part == PublishedPart.id)
        .join(Series, Series.id == PublishedFigure.series)
        .join(PublishedFile, PublishedFile.entry == PublishedPart.file)
        .where(*which.of(PublishedPart))
    )
    return fetched(connection, rows)


def local_rows(connection: Connection, which: Which) -> Rows:
    """Return FIGURE, stage, run, local_exact, local_published of every run."""
    return _run_rows(
        connection, which, LocalFigure, [LocalFigure.local_exact, LocalFigure.local_published]
    )


def comparison_rows(connection: Connection, which: Which) -> Rows:
    """Return FIGURE, stage, run, result, published, gap_low, gap_high, explained, residual."""
    measured = ("result", "published", "gap_low", "gap_high", "explained", "residual")
    return _run_rows(connection, which, Comparison, [getattr(Comparison, n) for n in measured])


def step_rows(connection: Connection, which: Which) -> Rows:
    """Return FIGURE, stage, run, place and the columns of a step, of every run."""
    columns = [
        column for column in WalkStep.__table__.columns if column.name not in {"part", "series"}
    ]
    return _run_rows(connection, which, WalkStep, columns)


def validated_rows(
    connection: Connection, model: type[RuleCount | TableCount], provider: str
) -> Rows:
    """Return provider, period and the columns of the last validation of each period, in order."""
    last = (
        select(func.max(Run.entry))
        .where(Run.provider == provider, Run.file_accepted.is_not(None))
        .group_by(Run.period)
    )
    columns = model.__table__.columns
    rows = (
        select(Run.provider, Run.period, *columns)
        .join(Run, Run.entry == model.run)
        .where(model.run.in_(last))
    )
    keys = [column.name for column in columns if column.primary_key and column.name != "run"]
    return fetched(connection, rows).sort("period", *keys)


def run_facts() -> Select[*tuple[Any, ...]]:
    """Return the query for run, recorded_at, verb, provider, period, versions, file_accepted."""
    columns = (Run.verb, Run.provider, Run.period, Run.software, Run.standard, Run.file_accepted)
    facts = select(Run.entry.label("run"), Entry.recorded_at, *columns)
    return facts.join(Entry, Entry.number == Run.entry)


def details(connection: Connection, number: int) -> dict[str, Any]:
    """Return the native frames of one run by their names in ``PastRun``."""
    which = Which(run=number)
    frames = {
        "files": fetched(
            connection,
            select(
                RunFile.role,
                RunFile.name,
                RunFile.sha256,
                RunFile.size.label("bytes"),
                RunFile.rows,
            )
            .where(RunFile.run == number)
            .order_by(RunFile.place),
        ),
        "rules": fetched(connection, _counts(RuleCount, number)),
        "tables": fetched(connection, _counts(TableCount, number)),
        "figures": local_rows(connection, which),
        "comparisons": comparison_rows(connection, which),
        "steps": step_rows(connection, which),
    }
    return {name: rows.drop("run", strict=False).to_native() for name, rows in frames.items()}


def latest(rows: Rows, key: tuple[str, ...], *, by: str = "run") -> Rows:
    """Return the rows of the highest number for each key."""
    return rows.filter(nw.col(by) == nw.col(by).max().over(*key))


def _counts(model: type[RuleCount | TableCount], number: int) -> Select[*tuple[Any, ...]]:
    return select(*model.__table__.columns).where(model.run == number)


def _figure(part: type[RunPart | PublishedPart]) -> list[Any]:
    names = ("provider", *LEVELS)
    return [*(getattr(Series, n) for n in names), *(getattr(part, n) for n in WINDOW)]


def _run_rows(
    connection: Connection,
    which: Which,
    model: type[LocalFigure | Comparison | WalkStep],
    columns: list[Any],
) -> Rows:
    rows = (
        select(*_figure(RunPart), RunPart.stage, RunPart.run, *columns)
        .join(model, model.part == RunPart.id)
        .join(Series, Series.id == model.series)
        .where(*which.of(RunPart))
    )
    return fetched(connection, rows)
