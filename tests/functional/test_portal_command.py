"""The ``portal`` command, from zip to comparison."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

ITEMS = [f"DATA_{part}{place}" for place in range(1, 11) for part in ("ITEM", "VALUE")]
HEADER = ["REPORT_TYPE", "DESCRIPTION", "CODE", "NUMERATOR", "DENOMINATOR", *ITEMS]


def _report(*rows: tuple[str, ...]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *([*row, *[""] * (25 - len(row))] for row in rows)])
    return out.getvalue()


def _zip(path: Path, **reports: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in reports.items():
            archive.writestr(f"{name}.csv", text)
    return path


def test_a_portal_that_says_something_else_gives_exit_code_1(
    command: Callable[..., tuple[int, str, str]], trust_folder: Path, tmp_path: Path
) -> None:
    extract = trust_folder / "extracts" / "2025-09"
    command("validate", extract, "--output", tmp_path, "--fail-on", "never")
    accepted = dict(pl.read_csv(tmp_path / "accepted.csv").select("table", "accepted").rows())
    item = ("[M101010] ServiceRequestID", "A-PRIVATE-REFERRAL")
    summary = _zip(
        tmp_path / "reports.zip",
        aggregation=_report(
            ("Aggregation", "a", "MHSARV001", str(accepted["MHS001MPI"])),
            ("Aggregation", "b", "MHSARV101", "999999"),
        ),
        diagnostics=_report(),
        data_quality=_report(("Data Quality Issues", "Warning - a", "MHS90215", "1", "", *item)),
        validations=_report(
            ("Validation Failures", "Record rejected - a", "MHS10117", "1", "", *item)
        ),
    )
    code, out, err = command("portal", summary, extract, "--output", tmp_path / "out")
    written = (tmp_path / "out" / "portal_comparison.csv").read_text()
    results = {row["code"]: row["result"] for row in csv.DictReader(io.StringIO(written))}
    assert code == 1
    assert "MHSARV101" in out
    assert results["MHSARV001"] == "agree"
    assert results["MHSARV101"] == "differs"
    assert results["MHS90215"] == "unknown_code"
    assert results["MHS10117"] == "only_portal"
    assert item[1] not in written + out + err


def test_a_zip_without_reports_gives_one_message(
    command: Callable[..., tuple[int, str, str]], trust_folder: Path, tmp_path: Path
) -> None:
    summary = _zip(tmp_path / "other.zip", notes="hello")
    extract = trust_folder / "extracts" / "2025-09"
    code, _, err = command("portal", summary, extract, "--output", tmp_path / "out")
    assert code == 3
    assert "holds none of aggregation.csv" in err
    assert not (tmp_path / "out").exists()
