"""The commands on a small synthetic trust: what they print, write and return."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.testing import SyntheticTrust

Command = Callable[..., tuple[int, str, str]]
PERIOD = "2025-09"
DISCLOSURE = ("VC53", "VC54", "VC55")  # rounding, suppression, percentages of rounded counts
MEASURES = ["CYP32", "MHS110", "MHS30d", "MHS95", "MRS11", "MRS12", "MRS13"]


@pytest.fixture
def folder(trust_folder: Path, tmp_path: Path) -> Path:
    """A copy of the trust that a test may change."""
    return Path(shutil.copytree(trust_folder, tmp_path / "trust"))


def test_validate_writes_findings_accepted_counts_and_summary(
    command: Command, folder: Path, trust: SyntheticTrust
) -> None:
    extract = folder / "extracts" / PERIOD
    code, out, _ = command("validate", extract)
    written = folder / "extracts" / f"{PERIOD}.validation"
    findings = pl.read_parquet(written / "findings.parquet")
    accepted = pl.read_csv(written / "accepted.csv")
    summary = json.loads((written / "summary.json").read_text(encoding="utf-8"))
    assert code == 1
    assert "the file would be accepted" in out
    assert findings.columns[:7] == [
        "code",
        "level",
        "table",
        "uid",
        "element",
        "row_number",
        "key",
    ]
    assert accepted.columns == ["table", "submitted", "accepted"]
    assert accepted.height == 61
    assert summary["provider"] == "RZZ"
    assert {file["name"] for file in summary["inputs"]} >= {"MHS000Header.csv"}
    for error in trust.planted:
        if error.period == PERIOD and error.code != "shape":
            hit = findings.filter(code=error.code, table=error.table)
            assert hit.height >= error.rows, error.name


def test_planted_errors_cost_exactly_the_rows_that_they_should(
    command: Command, folder: Path, trust: SyntheticTrust
) -> None:
    command("validate", folder / "extracts" / PERIOD, "--output", folder / "out", "--quiet")
    accepted = pl.read_csv(folder / "out" / "accepted.csv")
    lost = {
        table: submitted - left for table, submitted, left in accepted.rows() if submitted > left
    }
    expected: dict[str, int] = {}
    for error in trust.planted:
        if error.period == PERIOD:
            for table, rows in error.rows_lost.items():
                expected[table] = expected.get(table, 0) + rows
    assert lost == {table: rows for table, rows in expected.items() if rows}


@pytest.mark.parametrize(("level", "code"), [("never", 0), ("file_rejected", 0), ("warning", 1)])
def test_fail_on_sets_the_level_that_fails(
    command: Command, folder: Path, level: str, code: int
) -> None:
    ran = command("validate", folder / "extracts" / PERIOD, "--fail-on", level, "--quiet")
    assert ran[0] == code
    assert ran[1] == ""


def test_validate_prints_json_or_csv_and_nothing_else(command: Command, folder: Path) -> None:
    extract = folder / "extracts" / PERIOD
    summary = json.loads(command("validate", extract, "--format", "json")[1])
    table = pl.read_csv(command("validate", extract, "--format", "csv")[1].encode())
    assert sum(summary["findings_by_level"].values()) == table["rows"].sum()


def test_measures_prints_the_published_layout(command: Command, folder: Path) -> None:
    words = ["measures", folder / "extracts", "--period", PERIOD]
    words += [word for name in MEASURES for word in ("--measure", name)]
    code, out, _ = command(*words, "--reference", folder / "reference")
    table = pl.read_csv(out.encode(), infer_schema=False)
    assert code == 0
    assert table.width == 11
    assert table.columns[-1] == "MEASURE_VALUE"
    assert sorted(set(table["MEASURE_ID"])) == MEASURES
    shown = [value for value in table["MEASURE_VALUE"] if value != "*"]
    assert all(int(value) % 5 == 0 and int(value) > 0 for value in shown)


def test_measures_writes_exact_values_on_request(command: Command, folder: Path) -> None:
    target = folder / "counts.csv"
    words = ["measures", folder / "extracts", "--period", PERIOD, "--exact", "--output", target]
    code, out, err = command(*words, "--measure", "MHS30d", "--measure", "MHS95")
    table = pl.read_csv(target)
    assert code == 0
    assert "figures written to" in out
    assert set(table["MEASURE_ID"]) == {"MHS30d", "MHS95"}
    assert "EXACT_VALUE" in table.columns
    assert err == ""


def test_measures_says_which_months_of_the_window_are_missing(
    command: Command, folder: Path
) -> None:
    shutil.rmtree(folder / "extracts" / "2025-03")
    _, _, err = command("measures", folder / "extracts", "--period", PERIOD, "--measure", "MHS95")
    assert "MHS95 looks back to months not given: 2025-03" in err


def test_the_demo_finds_and_explains_what_was_planted(command: Command, tmp_path: Path) -> None:
    made = tmp_path / "made"
    words = ["demo", "--output", made, "--people", "400", "--months", "4", "--seed", "5"]
    code, out, _ = command(*words)
    results = pl.read_csv(made / "results" / "reconciliation" / "reconciliation.csv")
    assert code == 0
    assert "The pack:" in out
    assert not set(results["result"]) & {"differs_unexplained", "differs_part_explained"}
    variance = pl.read_csv(made / "results" / "reconciliation" / "variance.csv")
    assert set(variance["cause_id"]) <= {"VC01", "VC02", *DISCLOSURE}
    access = variance.filter(measure_id="MHS95", cause_id="VC01")
    assert "MHS20107: " in access["rules"].item()
    assert access["rows"].item() > 0
    assert list((made / "results" / "packs").glob("RZZ_2025-09_B_v1.html"))


def test_reconcile_compares_a_counts_file(command: Command, folder: Path) -> None:
    counts, published = folder / "counts.csv", folder / "published.csv"
    words = ["measures", folder / "extracts", "--period", PERIOD]
    command(*words, "--exact", "--output", counts)
    command(*words, "--output", published)
    code, out, _ = command("reconcile", counts, published, "--period", PERIOD)
    table = pl.read_csv(folder / "counts.reconciliation" / "reconciliation.csv")
    assert code == 0
    agreeing = {"agree", "agree_within_rounding", "suppressed_consistent"}
    assert set(table["result"]) <= {*agreeing, "not_published"}  # exact counts hold more rows
    assert "agree" in out


def test_effects_names_what_a_planted_error_takes(
    command: Command, folder: Path, trust: SyntheticTrust
) -> None:
    words = ["effects", folder / "extracts", "--period", PERIOD]
    code, out, _ = command(*words, "--reference", folder / "reference")
    written = pl.read_csv(folder / "extracts.effects" / "effects_on_measures.csv")
    planted = next(error for error in trust.planted if error.code == "MHS10123")
    assert code == 0
    assert "MHS10123" in out
    for measure, lost in planted.loss.items():
        row = written.filter(code="MHS10123", measure_id=measure)
        assert row["removed_alone"].item() == lost


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("MHS20142", "MHS101Referral"),
        ("MHS95", "rolling 12 months"),
        ("MHS101Referral", "ServiceRequestID"),
        ("AttendanceStatus", "attended"),
        ("MHSREJ102", "NHS number"),
    ],
)
def test_standard_show_prints_a_definition_in_words(command: Command, code: str, said: str) -> None:
    status, out, _ = command("standard", "show", code)
    assert status == 0
    assert said.lower() in out.lower()


def test_standard_check_counts_the_definitions(command: Command) -> None:
    _, out, _ = command("standard", "check")
    assert "61 tables" in out
    assert "0 custom rules" in out
