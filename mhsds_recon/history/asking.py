"""What a history answers: every method reads in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw
from sqlalchemy import Connection, Engine, func, select

from mhsds_recon.errors import UsageError
from mhsds_recon.history import reading, views
from mhsds_recon.history.changes import PublishedChanges, changes, outdated, reopened
from mhsds_recon.history.models import (
    Entry,
    LedgerHead,
    PublishedFile,
    PublishedPart,
    RuleCount,
    Run,
    Statement,
    TableCount,
)
from mhsds_recon.history.opening import explained, place_of
from mhsds_recon.history.reading import FIGURE, Which, latest
from mhsds_recon.history.records import Stated

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Answers", "PastRun"]

_ONE_MOMENT = {"postgresql": "REPEATABLE READ", "mssql": "SERIALIZABLE"}
"""How databases let several queries see one moment; SQLite always does."""


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """One run, as it is remembered.

    Attributes:
        facts: run, recorded_at, verb, provider, period, software, standard, file_accepted.
        files: role, name, sha256, bytes, rows: what it read and wrote.
        rules: code, level, table, element, rows.
        tables: table, submitted, accepted.
        figures: FIGURE, stage, local_exact, local_published.
        comparisons: FIGURE, stage, result, published, gap_low, gap_high, explained, residual.
        steps: FIGURE, stage, place and the columns of a step.
    """

    facts: dict[str, Any]
    files: pl.DataFrame = field(repr=False)
    rules: pl.DataFrame = field(repr=False)
    tables: pl.DataFrame = field(repr=False)
    figures: pl.DataFrame = field(repr=False)
    comparisons: pl.DataFrame = field(repr=False)
    steps: pl.DataFrame = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What can be asked of a history; see ``History``."""

    engine: Engine = field(repr=False)

    @property
    def place(self) -> str:
        """What messages say of where it is."""
        return place_of(self.engine.url)

    def statements(
        self, *kinds: str, provider: str | None = None, period: str | None = None
    ) -> tuple[Stated, ...]:
        """Return what was said, in the order in which it was recorded.

        Args:
            kinds: Of these kinds only.
            provider: Of this provider only.
            period: Of this reporting period only, ``YYYY-MM``.
        """
        own = Statement.provider, Statement.period, Statement.content
        rows = select(Entry.number, Entry.recorded_at, Entry.kind, *own).join(
            Statement, Statement.entry == Entry.number
        )
        if kinds:
            rows = rows.where(Entry.kind.in_(kinds))
        if provider is not None:
            rows = rows.where(Statement.provider == provider)
        if period is not None:
            rows = rows.where(Statement.period == period)
        with self._reading() as connection:
            found = connection.execute(rows.order_by(Entry.number)).all()
        return tuple(Stated(**row._mapping) for row in found)  # noqa: SLF001  SQLAlchemy's public name

    def end(self) -> tuple[int, str]:
        """Return where the chain ends: how many entries there are, and the hash of the last."""
        head = select(LedgerHead.entries, LedgerHead.sha256)
        with self._reading() as connection:
            entries, sha256 = connection.execute(head).one()
        return entries, sha256

    def changes(self, provider: str, *, period: ReportingPeriod | None = None) -> PublishedChanges:
        """Return what every file that is kept changed, and all reconciliations that are open."""
        which = Which(provider=provider, ends=None if period is None else [period.end])
        with self._reading() as connection:
            published = reading.published_rows(connection, which)
            compared = reading.comparison_rows(connection, which)
        return PublishedChanges(
            frame=changes(published).to_native(), reopened=reopened(published, compared)
        )

    def outdated(self, run: int) -> tuple[str, ...]:
        """Return the measures of which a run compared a published figure that no longer counts.

        A later file can have given another value, or one where there was none.
        """
        with self._reading() as connection:
            compared = reading.comparison_rows(connection, Which(run=run))
            which = Which(
                provider=next(iter(compared["provider"]), None),
                ends=compared["reporting_period_end"].unique().to_list(),
            )
            return outdated(reading.published_rows(connection, which), compared)

    def series(
        self,
        provider: str,
        *,
        measure_ids: Collection[str] | None = None,
        breakdown: str | None = "Provider",
        primary_level: str | None = None,
        secondary_level: str | None = None,
    ) -> pl.DataFrame:
        """Return figures over time, local and published; a filter that is None lets all through.

        Returns:
            FIGURE, stage (null where published and never counted), run, local_exact,
            local_published, status, file_version, published (of the row that counts),
            published_value, gap (local_exact less published_value), result (of the last
            comparison), reopened (the figure that counts is not the one compared). One row per
            figure and stage, sorted by them.
        """
        which = Which(
            provider=provider,
            measure_ids=measure_ids,
            breakdown=breakdown,
            primary_level=primary_level,
            secondary_level=secondary_level,
        )
        with self._reading() as connection:
            published = reading.published_rows(connection, which)
            local = reading.local_rows(connection, which)
            compared = reading.comparison_rows(connection, which)
        return views.series(published, local, compared).to_native()

    def revisions(
        self, provider: str, *, measure_ids: Collection[str] | None = None
    ) -> pl.DataFrame:
        """Return figures that were published both as Performance and as Final.

        Returns:
            FIGURE, performance, performance_value, performance_version, final, final_value,
            final_version (of the highest version of each), revision (final_value less
            performance_value).
        """
        which = Which(provider=provider, measure_ids=measure_ids)
        with self._reading() as connection:
            published = reading.published_rows(connection, which)
        return views.revisions(published).to_native()

    def differences(
        self, provider: str, *, measure_ids: Collection[str] | None = None
    ) -> pl.DataFrame:
        """Return what the last comparison of each figure and stage came to, agreeing or not.

        Returns:
            FIGURE, stage, run, result, local_exact, local_published, published, gap_low,
            gap_high, explained, residual.
        """
        which = Which(provider=provider, measure_ids=measure_ids)
        with self._reading() as connection:
            local = reading.local_rows(connection, which)
            compared = reading.comparison_rows(connection, which)
        return views.differences(local, compared).to_native()

    def steps(self, provider: str, *, measure_ids: Collection[str] | None = None) -> pl.DataFrame:
        """Return the walks of the last comparison of each figure: FIGURE, run and the steps."""
        which = Which(provider=provider, measure_ids=measure_ids)
        with self._reading() as connection:
            steps = reading.step_rows(connection, which)
            compared = reading.comparison_rows(connection, which)
        last = latest(compared, FIGURE).select(*FIGURE, "run").unique()
        rows = steps.join(last, on=[*FIGURE, "run"], how="inner")
        return rows.sort(*FIGURE, "place").to_native()

    def rule_counts(self, provider: str) -> pl.DataFrame:
        """Return failing rows by rule of the last validation of each period.

        Returns:
            provider, period (YYYY-MM), run, code, table, element (may be empty), level, rows.
        """
        with self._reading() as connection:
            return reading.validated_rows(connection, RuleCount, provider).to_native()

    def table_counts(self, provider: str) -> pl.DataFrame:
        """Return rows by table of the last validation of each period.

        Returns:
            provider, period (YYYY-MM), run, table, submitted, accepted; tables with rows only.
        """
        with self._reading() as connection:
            return reading.validated_rows(connection, TableCount, provider).to_native()

    def runs(
        self, *, provider: str | None = None, period: ReportingPeriod | None = None
    ) -> pl.DataFrame:
        """Return run, recorded_at, verb, provider, period, software, standard, file_accepted."""
        rows = reading.run_facts()
        if provider is not None:
            rows = rows.where(Run.provider == provider)
        if period is not None:
            rows = rows.where(Run.period == str(period))
        with self._reading() as connection:
            return reading.fetched(connection, rows.order_by(Run.entry)).to_native()

    def published_files(self, *, provider: str | None = None) -> pl.DataFrame:
        """Return entry, recorded_at, provider, file, file_version, status, periods and rows.

        One row per file and status; ``first_end`` and ``last_end`` are the last days of its
        earliest and latest window, null for a file without a row of the provider.
        """
        ends = PublishedPart.reporting_period_end
        facts = (
            PublishedFile.entry,
            Entry.recorded_at,
            PublishedFile.provider,
            PublishedFile.name.label("file"),
            PublishedFile.file_version,
            PublishedPart.status,
            PublishedFile.rows,
        )
        rows = (
            select(
                *facts,
                func.min(ends).label("first_end"),
                func.max(ends).label("last_end"),
            )
            .join(Entry, Entry.number == PublishedFile.entry)
            .join(PublishedPart, PublishedPart.file == PublishedFile.entry, isouter=True)
            .group_by(*facts)
            .order_by(PublishedFile.entry, PublishedPart.status)
        )
        if provider is not None:
            rows = rows.where(PublishedFile.provider == provider)
        with self._reading() as connection:
            return reading.fetched(connection, rows).to_native()

    def run(self, number: int) -> PastRun:
        """Return all that is remembered of a run.

        Raises:
            UsageError: There is no run of that number.
        """
        with self._reading() as connection:
            facts = reading.fetched(connection, reading.run_facts().where(Run.entry == number))
            if facts.is_empty():
                message = f"The history in {self.place} has no run {number}. See: history list."
                raise UsageError(message)
            return PastRun(facts=facts.rows(named=True)[0], **reading.details(connection, number))

    def coverage(self, period: ReportingPeriod, *, expected: Collection[str] = ()) -> pl.DataFrame:
        """Return who is expected, was counted or validated, and stands in the published files.

        Args:
            period: The reporting period.
            expected: Codes of the providers that should be there.

        Returns:
            provider, expected, submitted (a run of the period is remembered), published (a file
            has a row of the provider for a window that ends with the period); one row per
            provider that any of these names.
        """
        ran = select(Run.provider).where(Run.period == str(period)).distinct()
        listed = (
            select(PublishedFile.provider)
            .join(PublishedPart, PublishedPart.file == PublishedFile.entry)
            .where(PublishedPart.reporting_period_end == period.end)
            .distinct()
        )
        with self._reading() as connection:
            submitted = set(connection.scalars(ran))
            published = set(connection.scalars(listed))
        providers = sorted({*expected, *submitted, *published})
        data = {
            "provider": providers,
            "expected": [provider in expected for provider in providers],
            "submitted": [provider in submitted for provider in providers],
            "published": [provider in published for provider in providers],
        }
        types = {name: nw.Boolean() for name in ("expected", "submitted", "published")}
        rows = nw.from_dict(data, {"provider": nw.String(), **types}, backend="polars")
        frame: pl.DataFrame = rows.to_native()
        return frame

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        level = _ONE_MOMENT.get(self.engine.dialect.name)
        options = {} if level is None else {"isolation_level": level}
        with (
            explained(self.engine),
            self.engine.connect().execution_options(**options) as connection,
        ):
            yield connection
