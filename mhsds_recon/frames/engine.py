"""The seam between plans and what runs them.

Plans are written once with narwhals. An engine offers the few verbs on which engines disagree:
taking in text tables, reading dates leniently, counting days, and collecting.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["DuckDBEngine", "Engine", "PolarsEngine", "engine_named"]


class Engine(Protocol):
    """What an engine must offer beyond narwhals."""

    name: str

    def scan(self, frame: pl.LazyFrame) -> nw.LazyFrame[Any]:
        """Return a table as a lazy frame of this engine."""
        ...

    def read_dates(self, frame: nw.LazyFrame[Any], columns: Iterable[str]) -> nw.LazyFrame[Any]:
        """Return the frame with text columns as dates, by the first ten characters.

        A value whose first ten characters are not a real ``CCYY-MM-DD`` becomes null.
        """
        ...

    def days_between(self, start: nw.Expr, end: nw.Expr) -> nw.Expr:
        """Return whole days from one date to another, null where either is null."""
        ...

    def stack(self, frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        """Return the rows of frames with the same columns one below the other.

        However many frames there are, they should be one step of a plan.
        """
        ...

    def share(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Return the frame so that plans which are collected together work it out once.

        An engine whose plans cannot share a part works it out at once.
        """
        ...

    def keep(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[nw.LazyFrame[Any]]:
        """Return shared frames so that plans which are collected one after another can use them.

        They are worked out together, now, and stay in memory for as long as they are referred to.
        """
        ...

    def collect(
        self, frames: Sequence[nw.LazyFrame[Any]], *, find_shared: bool = True
    ) -> list[pl.DataFrame]:
        """Run the plans together and return polars frames with this library's own types.

        Row order is that of the plan only where the plan sorts. Whole numbers come back as
        Int64, other numbers as Float64. ``find_shared`` is off for plans that say with ``share``
        what they have in common.
        """
        ...


class PolarsEngine:
    """The default engine: polars, streaming."""

    name = "polars"

    def scan(self, frame: pl.LazyFrame) -> nw.LazyFrame[Any]:
        """Return the frame itself, wrapped."""
        scanned: nw.LazyFrame[Any] = nw.from_native(frame)
        return scanned

    def read_dates(self, frame: nw.LazyFrame[Any], columns: Iterable[str]) -> nw.LazyFrame[Any]:
        """Return the frame with text columns as dates, null where unreadable."""
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.with_columns(_read_date(name) for name in columns))

    def days_between(self, start: nw.Expr, end: nw.Expr) -> nw.Expr:
        """Return whole days from one date to another."""
        return (end - start).dt.total_minutes() // (24 * 60)

    def stack(self, frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        """Return the rows as those of one source, which reads frame after frame.

        A union of scans would be planned again for each use of it, by every plan: with twelve
        months that took longer, and more memory, than counting the rows of a small trust.
        """
        natives: list[pl.LazyFrame] = [frame.to_native() for frame in frames]
        read = partial(_read_in_turn, natives)
        schema = natives[0].collect_schema()
        return nw.from_native(register_io_source(read, schema=schema, is_pure=True))

    def share(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Return the frame behind a cache node."""
        native: pl.LazyFrame = frame.to_native()
        return nw.from_native(native.cache())

    def keep(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[nw.LazyFrame[Any]]:
        """Return the frames in memory."""
        collected = pl.collect_all([frame.to_native() for frame in frames], engine="streaming")
        return [nw.from_native(frame.lazy()) for frame in collected]

    def collect(
        self, frames: Sequence[nw.LazyFrame[Any]], *, find_shared: bool = True
    ) -> list[pl.DataFrame]:
        """Run the plans in one go."""
        # The search for common subplans fails inside polars 2.1 on some nested cache nodes.
        # The search for a better join order may join by one of two keys first, such as the month.
        options = pl.QueryOptFlags(comm_subplan_elim=find_shared, join_order=False)
        collected = pl.collect_all(
            [frame.to_native() for frame in frames], engine="streaming", optimizations=options
        )
        return [_with_own_types(frame) for frame in collected]


class DuckDBEngine:
    """DuckDB: the second engine, which keeps the seam honest."""

    name = "duckdb"

    def __init__(self) -> None:
        """Open a database in memory that lives as long as the engine.

        Raises:
            UsageError: The ``duckdb`` extra is not installed.
        """
        try:
            import duckdb  # noqa: PLC0415  an extra: imported only where it is asked for
        except ImportError as error:
            message = "The DuckDB engine needs an extra: pip install 'mhsds-recon[duckdb]'."
            raise UsageError(message) from error
        self._connection = duckdb.connect()
        self._shared = 0

    def scan(self, frame: pl.LazyFrame) -> nw.LazyFrame[Any]:
        """Return the frame as a relation of this engine's database."""
        native: Any = self._connection.from_arrow(frame.collect().to_arrow())
        relation: nw.LazyFrame[Any] = nw.from_native(native)
        return relation

    def read_dates(self, frame: nw.LazyFrame[Any], columns: Iterable[str]) -> nw.LazyFrame[Any]:
        """Return the frame with text columns as dates, null where unreadable."""
        relation = frame.to_native()
        read = set(columns)
        terms = (_read_date_sql(name) if name in read else f'"{name}"' for name in relation.columns)
        dated: nw.LazyFrame[Any] = nw.from_native(relation.project(", ".join(terms)))
        return dated

    def days_between(self, start: nw.Expr, end: nw.Expr) -> nw.Expr:
        """Return whole days from one date to another."""
        return (end - start).cast(nw.Int64)

    def stack(self, frames: Sequence[nw.LazyFrame[Any]]) -> nw.LazyFrame[Any]:
        """Return the frames as one relation."""
        return nw.concat(list(frames))

    def share(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """Return the frame as a table of this engine's database, worked out at once.

        DuckDB knows no plan in parts: a relation that many others are made of would be worked
        out for each of them, and its text would grow with every step.
        """
        self._shared += 1
        name = f"shared_{self._shared}"
        relation: Any = frame.to_native()
        relation.create(name)
        shared: nw.LazyFrame[Any] = nw.from_native(self._connection.table(name))
        return shared

    def keep(self, frames: Sequence[nw.LazyFrame[Any]]) -> list[nw.LazyFrame[Any]]:
        """Return the frames: what is shared is a table already."""
        return list(frames)

    def collect(
        self,
        frames: Sequence[nw.LazyFrame[Any]],
        *,
        find_shared: bool = True,  # noqa: ARG002  there is nothing to find
    ) -> list[pl.DataFrame]:
        """Run the plans one after another."""
        return [_with_own_types(frame.collect("polars").to_native()) for frame in frames]


def engine_named(name: str) -> Engine:
    """Return a new engine by its name, ``polars`` or ``duckdb``.

    Raises:
        UsageError: There is no such engine, or its extra is not installed.
    """
    if name == "polars":
        return PolarsEngine()
    if name == "duckdb":
        return DuckDBEngine()
    message = f"Unknown engine '{name}': choose polars or duckdb."
    raise UsageError(message)


def _read_in_turn(
    frames: Sequence[pl.LazyFrame],
    columns: list[str] | None,
    predicate: pl.Expr | None,
    n_rows: int | None,
    batch_size: int | None,  # noqa: ARG001  a batch is what one frame has
) -> Iterator[pl.DataFrame]:
    """Yield the wanted columns and rows of each frame."""
    left = n_rows
    for frame in frames:
        wanted = frame if columns is None else frame.select(columns)
        if predicate is not None:
            wanted = wanted.filter(predicate)
        if left is not None:
            wanted = wanted.head(left)
        batch = wanted.collect(engine="streaming")
        left = None if left is None else left - batch.height
        yield batch


def _read_date(name: str) -> pl.Expr:
    text = pl.col(name).str.slice(0, 10)
    # polars alone would also take 2025-9-1 and signed years.
    shaped = pl.when(text.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text)
    return shaped.str.to_date("%Y-%m-%d", strict=False, exact=True).alias(name)


def _read_date_sql(name: str) -> str:
    text = f'substr("{name}", 1, 10)'
    shaped = f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f'CASE WHEN {shaped} THEN try_cast({text} AS DATE) END AS "{name}"'


def _with_own_types(frame: pl.DataFrame) -> pl.DataFrame:
    whole = [name for name, dtype in frame.schema.items() if dtype.is_integer()]
    other = [name for name, dtype in frame.schema.items() if dtype.is_decimal() or dtype.is_float()]
    return frame.with_columns(pl.col(whole).cast(pl.Int64), pl.col(other).cast(pl.Float64))
