"""What people say of a submission is kept in the chain, in order, beside the runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ledger_values import NOW, file_of, state
from sqlalchemy import create_engine, text

from mhsds_recon.history import History


def test_statements_come_back_in_order_by_kind_provider_and_period(history: History) -> None:
    first = state(history, "decision", '{"group":"access","comment":"Größe — ok"}')
    state(history, "action", '{"number":1}')
    state(history, "decision", '{"group":"waits"}', period="2025-10")
    every = history.statements()
    assert [each.number for each in every] == [1, 2, 3]
    assert every[0].content == '{"group":"access","comment":"Größe — ok"}'
    assert (every[0].recorded_at, every[0].provider) == (NOW, "RZZ")
    (found,) = history.statements("decision", provider="RZZ", period="2025-09")
    assert found.number == first
    assert history.statements("decision", "action", provider="RXX") == ()
    assert history.verify().is_whole


def test_two_who_speak_at_the_same_moment_are_both_heard(address: str) -> None:
    def speak(number: int) -> None:
        with History.open(address) as history:
            state(history, "decision", f'{{"by":{number}}}')

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(speak, range(8)))
    with History.open(address) as history:
        assert len({each.content for each in history.statements("decision")}) == 8
        assert history.verify().is_whole


def test_a_history_of_the_version_before_is_brought_up_to_date_with_all_it_holds(
    sqlite_of_the_version_before: Path,
) -> None:
    with History.open(sqlite_of_the_version_before) as history:
        assert history.verify().is_whole
        state(history, "decision", "{}")
        assert history.verify().entries == 2


@pytest.fixture
def sqlite_of_the_version_before(sqlite: Path) -> Path:
    with History.open(sqlite) as history:
        history.keep_published(file_of({"M1": "10"}), provider="RZZ", at=NOW)
    engine = create_engine(f"sqlite:///{sqlite}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE recon_statement"))
        connection.execute(text("UPDATE recon_version SET version_num = '0001'"))
    engine.dispose()
    return sqlite
