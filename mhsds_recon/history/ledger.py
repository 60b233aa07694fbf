"""The history as a value: runs and published files, remembered from month to month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import narwhals as nw
from sqlalchemy import Connection, RootTransaction, select

from mhsds_recon.errors import HistoryError
from mhsds_recon.history import reading
from mhsds_recon.history.adding import add_published, add_run, add_statement
from mhsds_recon.history.asking import Answers
from mhsds_recon.history.chain import Verification, verify
from mhsds_recon.history.changes import PublishedChanges, changes, reopened
from mhsds_recon.history.migrating import migration_sql
from mhsds_recon.history.models import (
    PublishedPart,
)
from mhsds_recon.history.opening import (
    IMMEDIATE,
    Address,
    connect,
    explained,
    kind_of,
    prepare,
)
from mhsds_recon.history.reading import Which

if TYPE_CHECKING:
    import datetime as dt

    from mhsds_recon.history.records import RunRecord
    from mhsds_recon.published import PublishedFigures

__all__ = ["History", "upgrade_history", "upgrade_sql"]


@dataclass(frozen=True, kw_only=True)
class History(Answers):
    """Runs and published files of providers, in a database that is only added to.

    It holds counts, figures and hashes, never a row of an extract. Every method reads or writes
    in one transaction. Frames have one row per figure unless said otherwise; FIGURE is provider,
    measure_id, breakdown, primary_level, secondary_level, further_levels,
    reporting_period_start and reporting_period_end.
    """

    @classmethod
    def open(cls, address: Address | None = None) -> Self:
        """Open a history; an SQLite file is made, or brought up to date, where need be.

        Args:
            address: A URL as SQLAlchemy takes it, or the path of an SQLite file; by default a
                file in the user's data folder.

        Raises:
            UsageError: The address cannot be read.
            HistoryError: The database cannot be reached, or a server's needs an upgrade.
        """
        engine = connect(address)
        try:
            prepare(engine)
        except HistoryError:
            engine.dispose()
            raise
        return cls(engine=engine)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record(self, run: RunRecord, *, at: dt.datetime) -> int:
        """Add a run, and return its number.

        A run that holds the very same as the last one of its verb, provider and period is not
        added again: the number is that one's.

        Raises:
            HistoryError: It could not be added; nothing of it was.
        """
        with self._writing() as (connection, transaction):
            number, is_new = add_run(connection, run, at)
            if not is_new:
                transaction.rollback()
        return number

    def keep_published(
        self, *files: PublishedFigures, provider: str, at: dt.datetime
    ) -> PublishedChanges:
        """Add published files that the history does not hold yet, and return what they change.

        Args:
            files: Each from one file, as ``read_each`` gives them.
            provider: Whose rows are kept.
            at: Now.

        Raises:
            HistoryError: A file could not be added; those before it were.
        """
        added: dict[int, str] = {}
        known: list[str] = []
        for figures in files:
            (file,) = figures.files
            with self._writing() as (connection, transaction):
                number = add_published(connection, file, figures, provider, at)
                if number is None:
                    transaction.rollback()
                    known.append(file.name)
                else:
                    added[number] = file.name
        return self._changes_of(provider, added, tuple(known))

    def state(self, kind: str, *, provider: str, period: str, content: str, at: dt.datetime) -> int:
        """Add what someone says of a submission, and return the number of the entry.

        Args:
            kind: What sort of statement it is, such as ``decision``.
            provider: Code of the provider.
            period: The reporting period, ``YYYY-MM``.
            content: The statement as JSON, nothing of a patient in it.
            at: Now.

        Raises:
            HistoryError: It could not be added.
        """
        (number,) = self.state_each(kind, content, provider=provider, period=period, at=at)
        return number

    def state_each(
        self, kind: str, *contents: str, provider: str, period: str, at: dt.datetime
    ) -> tuple[int, ...]:
        """Add several statements in one transaction, an entry for each: all of them or none.

        Arguments and errors are those of ``state``.
        """
        with self._writing() as (connection, _):
            return tuple(
                add_statement(
                    connection, kind, provider=provider, period=period, content=content, at=at
                )
                for content in contents
            )

    def verify(
        self, last: str | None = None, *, matters: Callable[[int, str], bool] | None = None
    ) -> Verification:
        """Check that nothing was edited, removed, added or reordered.

        Args:
            last: The last hash that an earlier verification told, kept elsewhere.
            matters: Of which entries, by number and kind, the content is checked too, which is
                what takes long; of all where None. Their order always is.
        """
        try:
            with self._reading() as connection:
                return verify(connection, last, matters)
        except (TypeError, ValueError):  # dates and numbers that no writer of ours leaves
            problem = "A value was changed into one that cannot be read."
            return Verification(entries=0, problems=(problem,), last="")

    def _changes_of(
        self, provider: str, added: dict[int, str], known: tuple[str, ...]
    ) -> PublishedChanges:
        ends = select(PublishedPart.reporting_period_end).where(PublishedPart.file.in_(added))
        with self._reading() as connection:
            which = Which(provider=provider, ends=set(connection.scalars(ends)))
            published = reading.published_rows(connection, which)
            compared = reading.comparison_rows(connection, which)
        made = changes(published).filter(nw.col("entry").is_in(list(added)))
        return PublishedChanges(
            frame=made.to_native(),
            added=tuple(added.values()),
            known=known,
            reopened=reopened(published, compared, by=list(added)),
        )

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, RootTransaction]]:
        options = {IMMEDIATE: True}
        with (
            explained(self.engine),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin() as transaction,
        ):
            yield connection, transaction


def upgrade_history(address: Address | None = None) -> bool:
    """Bring the tables of a history up to date, and return whether that was needed.

    Raises:
        UsageError: The address cannot be read.
        HistoryError: The database cannot be reached or changed; it is as it was.
    """
    engine = connect(address)
    try:
        return prepare(engine, upgrade=True)
    finally:
        engine.dispose()


def upgrade_sql(address: Address | None = None) -> str:
    """Return the statements that make the tables, for an administrator to run; connects nowhere."""
    return migration_sql(kind_of(address))
