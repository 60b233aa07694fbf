"""Nothing is lost, doubled or changed: by two writers, a killed process, a full disk, an editor."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import ledger_values
import pytest
from ledger_values import NOW, figures_of, file_of, reconcile_of, run_of, state, walk_of
from sqlalchemy import URL, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from mhsds_recon.errors import HistoryError
from mhsds_recon.history import History, upgrade_history
from mhsds_recon.history.models import Base
from mhsds_recon.validation import Validation

SCRIPT = str(ledger_values.__file__)


def record_elsewhere(address: str, first: int, last: int, die_at: str = "") -> list[str]:
    return [sys.executable, SCRIPT, address, str(first), str(last), die_at]


def test_writers_at_once_lose_and_double_nothing(address: str) -> None:
    def write(values: range) -> None:
        with History.open(address) as history:
            for value in values:
                history.record(run_of(figures_of({"M1": float(value)})), at=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [range(start, start + 5) for start in (0, 10, 20, 30)]))
    with History.open(address) as history:
        assert history.runs()["run"].to_list() == list(range(1, 21))
        kept = {history.run(run).figures["local_exact"].item() for run in range(1, 21)}
        assert kept == {float(start + step) for start in (0, 10, 20, 30) for step in range(5)}
        assert history.verify().is_whole


def test_processes_at_once_make_one_history(sqlite: Path) -> None:
    commands = [record_elsewhere(str(sqlite), start, start + 5) for start in (0, 10)]
    running = [subprocess.Popen(command) for command in commands]
    assert [process.wait(120) for process in running] == [0, 0]
    with History.open(sqlite) as history:
        assert history.runs()["run"].to_list() == list(range(1, 11))
        assert history.verify().is_whole


def test_writers_of_the_same_file_keep_it_once(address: str) -> None:
    def write(_: int) -> None:
        with History.open(address) as history:
            history.keep_published(file_of({"M1": "10", "M2": "15"}), provider="RZZ", at=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with History.open(address) as history:
        assert history.published_files().height == 1
        assert history.verify().entries == 1


@pytest.mark.parametrize(
    "die_at", ["INTO recon_run ", "INTO recon_local_figure", "INTO recon_entry", "COMMIT"]
)
def test_a_killed_process_leaves_whole_records_only(sqlite: Path, die_at: str) -> None:
    with History.open(sqlite) as history:
        history.record(run_of(figures_of({"M1": 1.0})), at=NOW)
    killed = subprocess.run(record_elsewhere(str(sqlite), 2, 9, die_at), check=False)
    assert killed.returncode == -signal.SIGKILL
    with History.open(sqlite) as history:
        assert history.runs().height == 1
        assert history.verify().is_whole
        history.record(run_of(figures_of({"M1": 2.0})), at=NOW)
        assert history.verify().entries == 2


def test_a_full_disk_leaves_the_history_as_it_was(sqlite: Path) -> None:
    many = figures_of({f"M{number}": 1.0 for number in range(3000)})
    with History.open(sqlite) as history:
        history.record(run_of(figures_of({"M1": 1.0})), at=NOW)
        with history.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def fill(connection: object, record: object) -> None:
        del record
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")  # type: ignore[attr-defined]

    with History.open(sqlite) as history:
        history.engine.dispose()
        event.listen(history.engine, "connect", fill)
        with pytest.raises(HistoryError, match="the disk is full"):
            history.record(run_of(many), at=NOW)
        assert history.verify().entries == 1
    with History.open(sqlite) as history:
        assert history.record(run_of(many), at=NOW) == 2
        assert history.verify().is_whole


def test_rows_are_neither_changed_nor_removed(history: History, validation: Validation) -> None:
    _fill_every_table(history, validation)
    for name in sorted(set(Base.metadata.tables) - {"recon_ledger_head"}):
        table = Base.metadata.tables[name]
        column = next(iter(table.columns))
        with history.engine.connect() as connection:
            rows = connection.scalar(select(func.count()).select_from(table))
        assert rows, name
        for statement in (table.delete(), table.update().values({column: column})):
            with pytest.raises(DBAPIError, match="only added"), history.engine.begin() as changing:
                changing.execute(statement)


EDITS: dict[str, tuple[str, str]] = {
    "an exact value": ("UPDATE recon_local_figure SET local_exact = 13", "entry 2 .run. holds"),
    "a published value": (
        "UPDATE recon_published_figure SET published = '15'",
        "entry 1 .published",
    ),
    "a level": ("UPDATE recon_series SET measure_id = 'M9'", "series 1 was changed"),
    "a window": ("UPDATE recon_run_part SET stage = 'warehouse'", "entry 2 .run. holds"),
    "a hash": ("UPDATE recon_run_file SET sha256 = 'x'", "entry 2 .run. holds"),
    "a provider": ("UPDATE recon_run SET provider = 'RXX'", "entry 2 .run. holds"),
    "a moment": (
        "UPDATE recon_entry SET recorded_at = '2020-01-01 00:00:00'",
        "Entry 1 was changed",
    ),
    "a moment that is none": ("UPDATE recon_entry SET recorded_at = 'x'", "cannot be read"),
    "a figure gone": ("DELETE FROM recon_published_figure", "entry 1 .published file. holds"),
    "an entry gone": ("DELETE FROM recon_entry WHERE number = 2", "Entry 2 is missing"),
    "the end gone": ("DELETE FROM recon_entry WHERE number = 4", "were cut off"),
    "two swapped": (
        "UPDATE recon_entry SET number = CASE number WHEN 2 THEN 12 WHEN 3 THEN 2 ELSE number END",
        "Entry 2 does not follow",
    ),
    "what was said": (
        "UPDATE recon_statement SET content = '{}'",
        "entry 4 .decision. holds",
    ),
    "a statement slipped in": (
        "INSERT INTO recon_statement VALUES (9, 'RZZ', '2025-09', '{}')",
        "A statement numbered 9 belongs to no entry",
    ),
    "a statement called a run": (
        "UPDATE recon_entry SET kind = 'run' WHERE number = 4",
        "Entry 4 was changed",
    ),
    "a run slipped in": (
        "INSERT INTO recon_run VALUES (9, 'measures', 'RZZ', '2025-09', '1', '6.0', NULL)",
        "A run numbered 9 belongs to no entry",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_history_is_found_out(sqlite: Path, name: str) -> None:
    statement, problem = EDITS[name]
    _four_entries(sqlite)
    _edit(sqlite, statement)
    with History.open(sqlite) as history:
        verification = history.verify()
    assert not verification.is_whole
    assert re.search(problem, "\n".join(verification.problems))


def test_an_edited_history_on_a_server_is_found_out(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    upgrade_history(address)
    _four_entries(address)
    with History.open(address) as history:
        with history.engine.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))  # no triggers
            connection.execute(text("UPDATE recon_local_figure SET local_exact = 13"))
        assert "What entry 2 (run) holds was changed." in history.verify().problems


def test_a_rewritten_chain_is_found_out_by_a_hash_kept_elsewhere(
    sqlite: Path, tmp_path: Path
) -> None:
    _four_entries(sqlite)
    other = tmp_path / "other.sqlite"
    with History.open(sqlite) as history:
        last = history.verify().last
        history.record(run_of(figures_of({"M1": 7.0})), at=NOW)
        assert history.verify(last).is_whole
    with History.open(other) as history:
        history.record(run_of(), at=NOW)
        assert history.verify().is_whole
        assert not history.verify(last).is_whole


def test_only_what_matters_is_looked_into_but_the_chain_always_is(sqlite: Path) -> None:
    _four_entries(sqlite)
    _edit(sqlite, "UPDATE recon_local_figure SET local_exact = 13")
    with History.open(sqlite) as history:
        assert history.verify(
            matters=lambda number, kind: (number, kind) == (4, "decision")
        ).is_whole
        assert not history.verify(matters=lambda number, _: number == 2).is_whole
    _edit(sqlite, "DELETE FROM recon_entry WHERE number = 2")
    with History.open(sqlite) as history:
        assert not history.verify(matters=lambda _, kind: kind == "decision").is_whole


def test_a_reader_sees_one_state_while_others_write(postgresql: URL) -> None:
    address = postgresql.render_as_string(hide_password=False)
    upgrade_history(address)
    count = select(func.count()).select_from(Base.metadata.tables["recon_entry"])
    with History.open(address) as history, history._reading() as connection:
        assert connection.scalar(count) == 0
        with History.open(address) as other:
            state(other, "decision", "{}")
            assert other.verify().entries == 1
        assert connection.scalar(count) == 0
        assert history.verify().entries == 1


def _four_entries(address: Path | str) -> None:
    with History.open(address) as history:
        history.keep_published(file_of({"M1": "10"}), provider="RZZ", at=NOW)
        history.record(run_of(figures_of({"M1": 12.0})), at=NOW)
        history.record(run_of(figures_of({"M1": 14.0})), at=NOW)
        state(history, "decision", '{"group":"access"}')


def _edit(path: Path, statement: str) -> None:
    """Edit as someone with the file and an SQL tool can: what refuses changes is removed first."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.scalars(text(triggers)).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))
    engine.dispose()


def _fill_every_table(history: History, validation: Validation) -> None:
    published = file_of({"M1": "25"})
    history.keep_published(published, provider="RZZ", at=NOW)
    walked = walk_of(reconcile_of(figures_of({"M1": 40.0}), published), ["VC01"])
    history.record(replace(walked, validation=validation), at=NOW)
    state(history, "decision", "{}")
