"""Counts by SQL: in the published layout, by period, never rows, never a write."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql

from mhsds_recon.errors import ReconError, UsageError, WarehouseError
from mhsds_recon.frames.databases import DatabaseLocation, locate
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.warehouse import (
    ConnectionSettings,
    Query,
    QueryFile,
    WarehouseCounts,
    count_by_queries,
)
from mhsds_recon.warehouse.statements import PARAMETERS, bound, parameters

SEPTEMBER = ReportingPeriod(2025, 9)
NHS_NUMBER = "9434765919"
REFERRALS = (
    "CREATE TABLE referrals (team VARCHAR(20), received DATE)",
    """INSERT INTO referrals VALUES ('A', '2025-09-01'), ('A', '2025-09-30'), ('B', '2025-09-15'),
    ('B', '2025-08-31'), ('B', '2025-10-01'), ('A', '2024-10-01'), ('A', '2024-09-30')""",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseLocation:
    """A small warehouse on SQLite, then on PostgreSQL."""
    url = sa.make_url(f"sqlite:///{tmp_path / 'dwh.db'}")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in REFERRALS:
            connection.exec_driver_sql(statement)
    engine.dispose()
    return locate(url.render_as_string(hide_password=False), {})


def ask(
    warehouse: DatabaseLocation,
    standard: Standard,
    *queries: str | Query,
    measure_id: str | None = "MHS01",
    seconds: int = 60,
) -> WarehouseCounts:
    asked = tuple(
        query
        if isinstance(query, Query)
        else Query(name=f"q{number}", sql=query, measure_id=measure_id)
        for number, query in enumerate(queries, 1)
    )
    connection = ConnectionSettings(environment="DWH", timeout_seconds=seconds)
    file = QueryFile(connection=connection, provider="RZZ", queries=asked)
    return count_by_queries(file, warehouse, standard=standard, period=SEPTEMBER)


def test_a_period_is_counted_with_bound_parameters(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    between = "SELECT count(*) AS value FROM referrals WHERE received BETWEEN"
    counted = ask(
        warehouse,
        standard,
        Query(name="month", sql=f"{between} :period_start AND :period_end", measure_id="MHS32"),
        Query(name="quarter", sql=f"{between} :quarter_start AND :period_end", measure_id="MHS95"),
        Query(name="year", sql=f"{between} :year_start AND :period_end", measure_id="MHS01"),
    )
    values = dict(counted.figures.frame.select("measure_id", "exact_value").iter_rows())
    assert values == {"MHS32": 3.0, "MHS95": 4.0, "MHS01": 5.0}


def test_columns_that_a_query_leaves_out_have_what_the_publication_has(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    counted = ask(
        warehouse,
        standard,
        Query(
            name="by team",
            breakdown="Provider; Team",
            sql="SELECT 'MHS95' AS Measure_ID, team AS secondary_level, count(*) AS VALUE"
            " FROM referrals GROUP BY team",
        ),
    )
    first = counted.figures.exact().row(0, named=True)
    assert first == {
        "REPORTING_PERIOD_START": "01/10/2024",
        "REPORTING_PERIOD_END": "30/09/2025",
        "STATUS": "Performance",
        "BREAKDOWN": "Provider; Team",
        "PRIMARY_LEVEL": "RZZ",
        "PRIMARY_LEVEL_DESCRIPTION": "RZZ",
        "SECONDARY_LEVEL": "A",
        "SECONDARY_LEVEL_DESCRIPTION": "A",
        "MEASURE_ID": "MHS95",
        "MEASURE_NAME": standard.measures["MHS95"].name,
        "MEASURE_VALUE": "*",
        "EXACT_VALUE": "4",
    }
    assert counted.remarks == (
        "MHS95 is not known to be published by 'Provider; Team'. Did you mean 'Provider'?",
    )


def test_what_cannot_be_disclosed_by_what_is_known_is_not_shown(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    share = next(
        measure.id
        for measure in standard.measures.values()
        if measure.disclosure == "bbrb_percent" and measure.is_in_force(SEPTEMBER)
    )
    counted = ask(
        warehouse,
        standard,
        f"SELECT '{share}' AS measure_id, 45.6 AS value",
        f"SELECT '{share}' AS measure_id, 45.6 AS value, 50 AS numerator, 'R' AS secondary_level",
        f"SELECT '{share}' AS measure_id, 45.6 AS value, 4 AS numerator, 'S' AS secondary_level",
        "SELECT 'OWN1' AS measure_id, 12 AS value",
        "SELECT 'OWN2' AS measure_id, 1.5 AS value",
    )
    shown = {
        (row["measure_id"], row["secondary_level"]): row["measure_value"]
        for row in counted.figures.frame.iter_rows(named=True)
    }
    assert shown == {
        (share, "NONE"): None,
        (share, "R"): "46",
        (share, "S"): "*",
        ("OWN1", "NONE"): "10",
        ("OWN2", "NONE"): None,
    }
    assert "OWN1 is no measure that the standard defines" in " ".join(counted.remarks)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (f"SELECT '{NHS_NUMBER}' AS primary_level, 1 AS value", "primary_level holds an NHS"),
        ("SELECT 'x 943 476 5919 y' AS measure_name, 1 AS value", "measure_name holds an NHS"),
        (f"SELECT {NHS_NUMBER} AS value", "value holds an NHS number"),
        ("SELECT team, received, 1 AS value FROM referrals", r"2 \(team, received\)"),
        ("SELECT 1 AS valu", "Did you mean 'value'"),
        ("SELECT 1 AS value, 2 AS VALUE", "the column value twice"),
        ("SELECT 'Confidential' AS value", "a number; values that are none: 1"),
        ("SELECT -1 AS value", "values that are none: 1"),
        ("SELECT 'NaN' AS value", "values that are none: 1"),
        ("SELECT 1 AS value, 'soon' AS reporting_period_start", "a date"),
        ("SELECT 1 AS value FROM referrals", "several rows for one level"),
        ("SELECT 'MHS95' AS measure_id", "no column value"),
    ],
)
def test_what_is_no_count_is_refused_and_not_quoted(
    warehouse: DatabaseLocation, standard: Standard, sql: str, told: str
) -> None:
    with pytest.raises(WarehouseError, match=told) as raised:
        ask(warehouse, standard, sql)
    assert "Query 'q1'" in str(raised.value)
    for secret in (NHS_NUMBER, "476", "Confidential", "soon", "2025"):
        assert secret not in str(raised.value)


def test_a_column_that_is_named_by_a_value_is_not_quoted(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    with pytest.raises(WarehouseError, match="columns that counts do not have: 1") as raised:
        ask(warehouse, standard, f'SELECT 1 AS value, 2 AS "{NHS_NUMBER}"')
    assert NHS_NUMBER not in str(raised.value)


def test_more_rows_than_counts_have_are_refused(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    many = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)"
        " SELECT i AS secondary_level, 1 AS value FROM n"
    )
    with pytest.raises(WarehouseError, match="more than 100000 rows"):
        ask(warehouse, standard, many)


def test_rows_without_a_measure_are_counted_in_the_message(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    with pytest.raises(WarehouseError, match="rows without a measure_id: 1"):
        ask(warehouse, standard, "SELECT NULL AS measure_id, 1 AS value", measure_id=None)
    with pytest.raises(WarehouseError, match="no column measure_id"):
        ask(warehouse, standard, "SELECT 1 AS value", measure_id=None)


def test_a_query_that_names_what_is_not_there_is_explained(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    with pytest.raises(WarehouseError, match=r"Query 'q2' failed: .*no_such"):
        ask(warehouse, standard, "SELECT 1 AS value", "SELECT count(*) AS value FROM no_such")


def test_a_value_in_the_words_of_a_database_is_kept_back(
    postgresql: sa.URL, standard: Standard
) -> None:
    location = locate(postgresql.render_as_string(hide_password=False), {})
    with pytest.raises(WarehouseError, match="kept back") as raised:
        ask(location, standard, f"SELECT CAST('{NHS_NUMBER}x' AS integer) AS value")
    assert NHS_NUMBER not in str(raised.value)


def test_a_query_that_takes_too_long_is_stopped(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    endless = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
        " SELECT count(*) AS value FROM n"
    )
    started = time.monotonic()
    with pytest.raises(WarehouseError, match="took longer"):
        ask(warehouse, standard, endless, seconds=1)
    assert time.monotonic() - started < 30


def test_a_provider_is_needed(warehouse: DatabaseLocation, standard: Standard) -> None:
    file = QueryFile(connection=ConnectionSettings(environment="DWH"))
    with pytest.raises(UsageError, match="Which provider"):
        count_by_queries(file, warehouse, standard=standard, period=SEPTEMBER)


def test_counts_without_any_row_are_an_empty_table(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    counted = ask(warehouse, standard, "SELECT 1 AS value FROM referrals WHERE team = 'none'")
    assert counted.figures.frame.height == 0


def test_parameters_hold_for_the_reporting_period() -> None:
    values = parameters(ReportingPeriod(2026, 2), "RZZ")
    assert values.keys() == PARAMETERS.keys()
    assert {name: str(value) for name, value in values.items()} == {
        "period_start": "2026-02-01",
        "period_end": "2026-02-28",
        "quarter_start": "2025-12-01",
        "year_start": "2025-03-01",
        "financial_year_start": "2025-04-01",
        "period_number": "1511",
        "provider": "RZZ",
    }


def test_sql_server_gets_every_parameter_bound() -> None:
    sql = "SELECT COUNT(*) AS value FROM r WHERE d BETWEEN :period_start AND :period_end"
    compiled = bound(sql).compile(dialect=mssql.dialect(paramstyle="qmark"))  # type: ignore[no-untyped-call]
    assert str(compiled) == "SELECT COUNT(*) AS value FROM r WHERE d BETWEEN ? AND ?"
    assert compiled.positiontup == ["period_start", "period_end"]


def test_nothing_that_a_query_could_do_reaches_the_data(
    warehouse: DatabaseLocation, standard: Standard
) -> None:
    with pytest.raises(ReconError, match=r"only reads|syntax"):
        ask(warehouse, standard, "DELETE FROM referrals")
    assert ask(warehouse, standard, "SELECT count(*) AS value FROM referrals").figures.frame[
        "exact_value"
    ].to_list() == [7.0]
