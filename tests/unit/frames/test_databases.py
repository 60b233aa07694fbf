"""Databases: addresses that stay secret, connections that cannot write, tables as text."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from sqlalchemy.dialects import mssql

from mhsds_recon.errors import DatabaseError, ExtractError, ReconError
from mhsds_recon.frames import open_extract, open_extracts
from mhsds_recon.frames.databases import (
    DatabaseLocation,
    connected,
    locate,
    sql_server_url,
    text_of,
)
from mhsds_recon.standard import ReportingPeriod, Standard

PASSWORD = "correct-horse-7Q"  # noqa: S105  only a test's
HEADER = {"OrgIDProvider": "RZZ", "ReportingPeriodStartDate": "2025-09-01"}
SQL_SERVER = mssql.dialect()  # type: ignore[no-untyped-call]


def text(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def fill(url: sa.URL | str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> DatabaseLocation:
    url = f"sqlite:///{tmp_path / 'september.db'}"
    fill(
        url,
        "CREATE TABLE mhs000header (reportingperiodstartdate, OrgIDProvider TEXT)",
        "INSERT INTO mhs000header VALUES ('2025-09-01', 'RZZ')",
        "CREATE TABLE MHS101Referral (ServiceRequestID TEXT, Extra INT, ClinRespPriorityType INT)",
        "INSERT INTO MHS101Referral VALUES ('b', 7, 3), ('a', 8, NULL), ('', 9, '12x')",
        "CREATE TABLE Unrelated (Secret TEXT)",
    )
    return locate(url, {})


def test_sqlite_extract_is_text_whatever_the_columns_hold(
    sqlite: DatabaseLocation, standard: Standard
) -> None:
    extract = open_extract(sqlite, standard=standard)
    referrals = extract.tables["MHS101Referral"].collect().to_native()
    assert (extract.provider, extract.period) == ("RZZ", ReportingPeriod(2025, 9))
    assert extract.name == "september"
    assert referrals["ServiceRequestID"].to_list() == ["a", None, "b"]
    assert referrals["ClinRespPriorityType"].to_list() == [None, "12x", "3"]
    assert referrals["row_number"].to_list() == [1, 2, 3]


def test_unknown_tables_and_columns_of_a_database_are_named_and_not_read(
    sqlite: DatabaseLocation, standard: Standard
) -> None:
    found = {
        (each.code, each.table, each.element)
        for each in open_extract(sqlite, standard=standard).shape
    }
    assert ("SHAPE01", "Unrelated", None) in found
    assert ("SHAPE02", "MHS101Referral", "Extra") in found
    assert ("SHAPE03", "MHS101Referral", "LocalPatientID") in found


def test_the_hash_follows_the_content_and_nothing_else(tmp_path: Path, standard: Standard) -> None:
    given = "OrgIDProvider, ReportingPeriodStartDate"

    def hashes(name: str, rows: str, columns: str = given) -> list[str]:
        url = f"sqlite:///{tmp_path / name}"
        fill(
            url,
            f"CREATE TABLE MHS000Header ({columns})",
            f"INSERT INTO MHS000Header VALUES {rows}",  # noqa: S608  made up here
        )
        return [file.sha256 for file in open_extract(locate(url, {}), standard=standard).files]

    first = hashes("1.db", "('RZZ', '2025-09-01'), ('RZZ', '2025-09-02')")
    swapped = hashes("2.db", "('RZZ', '2025-09-02'), ('RZZ', '2025-09-01')")
    other_columns = hashes(
        "3.db",
        "('2025-09-01', 'RZZ'), ('2025-09-02', 'RZZ')",
        "reportingperiodstartdate, ORGIDPROVIDER",
    )
    changed = hashes("4.db", "('RZZ', '2025-09-01'), ('RZZ', '2025-09-03')")
    assert first == swapped == other_columns
    assert first != changed


def test_postgresql_gives_the_same_extract_as_the_same_rows_in_sqlite(
    sqlite: DatabaseLocation, postgresql: sa.URL, standard: Standard
) -> None:
    fill(
        postgresql,
        "CREATE SCHEMA mhsds_2025_09",
        "CREATE TABLE mhsds_2025_09.mhs000header (orgidprovider char(5), "
        "reportingperiodstartdate date)",
        "INSERT INTO mhsds_2025_09.mhs000header VALUES ('RZZ', '2025-09-01')",
        'CREATE VIEW mhsds_2025_09."MHS101Referral" AS SELECT * FROM (VALUES '
        "('b', '3'), ('a', NULL), ('', '12x')) AS t (ServiceRequestID, ClinRespPriorityType)",
    )
    there = locate(f"{text(postgresql)}&schema=mhsds_2025_09", {})
    extract = open_extract(there, standard=standard)
    assert (extract.name, extract.provider) == ("mhsds_2025_09", "RZZ")
    assert_frame_equal(
        extract.tables["MHS101Referral"].collect().to_native(),
        open_extract(sqlite, standard=standard).tables["MHS101Referral"].collect().to_native(),
    )


def test_typed_columns_come_in_the_forms_of_the_standard(
    postgresql: sa.URL, standard: Standard
) -> None:
    fill(
        postgresql,
        "CREATE TABLE MHS000Header (OrgIDProvider text, ReportingPeriodStartDate timestamp)",
        "INSERT INTO MHS000Header VALUES ('RZZ', '2025-09-01')",
        "CREATE TABLE MHS101Referral (ReferralRequestReceivedDate timestamp, "
        "ReferralRequestReceivedTime time, ServDischDate date, ServDischTime timestamp, "
        "ServiceRequestID integer, LocalPatientID uuid, ClinRespPriorityType boolean)",
        "INSERT INTO MHS101Referral VALUES ('2025-09-02', '09:30', '2025-09-03', "
        "'1900-01-01 10:15:00', 12, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', true)",
    )
    extract = open_extract(locate(text(postgresql), {}), standard=standard)
    (row,) = extract.tables["MHS101Referral"].collect().to_native().iter_rows(named=True)
    assert {name: value for name, value in row.items() if value is not None} == {
        "row_number": 1,
        "ReferralRequestReceivedDate": "2025-09-02",
        "ReferralRequestReceivedTime": "09:30:00",
        "ServDischDate": "2025-09-03",
        "ServDischTime": "10:15:00",
        "ServiceRequestID": "12",
        "LocalPatientID": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "ClinRespPriorityType": "Y",
    }


def test_a_pattern_takes_every_schema_that_it_fits_as_a_month(
    postgresql: sa.URL, standard: Standard
) -> None:
    for month in ("08", "09"):
        fill(
            postgresql,
            f"CREATE SCHEMA mhsds_2025_{month}",
            f"CREATE TABLE mhsds_2025_{month}.mhs000header AS "
            f"SELECT 'RZZ' orgidprovider, '2025-{month}-01' reportingperiodstartdate",
        )
    there = locate("env:TRUST?schema=mhsds_2025_*", {"TRUST": text(postgresql)})
    extracts = open_extracts(there, standard=standard)
    assert [str(extract.period) for extract in extracts] == ["2025-08", "2025-09"]
    with pytest.raises(ExtractError, match="several months"):
        open_extract(there, standard=standard)


def test_an_unknown_schema_is_named_with_those_there_are(
    postgresql: sa.URL, standard: Standard
) -> None:
    with pytest.raises(ExtractError, match=r"no schema 'mhsds'.*public"):
        open_extract(locate(f"{text(postgresql)}&schema=mhsds", {}), standard=standard)
    with pytest.raises(ExtractError, match=r"fits 'mhsds_\*'.*public"):
        open_extracts(locate(f"{text(postgresql)}&schema=mhsds_*", {}), standard=standard)


@pytest.mark.parametrize("statement", ["DELETE FROM t", "CREATE TABLE u (x int)"])
def test_a_connection_cannot_write(
    statement: str, sqlite: DatabaseLocation, postgresql: sa.URL
) -> None:
    fill(sqlite.url, "CREATE TABLE t (x int)")
    fill(postgresql, "CREATE TABLE t (x int)")
    for location in (sqlite, locate(text(postgresql), {})):
        with (
            pytest.raises(sa.exc.DBAPIError, match=r"read.?only"),
            connected(location) as connection,
        ):
            connection.exec_driver_sql(statement)


def test_all_statements_of_a_connection_see_one_state(postgresql: sa.URL) -> None:
    fill(postgresql, "CREATE TABLE t (x int)")
    with connected(locate(text(postgresql), {})) as connection:
        count = sa.text("SELECT count(*) FROM t")
        before = connection.execute(count).scalar_one()
        fill(postgresql, "INSERT INTO t VALUES (1)")
        assert connection.execute(count).scalar_one() == before == 0


def with_password(server: sa.URL, postgresql: sa.URL) -> sa.URL:
    """Return the address of a login that the server asks for a password."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        hba = connection.exec_driver_sql("SHOW hba_file").scalar_one()
        path = Path(hba)
        rule = "local all walled scram-sha-256\n"
        path.write_text(rule + path.read_text().replace(rule, ""))
        connection.exec_driver_sql("DROP ROLE IF EXISTS walled")
        connection.exec_driver_sql(f"CREATE ROLE walled LOGIN PASSWORD '{PASSWORD}'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    return postgresql.set(username="walled", password=PASSWORD)


def with_no_effect(address: str) -> None:
    with connected(locate("env:SECRET", {"SECRET": address})):
        pass


def test_no_failure_to_connect_tells_anything_of_the_address(
    postgresql_server: sa.URL, postgresql: sa.URL, tmp_path: Path
) -> None:
    walled = with_password(postgresql_server, postgresql)
    with connected(locate(text(walled), {})) as connection:
        assert connection.exec_driver_sql("SELECT current_user").scalar_one() == "walled"
    wrong = "not-it-9Z"
    no_file = tmp_path / "hidden-place" / "no.db"
    no_database = tmp_path / "hidden-file.db"
    no_database.write_text("this is no database, however long it may be" * 50)
    cases = {
        text(walled.set(password=wrong)): "the password is not accepted",
        f"postgresql://hiddenuser:{wrong}@127.0.0.1:1/hidden": "nothing answers",
        f"postgresql://hiddenuser:{wrong}@hidden.invalid/hidden": "no such host",
        text(walled.set(database="hidden")): "no database of that name",
        f"postgresql://hiddenuser:{wrong}@hidden:hidden/hidden": "no address of a database",
        f"oracle://hiddenuser:{wrong}@hidden/hidden": "Use one of",
        f"postgresql+psycopg2://hiddenuser:{wrong}@hidden/hidden": "Use one of",
        f"hiddenuser {wrong}": "no address of a database",
        f"sqlite:///{no_file}": "does not exist",
        f"sqlite:///{no_database}": "no SQLite database",
    }
    for address, reason in cases.items():
        with pytest.raises(DatabaseError, match="environment variable SECRET") as raised:
            with_no_effect(address)
        shown = "".join(traceback.format_exception(raised.value))
        assert reason in str(raised.value)
        for secret in (PASSWORD, wrong, "hidden", "walled", address):
            assert secret not in shown


def test_a_location_shows_nothing_of_its_address() -> None:
    location = locate("postgresql://u:pw9@host/db?schema=mhsds", {})
    assert repr(location) == "DatabaseLocation(place='the address given', schema='mhsds')"


def test_what_is_kept_elsewhere_is_found_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring  # noqa: PLC0415

    kept = {("mr", "dwh"): "sqlite:///kept.db"}
    monkeypatch.setattr(keyring, "get_password", lambda *entry: kept.get(entry))
    assert locate("keyring:mr/dwh?schema=main", {}).name == "main"
    for address, reason in {
        "keyring:mr/other": "keyring set mr other",
        "keyring:mr": "SERVICE/USER",
        "env:TRUST_DWH": "Did you mean 'TRUST_DHW'",
    }.items():
        with pytest.raises(ReconError, match=reason):
            locate(address, {"TRUST_DHW": "x"})


def test_a_connection_string_of_sql_server_asks_for_reading_only() -> None:
    string = "Driver={ODBC Driver 18 for SQL Server};Server=dwh;Trusted_Connection=yes;"
    url = locate("env:DWH", {"DWH": string}).url
    assert url.drivername == "mssql+pyodbc"
    assert sql_server_url(url).query["odbc_connect"] == f"{string}ApplicationIntent=ReadOnly"
    named = sa.make_url("mssql+pyodbc://@dwh/db?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes")
    asked = sql_server_url(named)
    (arguments, keywords) = SQL_SERVER.create_connect_args(asked)
    assert {"Trusted_Connection=Yes", "ApplicationIntent=ReadOnly", "Encrypt=yes"} <= set(
        arguments[0].split(";")
    )
    assert keywords == {}


def test_the_newest_driver_is_taken_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    drivers = ["ODBC Driver 9 for SQL Server", "ODBC Driver 18 for SQL Server", "FreeTDS"]
    monkeypatch.setitem(sys.modules, "pyodbc", SimpleNamespace(drivers=lambda: drivers))
    url = sa.make_url("mssql+pyodbc://@dwh/db")
    assert sql_server_url(url).query["driver"] == "ODBC Driver 18 for SQL Server"
    del drivers[:2]
    with pytest.raises(DatabaseError, match="doctor says how to get one"):
        sql_server_url(url)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (sa.DateTime(), "convert(NVARCHAR(19), x, 126)"),
        (sa.Date(), "convert(NVARCHAR(10), x, 23)"),
        (sa.Time(), "convert(NVARCHAR(8), x, 108)"),
        (sa.REAL(), "format(x, 'G15', 'en-GB')"),
        (sa.Integer(), "CAST(x AS NVARCHAR(max))"),
        (mssql.UNIQUEIDENTIFIER(), "CAST(x AS NVARCHAR(max))"),
        (sa.NCHAR(5), "rtrim(CAST(x AS NVARCHAR(max)))"),
        (
            mssql.BIT(),
            "CASE WHEN (x = 1) THEN 'Y' WHEN (x = 0) THEN 'N' ELSE CAST(x AS NVARCHAR(max)) END",
        ),
    ],
)
def test_sql_server_writes_each_type_in_the_form_of_the_standard(
    kind: sa.types.TypeEngine[object], expected: str
) -> None:
    expression = text_of(sa.column("x", kind), "mssql", "T")
    compiled = expression.compile(dialect=SQL_SERVER, compile_kwargs={"literal_binds": True})
    assert str(compiled) == expected


def test_a_picture_is_no_text() -> None:
    with pytest.raises(ExtractError, match="T, column 'x': holds binary values"):
        text_of(sa.column("x", sa.LargeBinary()), "mssql", "T, column 'x'")


def test_a_table_that_the_login_may_not_read_is_named(
    postgresql_server: sa.URL, postgresql: sa.URL, standard: Standard
) -> None:
    walled = with_password(postgresql_server, postgresql)
    fill(postgresql, "CREATE TABLE MHS000Header (OrgIDProvider text)")
    with pytest.raises(DatabaseError, match=r"mhs000header at .* this login may not read"):
        open_extract(locate(text(walled), {}), standard=standard)


def test_columns_that_differ_in_case_only_are_refused(
    tmp_path: Path, postgresql: sa.URL, standard: Standard
) -> None:
    fill(
        postgresql,
        'CREATE TABLE MHS000Header (OrgIDProvider text, "OrgIDProvider" text)',
    )
    with pytest.raises(ExtractError, match=r"MHS000Header has the column '\w+' twice"):
        open_extract(locate(text(postgresql), {}), standard=standard)
    assert not list(tmp_path.iterdir())


def test_a_table_without_any_element_has_no_rows(tmp_path: Path, standard: Standard) -> None:
    url = f"sqlite:///{tmp_path / 'odd.db'}"
    fill(
        url,
        "CREATE TABLE MHS000Header AS SELECT 'RZZ' OrgIDProvider",
        "CREATE TABLE MHS101Referral AS SELECT 'x' Notes, 'y' More",
    )
    extract = open_extract(locate(url, {}), standard=standard)
    assert extract.tables["MHS101Referral"].collect().shape[0] == 0
    found = {(each.code, each.element) for each in extract.shape}
    assert {("SHAPE02", "Notes"), ("SHAPE02", "More")} <= found


def test_a_database_without_a_table_of_the_standard_says_so(
    tmp_path: Path, standard: Standard
) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    fill(url, "CREATE TABLE patients (id)")
    with pytest.raises(ExtractError, match=r"'other' holds no file of a table.*tables or views"):
        open_extract(locate(url, {}), standard=standard)


def test_a_large_table_comes_whole(tmp_path: Path, standard: Standard) -> None:
    url = f"sqlite:///{tmp_path / 'large.db'}"
    fill(
        url,
        "CREATE TABLE MHS000Header AS SELECT 'RZZ' OrgIDProvider, "
        "'2025-09-01' ReportingPeriodStartDate",
        "CREATE TABLE MHS001MPI AS WITH RECURSIVE n (LocalPatientID) AS "
        "(SELECT 1 UNION ALL SELECT LocalPatientID + 1 FROM n LIMIT 150000) SELECT * FROM n",
    )
    people = open_extract(locate(url, {}), standard=standard).tables["MHS001MPI"]
    counted = people.collect().to_native().select(pl.col("LocalPatientID").n_unique())
    assert counted.item() == 150_000
