"""What the commands remember, and the commands that look at it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.history import History, default_path

Command = Callable[..., tuple[int, str, str]]
PERIOD = "2025-09"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An SQLite file that the commands of a test remember in."""
    path = tmp_path / "history.sqlite"
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(path))
    monkeypatch.setenv("COLUMNS", "120")
    return path


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """A counts file with exact values of two measures."""
    return _write(tmp_path / "counts.csv", {"MHS23": "42", "MHS30": "107"}, exact=True)


def test_validate_is_remembered_with_its_rule_counts(
    command: Command, trust_folder: Path, tmp_path: Path, history: Path
) -> None:
    extract = trust_folder / "extracts" / PERIOD
    for _ in range(2):
        command("validate", extract, "--output", tmp_path / "out", "--quiet")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    with History.open(history) as opened:
        assert opened.runs().select("run", "verb", "provider", "period").rows() == [
            (1, "validate", "RZZ", PERIOD)
        ]
        kept = opened.rule_counts("RZZ")
    assert kept["rows"].sum() == sum(summary["findings_by_level"].values())
    code, out, _ = command("history", "show", "1")
    assert code == 0
    assert "validate of RZZ 2025-09" in out
    assert "MHS101Referral" in out


def test_reconcile_is_remembered_with_figures_published_file_and_results(
    command: Command, counts: Path, tmp_path: Path, history: Path
) -> None:
    national = _write(tmp_path / "MHSDS Data_SepPerf_2025.csv", {"MHS23": "40", "MHS30": "95"})
    code, _, err = command("reconcile", counts, national, "--period", PERIOD)
    assert (code, err) == (1, "")
    with History.open(history) as opened:
        series = opened.series("RZZ")
    columns = ("measure_id", "stage", "local_exact", "published", "gap", "result")
    assert series.select(columns).rows() == [
        ("MHS23", "warehouse", 42.0, "40", 2.0, "agree_within_rounding"),
        ("MHS30", "warehouse", 107.0, "95", 12.0, "differs_unexplained"),
    ]
    out = command("history", "list")[1]
    assert "MHSDS Data_SepPerf_2025.csv" in out
    assert "reconcile" in out


def test_a_reissue_is_told_and_reopens_what_it_touches(
    command: Command, counts: Path, tmp_path: Path, history: Path
) -> None:
    first = _write(tmp_path / "MHSDS Data_SepPerf_2025.csv", {"MHS23": "40", "MHS30": "105"})
    again = _write(tmp_path / "MHSDS Data_SepPerf_2025 v2.csv", {"MHS23": "40", "MHS30": "115"})
    command("reconcile", counts, first, "--period", PERIOD)
    _, _, err = command("reconcile", counts, again, "--period", PERIOD)
    assert "MHSDS Data_SepPerf_2025 v2.csv: reissue, 2 figures, 1 with another value" in err
    assert "Reopened: the reconciliation of RZZ 2025-09 (run 2)" in err
    assert "for MHS30." in err
    code, out, _ = command("history", "changes", "--provider", "RZZ", "--period", PERIOD)
    assert code == 0
    assert "reissue" in out
    assert "Reopened" not in out
    assert history.is_file()


def test_verify_tells_a_history_that_was_edited(
    command: Command, counts: Path, tmp_path: Path, history: Path
) -> None:
    national = _write(tmp_path / "published.csv", {"MHS23": "40"})
    command("reconcile", counts, national, "--period", PERIOD)
    code, out, _ = command("history", "verify")
    last = out.split()[-1]
    assert code == 0
    assert command("history", "verify", "--last", last)[0] == 0
    assert command("history", "verify", "--last", "0" * 63 + "1")[0] == 1
    with sqlite3.connect(history) as connection:
        connection.execute("DROP TRIGGER tr_recon_local_figure_append_only_update")
        connection.execute("UPDATE recon_local_figure SET local_exact = 41")
    connection.close()
    code, out, _ = command("history", "verify")
    assert code == 1
    assert "What entry 2 (run) holds was changed." in out


def test_the_address_may_be_kept_in_the_environment(
    command: Command, counts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.sqlite"
    monkeypatch.setenv("TRUST_HISTORY", f"sqlite:///{path}")
    national = _write(tmp_path / "published.csv", {"MHS23": "40"})
    words = ["reconcile", counts, national, "--period", PERIOD, "--history", "env:TRUST_HISTORY"]
    command(*words)
    assert path.is_file()


def test_none_remembers_nothing(
    command: Command, counts: Path, tmp_path: Path, history: Path
) -> None:
    national = _write(tmp_path / "published.csv", {"MHS23": "40"})
    command("reconcile", counts, national, "--period", PERIOD, "--history", "none")
    assert not history.exists()
    assert command("history", "list", "--history", "none")[0] == 2


def test_by_default_the_users_data_folder_remembers(
    command: Command, counts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MHSDS_RECON_HISTORY")
    for name in ("XDG_DATA_HOME", "HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    national = _write(tmp_path / "published.csv", {"MHS23": "40"})
    command("reconcile", counts, national, "--period", PERIOD)
    assert tmp_path in default_path().parents
    assert "reconcile" in command("history", "list")[1]


def test_a_history_that_cannot_be_reached_stops_before_the_work(
    command: Command, counts: Path, tmp_path: Path
) -> None:
    national = _write(tmp_path / "published.csv", {"MHS23": "40"})
    url = "postgresql+psycopg://someone:s3cret@127.0.0.1:1/trust"
    code, _, err = command("reconcile", counts, national, "--period", PERIOD, "--history", url)
    assert code == 3
    assert "postgresql database 'trust'" in err
    assert "s3cret" not in err
    assert not (tmp_path / "counts.reconciliation").exists()


def test_upgrade_prints_statements_for_an_administrator(command: Command) -> None:
    url = "mssql+pyodbc://server/trust"
    code, out, _ = command("history", "upgrade", "--sql", "--history", url)
    assert code == 0
    assert "CREATE TABLE recon_entry" in out


def test_an_empty_history_says_so(command: Command, history: Path) -> None:
    assert command("history", "list")[1] == "Nothing is remembered yet.\n"
    assert "needs no upgrade" in command("history", "upgrade")[1]
    assert command("history", "show", "3")[0] == 2
    assert history.is_file()


def _write(path: Path, values: dict[str, str], *, exact: bool = False) -> Path:
    rows = [
        {
            "REPORTING_PERIOD_START": "01/09/2025",
            "REPORTING_PERIOD_END": "30/09/2025",
            "STATUS": "Performance",
            "BREAKDOWN": "Provider",
            "PRIMARY_LEVEL": "RZZ",
            "PRIMARY_LEVEL_DESCRIPTION": "A TRUST",
            "SECONDARY_LEVEL": "NONE",
            "SECONDARY_LEVEL_DESCRIPTION": "NONE",
            "MEASURE_ID": measure_id,
            "MEASURE_NAME": "A measure",
            "MEASURE_VALUE": value,
            **({"EXACT_VALUE": value} if exact else {}),
        }
        for measure_id, value in values.items()
    ]
    pl.DataFrame(rows).write_csv(path)
    return path
