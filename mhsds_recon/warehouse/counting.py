"""Running the queries of a file, and making figures of what they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from mhsds_recon.errors import UsageError, WarehouseError
from mhsds_recon.frames.database_errors import refusal
from mhsds_recon.frames.databases import connected
from mhsds_recon.measures import Figures
from mhsds_recon.warehouse.figures import figures_from
from mhsds_recon.warehouse.rows import MOST_ROWS, Counted, counted_rows
from mhsds_recon.warehouse.statements import bound, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from mhsds_recon.frames.databases import DatabaseLocation
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.warehouse.queries import Query, QueryFile

__all__ = ["WarehouseCounts", "count_by_queries"]


@dataclass(frozen=True, kw_only=True)
class WarehouseCounts:
    """What a warehouse counts for one provider and reporting period.

    Attributes:
        figures: Its counts, as if counted here.
        remarks: What a reader should know of them, such as measures that the standard does not
            define; a sentence each.
    """

    figures: Figures
    remarks: tuple[str, ...] = ()


def count_by_queries(
    queries: QueryFile,
    location: DatabaseLocation,
    *,
    standard: Standard,
    period: ReportingPeriod,
    provider: str | None = None,
) -> WarehouseCounts:
    """Return the counts that a file of queries gives for a reporting period.

    All queries run in one transaction that can only read and is rolled back.

    Args:
        queries: What to ask.
        location: Where the warehouse is.
        standard: Names the measures and says how each is disclosed.
        period: The reporting period.
        provider: Code of the provider; that of the file where None.

    Raises:
        UsageError: No provider is named, here or in the file.
        DatabaseError: The warehouse cannot be reached.
        WarehouseError: It refuses a query, or a result is not counts in the published layout.
    """
    code = provider or queries.provider
    if not code:
        message = "Which provider is counted? Give --provider, or provider = in the file."
        raise UsageError(message)
    values = parameters(period, code)
    with connected(location, seconds=queries.connection.timeout_seconds) as connection:
        counted = [_answer(connection, query, values) for query in queries.queries]
    figures, remarks = figures_from(
        counted, standard=standard, period=period, provider=code, status=queries.status
    )
    return WarehouseCounts(figures=figures, remarks=remarks)


def _answer(connection: sa.Connection, query: Query, values: Mapping[str, object]) -> Counted:
    statement = bound(query.sql)
    named = {name: values[name] for name in statement.compile().params}
    try:
        result = connection.execute(statement, named)
        columns, rows = list(result.keys()), result.fetchmany(MOST_ROWS + 1)
    except SQLAlchemyError as error:
        message = f"Query '{query.name}' failed: {refusal(error)}."
        raise WarehouseError(message) from None
    return counted_rows(query, columns, rows)
