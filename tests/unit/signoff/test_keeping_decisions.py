"""No decision is lost, halved or changed: by two who sign, a killed process, an editor."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import signing_values
from signing_values import agree, decisions
from sqlalchemy import create_engine, text

from mhsds_recon.history import History
from mhsds_recon.workflow import made_packs, open_pack

SCRIPT = str(signing_values.__file__)
WritePack = Callable[..., Path]


def test_two_who_decide_at_the_same_moment_are_both_kept(
    address: str, write_pack: WritePack
) -> None:
    with History.open(address) as history:
        write_pack(history)

    def decide(name: str) -> None:
        with History.open(address) as history:
            (pack,) = made_packs(history)
            for _ in range(3):
                agree(history, pack, "access", name=name)

    names = ["Ada Lead", "Bo Lead", "Cy Lead", "Di Lead"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decide, names))
    with History.open(address) as history:
        assert sorted(one.name for one in decisions(history)) == sorted(names * 3)
        assert history.verify().is_whole


def sign_elsewhere(path: Path, name: str, *, times: int = 1, die_at: str = "") -> list[str]:
    return [sys.executable, SCRIPT, str(path), name, str(times), die_at]


def test_two_processes_that_sign_at_the_same_moment_are_both_kept(
    sqlite: Path, write_pack: WritePack
) -> None:
    with History.open(sqlite) as history:
        write_pack(history)
    commands = [sign_elsewhere(sqlite, name, times=5) for name in ("Ada Lead", "Bo Lead")]
    running = [subprocess.Popen(command) for command in commands]
    assert [process.wait(120) for process in running] == [0, 0]
    with History.open(sqlite) as history:
        kept = decisions(history)
        assert {(one.name, one.group, one.comment) for one in kept} == {
            (name, group, str(number))
            for name in ("Ada Lead", "Bo Lead")
            for group in ("access", "outcomes")
            for number in range(5)
        }
        assert history.verify().is_whole


@pytest.mark.parametrize(
    "die_at",
    [
        "UPDATE recon_ledger_head",
        "INTO recon_statement",
        "INTO recon_entry",
        "SET sha256",
        "COMMIT",
    ],
)
def test_a_process_killed_while_it_signs_leaves_nothing_of_it(
    sqlite: Path, write_pack: WritePack, die_at: str
) -> None:
    with History.open(sqlite) as history:
        write_pack(history)
    killed = subprocess.run(sign_elsewhere(sqlite, "Ada Lead", die_at=die_at), check=False)
    assert killed.returncode == -signal.SIGKILL
    with History.open(sqlite) as history:
        assert decisions(history) == []
        assert history.verify().is_whole
        agree(history, made_packs(history)[0], "access")
        assert len(decisions(history)) == 1
        assert history.verify().is_whole


SWAP = """
    UPDATE recon_statement SET entry = 99 WHERE entry = 3;
    UPDATE recon_statement SET entry = 3 WHERE entry = 4;
    UPDATE recon_statement SET entry = 4 WHERE entry = 99
"""
SWAP_ENTRIES = """
    UPDATE recon_entry SET number = 99 WHERE number = 3;
    UPDATE recon_entry SET number = 3 WHERE number = 4;
    UPDATE recon_entry SET number = 4 WHERE number = 99
"""
SLIP_IN = """
    INSERT INTO recon_statement
    SELECT 9, provider, period, content FROM recon_statement WHERE entry = 4
"""
EDITS = {
    "a decision edited": (
        "UPDATE recon_statement SET content = replace(content, 'do_not_agree', 'agree')",
        "What entry 3",
    ),
    "a period edited": ("UPDATE recon_statement SET period = '2025-08' WHERE entry = 3", "holds"),
    "a decision removed": ("DELETE FROM recon_statement WHERE entry = 3", "What entry 3"),
    "an entry removed with it": (
        "DELETE FROM recon_statement WHERE entry = 3; DELETE FROM recon_entry WHERE number = 3",
        "Entry 3 is missing",
    ),
    "the last one removed": (
        "DELETE FROM recon_statement WHERE entry = 5; DELETE FROM recon_entry WHERE number = 5",
        "were cut off",
    ),
    "two swapped": (SWAP, "What entry 3"),
    "two swapped with their entries": (f"{SWAP};{SWAP_ENTRIES}", "Entry 3 does not follow"),
    "one slipped in": (SLIP_IN, "belongs to no entry"),
    "the moment edited": (
        "UPDATE recon_entry SET recorded_at = '2025-10-01 00:00:00' WHERE number = 4",
        "Entry 4 was changed",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_removed_or_reordered_decision_is_found_out(
    sqlite: Path, write_pack: WritePack, name: str
) -> None:
    statements, told = EDITS[name]
    with History.open(sqlite) as history:
        pack = open_pack(history, write_pack(history))
        agree(history, pack, "access", decision="do_not_agree", comment="A team is missing")
        agree(history, pack, "outcomes", "upload")
        assert history.verify().is_whole
    engine = create_engine(f"sqlite:///{sqlite}")
    with engine.begin() as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for trigger in connection.scalars(text(triggers)).all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements.split(";"):
            connection.execute(text(statement))
    engine.dispose()
    with History.open(sqlite) as history:
        verification = history.verify()
    assert not verification.is_whole
    assert told in "\n".join(verification.problems)
