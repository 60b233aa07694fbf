"""Where a history is, how its tables come about, and what is said when it cannot be used."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from ledger_values import NOW, file_of, run_of
from sqlalchemy import URL, Connection, text

from mhsds_recon.errors import HistoryError, UsageError
from mhsds_recon.history import History, default_path, migrating, upgrade_history, upgrade_sql
from mhsds_recon.history.migrating import LATEST, migration_sql
from mhsds_recon.history.models import Base

HIDDEN = "s3cret"


def differences(connection: Connection) -> list[str]:
    """Return how the tables differ from the models."""
    options = {"target_metadata": Base.metadata, "compare_type": True}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)
    return [str(each) for each in found if "recon_version" not in str(each)]


def test_the_steps_lead_to_the_tables_that_the_models_describe(history: History) -> None:
    with history.engine.connect() as connection:
        assert differences(connection) == []


def test_the_last_step_is_the_one_that_is_named() -> None:
    scripts = ScriptDirectory(str(Path(migrating.__file__).parent / "migrations"))
    assert scripts.get_heads() == [LATEST]


def test_the_default_lies_in_the_data_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("XDG_DATA_HOME", "HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert tmp_path in default_path().parents
    with History.open() as history:
        assert history.runs().is_empty()
    assert default_path().is_file()


def test_an_sqlite_file_can_be_named_by_path_or_url(tmp_path: Path) -> None:
    path = tmp_path / "a folder with 100% odd name" / "h.sqlite"
    with History.open(path) as history:
        history.record(run_of(), at=NOW)
    with History.open(f"sqlite:///{path}") as history:
        assert history.runs().height == 1


def test_a_server_is_not_changed_without_being_asked(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    with pytest.raises(HistoryError, match="history upgrade"):
        History.open(address)
    assert upgrade_history(address)
    assert not upgrade_history(address)
    with History.open(address) as history:
        assert history.verify().entries == 0


def test_who_may_only_add_can_record(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    upgrade_history(address)
    user = f"u{uuid4().hex}"
    with History.open(address) as history, history.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {user} LOGIN"))
        connection.execute(text(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {user}"))
        connection.execute(text(f"GRANT UPDATE ON recon_ledger_head TO {user}"))
    with History.open(postgresql.set(username=user)) as history:
        history.record(run_of(), at=NOW)
        assert history.verify().entries == 1
    with History.open(address) as history, history.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {user}"))
        connection.execute(text(f"DROP ROLE {user}"))


def test_a_history_of_a_later_version_is_left_alone(address: str) -> None:
    with History.open(address) as history, history.engine.begin() as connection:
        connection.execute(text("UPDATE recon_version SET version_num = '9999'"))
    with pytest.raises(HistoryError, match="later version"):
        History.open(address)


def test_a_step_that_fails_leaves_nothing_behind(
    sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection) -> None:
        migrate(connection)
        raise OSError(28, "No space left on device")

    migrate = migrating.migrate
    monkeypatch.setattr("mhsds_recon.history.opening.migrate", fail)
    with pytest.raises(HistoryError, match="the disk is full"):
        History.open(sqlite)
    tables = sqlite3.connect(sqlite).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == []


@pytest.mark.parametrize("dialect", ["mssql", "postgresql", "sqlite"])
def test_an_administrator_can_have_the_statements(dialect: str) -> None:
    script = migration_sql(dialect)
    assert all(f"CREATE TABLE {table}" in script for table in Base.metadata.tables)
    assert f"'{LATEST}'" in script


def test_sql_server_gets_unicode_names_identities_and_triggers() -> None:
    script = migration_sql("mssql")
    assert "provider NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL" in script
    assert "rules NVARCHAR(max)" in script
    assert "id INTEGER NOT NULL IDENTITY" in script
    assert "recorded_at DATETIMEOFFSET" in script
    assert "reporting_period_end DATE NOT NULL" in script
    assert "CREATE TRIGGER tr_recon_entry_append_only ON recon_entry INSTEAD OF UPDATE" in script
    assert "IDENTITY_INSERT" not in script
    assert "VARCHAR(" not in script.replace("NVARCHAR(", "").replace("VARCHAR(64)", "").replace(
        "version_num VARCHAR(32)", ""
    )


def test_statements_are_had_without_a_connection() -> None:
    assert "IDENTITY" in upgrade_sql(f"mssql+pyodbc://someone:{HIDDEN}@nowhere/history")


def test_what_cannot_be_reached_is_named_without_its_password() -> None:
    with pytest.raises(HistoryError) as caught:
        History.open(f"postgresql+psycopg://someone:{HIDDEN}@127.0.0.1:1/trust?password={HIDDEN}")
    assert "postgresql database 'trust' on 127.0.0.1:1" in str(caught.value)
    assert HIDDEN not in repr(caught.value)
    assert "someone" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "address",
    [
        f"nosuch://u:{HIDDEN}@host/db",
        f"://u:{HIDDEN}@",
        f"postgresql://u:{HIDDEN}@h:x/d",
        f"Driver=x;UID=u;PWD={HIDDEN}",
    ],
)
def test_an_address_that_is_none_is_a_mistake_of_the_caller(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        History.open(address)
    assert HIDDEN not in str(caught.value)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, " * 100, encoding="utf-8")
    with pytest.raises(HistoryError, match="not an SQLite database"):
        History.open(path)
    assert path.read_text(encoding="utf-8").startswith("Not a database")


def test_a_locked_history_says_so(sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mhsds_recon.history.opening._SECONDS_TO_WAIT", 0.1)
    with History.open(sqlite) as history:
        other = sqlite3.connect(sqlite, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryError, match="locked"):
            history.keep_published(file_of({"M1": "10"}), provider="RZZ", at=NOW)
        other.rollback()
        other.close()
        assert history.verify().entries == 0
