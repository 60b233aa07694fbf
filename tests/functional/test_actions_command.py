"""The commands on actions, on a history of two months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from ledger_values import NOW, SEPTEMBER, figures_of, file_of, reconcile_of, walk_of

from mhsds_recon.history import History, RunRecord
from mhsds_recon.signoff import Decision, kind_of, to_content
from mhsds_recon.standard import ReportingPeriod

Command = Callable[..., tuple[int, str, str]]
OCTOBER = ReportingPeriod(2025, 10)
BY = ("--name", "Ada Analyst")


def walked(
    period: ReportingPeriod, local: float, published: str, sizes: dict[str, float]
) -> RunRecord:
    figures = figures_of({"M1": local}, period=period)
    record = reconcile_of(figures, file_of({"M1": published}, period=period))
    if not sizes:
        return record
    record = walk_of(record, list(sizes))
    assert record.reconciliation is not None
    size = pl.col("cause_id").replace_strict(sizes, return_dtype=pl.Float64)
    steps = record.reconciliation.variance.with_columns(size=size)
    return replace(record, reconciliation=replace(record.reconciliation, variance=steps))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history with the walk of September and a decision on it."""
    path = tmp_path / "history.sqlite"
    decision = Decision(
        provider="RZZ",
        period="2025-09",
        extract_sha256="e" * 64,
        pack="RZZ_2025-09_A_v1",
        pack_sha256="f" * 64,
        group="access",
        decision="agree_with_conditions",
        conditions=("Add the contacts of the new clinic",),
        name="Cy Lead",
        role="cyp_lead",
        at=NOW,
    )
    with History.open(path) as opened:
        opened.record(
            walked(SEPTEMBER, 160, "100", {"VC01": 40.0, "VC53": 9.0, "VC05": 11.0}), at=NOW
        )
        content = to_content(decision)
        opened.state(kind_of(decision), provider="RZZ", period="2025-09", content=content, at=NOW)
    return path


@pytest.fixture
def actions(command: Command, history: Path) -> Command:
    """A function that runs ``actions`` on that history."""

    def call(*words: object) -> tuple[int, str, str]:
        verb, *others = words
        return command("actions", verb, *others, "--provider", "RZZ", "--history", history)

    return call


def test_a_walk_and_a_condition_open_actions_once(actions: Command) -> None:
    code, out, _ = actions("open", "--period", "2025-09", *BY)
    assert code == 0
    assert "Rows rejected by a rule of their own (VC01)" in out
    assert "(VC05)" in out
    assert "Add the contacts of the new clinic" in out
    assert "VC53" not in out
    assert actions("open", "--period", "2025-09", *BY)[1].strip() == "No new action."


def test_the_list_says_next_month_whether_the_effect_came(actions: Command, history: Path) -> None:
    actions("open", "--period", "2025-09", *BY)
    assert "No later month was compared yet" in actions("list")[1]
    with History.open(history) as opened:
        opened.record(walked(OCTOBER, 125, "100", {"VC05": 25.0}), at=NOW + timedelta(days=30))
    out = " ".join(actions("list", "--profile", "internal")[1].split())
    assert "M1 in October 2025: it came." in out
    assert "M1 in October 2025: it did not come, and +25 is left." in out


def test_small_differences_are_hidden_unless_asked_for(actions: Command) -> None:
    actions("open", "--period", "2025-09", *BY)
    assert "+40" in actions("list")[1]
    assert "+11" not in actions("list")[1]
    assert "+11" in actions("list", "--profile", "internal")[1]


def test_an_action_by_hand_names_every_month_to_send_again(actions: Command) -> None:
    words = ("--what", "Send the months again", "--owner", "submission_owner")
    months = ("--resend", "2025-05", "--resend", "2025-04", "--due", "2025-11-01")
    code, out, _ = actions("open", "--period", "2025-09", *BY, *words, *months)
    assert code == 0
    assert "overdue: Send the months again" in out
    assert "To be sent again: 2025-04 (action 1), 2025-05 (action 1)." in out
    assert "Submission owner, due 2025-11-01" in out


def test_a_closed_action_is_listed_only_when_asked_for(actions: Command) -> None:
    actions("open", "--period", "2025-09", *BY, "--what", "One")
    assert actions("close", 1, *BY, "--comment", "It is in place")[0] == 0
    assert actions("list")[1].strip() == "No action."
    assert "done: One" in actions("list", "--closed")[1]
    code, _, err = actions("close", 1, *BY)
    assert code == 2
    assert "closed already" in err


def test_no_patient_gets_into_an_action(actions: Command, history: Path) -> None:
    words = ("--what", "Look at 9990000018")
    code, _, err = actions("open", "--period", "2025-09", *BY, *words)
    assert code == 1
    assert "9990000018" not in err
    actions("open", "--period", "2025-09", *BY, "--what", "One")
    assert actions("close", 1, *BY, "--comment", "Lives at SW1A 1AA")[0] == 1
    with History.open(history) as opened:
        assert [said.kind for said in opened.statements("action")] == ["action"]


def test_mistakes_are_named(actions: Command) -> None:
    words = ("open", "--period", "2025-09", *BY, "--what", "One")
    assert "Did you mean 'preparer'" in actions(*words, "--owner", "preparers")[2]
    assert "No cause 'VC99'" in actions(*words, "--cause", "VC99")[2]
    assert "not a reporting period" in actions(*words, "--resend", "2025-13")[2]
    assert "does not exist" in actions("close", 7, *BY)[2]
    assert "actions list" in actions("close", 7, *BY)[2]


def test_what_is_recorded_is_part_of_the_chain(
    actions: Command, command: Command, history: Path
) -> None:
    actions("open", "--period", "2025-09", *BY)
    code, out, _ = command("history", "verify", "--history", history)
    assert code == 0
    assert "all as they were recorded" in out
