"""The tables of the history database: aggregates only, and rows are only ever added.

    ledger_head           one row: how many entries there are, and the hash of the last
    entry                 one per record, in order; each holds the hash of the one before
    ├── published_file    a national file, read once; its values for one provider
    │   └── published_part    its rows of one window and status
    │       └── published_figure
    ├── statement         what someone said of a submission: a decision, an action
    └── run               one use of a verb
        ├── run_file          what it read and wrote, by hash
        ├── rule_count        failing rows by rule
        ├── table_count       rows submitted and accepted by table
        └── run_part          its figures of one stage and window
            ├── local_figure
            ├── comparison        with the published figure
            └── walk_step         what the difference is made of
    series                what figures of all windows share: provider, measure, levels

An entry is written last in its transaction, with the hash of what stands below its number.
Names that a person reads are Unicode, and compare by their bytes on SQL Server too.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from sqlalchemy import (
    DATE,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    MetaData,
    String,
    TypeDecorator,
    Unicode,
    UnicodeText,
    UniqueConstraint,
)
from sqlalchemy.dialects import mssql
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

__all__ = [
    "NAMING_CONVENTION",
    "Base",
    "Comparison",
    "Entry",
    "LedgerHead",
    "LocalFigure",
    "PublishedFigure",
    "PublishedFile",
    "PublishedPart",
    "RuleCount",
    "Run",
    "RunFile",
    "RunPart",
    "Series",
    "Statement",
    "TableCount",
    "UtcDateTime",
    "WalkStep",
    "text",
]

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_COMPACT = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the order of their key, without a second copy of it."""


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment, kept in UTC; SQLite has no zones, so it comes back with the one it went in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        """What its values are in Python."""
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC."""
        del dialect
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(
        self, value: dt.datetime | None, dialect: Dialect
    ) -> dt.datetime | None:
        """Return the moment in UTC, with its zone."""
        del dialect
        if value is None or value.tzinfo is not None:
            return value if value is None else value.astimezone(dt.UTC)
        return value.replace(tzinfo=dt.UTC)


def text(length: int) -> Unicode:
    """Return the type of a text of some length that tells capitals and accents apart."""
    binary = mssql.NVARCHAR(length, collation="Latin1_General_100_BIN2")
    return Unicode(length).with_variant(binary, "mssql")


Hash = Annotated[str, mapped_column(String(64))]
Word = Annotated[str, mapped_column(text(30))]
Name = Annotated[str, mapped_column(text(255))]
Figure = Annotated[str | None, mapped_column(text(40))]
Long = Annotated[str | None, mapped_column(UnicodeText().with_variant(mssql.NVARCHAR(), "mssql"))]
Said = Annotated[str, mapped_column(UnicodeText().with_variant(mssql.NVARCHAR(), "mssql"))]
Day = Annotated[dt.date, mapped_column(DATE)]
BigInt = Annotated[int, mapped_column(BigInteger)]
Number = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]
RunKey = Annotated[
    int, mapped_column(ForeignKey("recon_run.entry"), primary_key=True, autoincrement=False)
]
RunPartKey = Annotated[
    int, mapped_column(ForeignKey("recon_run_part.id"), primary_key=True, autoincrement=False)
]
FilePartKey = Annotated[
    int, mapped_column(ForeignKey("recon_published_part.id"), primary_key=True, autoincrement=False)
]
SeriesKey = Annotated[
    int, mapped_column(ForeignKey("recon_series.id"), primary_key=True, autoincrement=False)
]
IndexedSeries = Annotated[
    int,
    mapped_column(ForeignKey("recon_series.id"), primary_key=True, autoincrement=False, index=True),
]


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class LedgerHead(Base):
    """Where the chain ends. Whoever adds an entry changes this row first, and so is alone."""

    __tablename__ = "recon_ledger_head"
    id: Mapped[Number]
    entries: Mapped[int]
    sha256: Mapped[Hash]


class Entry(Base):
    """One link of the chain."""

    __tablename__ = "recon_entry"
    number: Mapped[Number]
    kind: Mapped[Word]
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    content_sha256: Mapped[Hash]
    previous_sha256: Mapped[Hash]
    sha256: Mapped[Hash]


class Series(Base):
    """What figures of all windows share. ``digest`` is the hash of the rest, once each."""

    __tablename__ = "recon_series"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    provider: Mapped[Word] = mapped_column(index=True)
    measure_id: Mapped[Name]
    breakdown: Mapped[Name]
    primary_level: Mapped[Name]
    secondary_level: Mapped[Name]
    further_levels: Mapped[Name]
    digest: Mapped[Hash] = mapped_column(unique=True)


class Statement(Base):
    """What someone said of a submission; the kind of its entry says what ``content`` (JSON) is."""

    __tablename__ = "recon_statement"
    entry: Mapped[Number]
    provider: Mapped[Word] = mapped_column(index=True)
    period: Mapped[str] = mapped_column(text(7))
    content: Mapped[Said]


class PublishedFile(Base):
    """A national file, with its values for one provider."""

    __tablename__ = "recon_published_file"
    __table_args__ = (UniqueConstraint("sha256", "provider"),)
    entry: Mapped[Number]
    provider: Mapped[Word]
    name: Mapped[Name]
    file_version: Mapped[Word]
    sha256: Mapped[Hash]
    size: Mapped[BigInt]
    rows: Mapped[BigInt]


class PublishedPart(Base):
    """The rows of a published file with one window and status."""

    __tablename__ = "recon_published_part"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    file: Mapped[int] = mapped_column(ForeignKey("recon_published_file.entry"), index=True)
    reporting_period_start: Mapped[Day]
    reporting_period_end: Mapped[Day]
    status: Mapped[Word]


class PublishedFigure(Base):
    """A value as published; null where the file leaves it blank."""

    __tablename__ = "recon_published_figure"
    __table_args__ = _COMPACT
    part: Mapped[FilePartKey]
    series: Mapped[IndexedSeries]
    published: Mapped[Figure]


class Run(Base):
    """One use of a verb on one provider's data."""

    __tablename__ = "recon_run"
    entry: Mapped[Number]
    verb: Mapped[Word]
    provider: Mapped[Word] = mapped_column(index=True)
    period: Mapped[str | None] = mapped_column(text(7))
    software: Mapped[Word]
    standard: Mapped[Word]
    file_accepted: Mapped[bool | None]


class RunFile(Base):
    """What a run read or wrote: an extract, reference, counts or published file, an output."""

    __tablename__ = "recon_run_file"
    run: Mapped[RunKey]
    place: Mapped[Number]
    role: Mapped[Word]
    name: Mapped[Name]
    sha256: Mapped[Hash]
    size: Mapped[BigInt]
    rows: Mapped[BigInt]


class RuleCount(Base):
    """How many rows fail a rule; ``element`` is empty where the rule is about the whole row."""

    __tablename__ = "recon_rule_count"
    __table_args__ = _COMPACT
    run: Mapped[RunKey]
    code: Mapped[Word] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(text(100), primary_key=True)
    element: Mapped[str] = mapped_column(text(100), primary_key=True)
    level: Mapped[Word]
    rows: Mapped[BigInt]


class TableCount(Base):
    """How many rows of a table were submitted and accepted."""

    __tablename__ = "recon_table_count"
    __table_args__ = _COMPACT
    run: Mapped[RunKey]
    table: Mapped[str] = mapped_column(text(100), primary_key=True)
    submitted: Mapped[BigInt]
    accepted: Mapped[BigInt]


class RunPart(Base):
    """The figures of a run with one stage and window; walks lie between two, ``one to another``."""

    __tablename__ = "recon_run_part"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, init=False)
    run: Mapped[int] = mapped_column(ForeignKey("recon_run.entry"), index=True)
    stage: Mapped[str] = mapped_column(text(60))
    reporting_period_start: Mapped[Day]
    reporting_period_end: Mapped[Day]


class LocalFigure(Base):
    """A figure of the trust's own: exact, and as it would be published."""

    __tablename__ = "recon_local_figure"
    __table_args__ = _COMPACT
    part: Mapped[RunPartKey]
    series: Mapped[IndexedSeries]
    local_exact: Mapped[float | None]
    local_published: Mapped[Figure]


class Comparison(Base):
    """What comparing a local with a published figure came to."""

    __tablename__ = "recon_comparison"
    __table_args__ = _COMPACT
    part: Mapped[RunPartKey]
    series: Mapped[IndexedSeries]
    result: Mapped[Word]
    published: Mapped[Figure]
    gap_low: Mapped[float | None]
    gap_high: Mapped[float | None]
    explained: Mapped[float | None]
    residual: Mapped[float | None]


class WalkStep(Base):
    """One cause of a difference, with its size or bounds, in the order of the walk."""

    __tablename__ = "recon_walk_step"
    __table_args__ = _COMPACT
    part: Mapped[RunPartKey]
    series: Mapped[SeriesKey]
    place: Mapped[Number]
    cause_id: Mapped[Word]
    direction: Mapped[str | None] = mapped_column(text(30))
    size: Mapped[float | None]
    evidence: Mapped[str | None] = mapped_column(text(30))
    low: Mapped[float | None]
    high: Mapped[float | None]
    rows: Mapped[int | None] = mapped_column(BigInteger)
    rules: Mapped[Long]
    variation: Mapped[str | None] = mapped_column(text(60))
    overlaps: Mapped[Long]
    basis: Mapped[Long]
