"""The job for cron, run on a small trust."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mhsds_recon.testing import synthetic_trust

SCRIPT = Path(__file__).parents[2] / "examples" / "scheduled" / "monthly.sh"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust's folder, with a blank in its name."""
    folder = tmp_path_factory.mktemp("trust") / "the mhsds folder"
    synthetic_trust(months=1, people=150, last_period="2025-09").write(folder)
    return folder


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "MHSDS_HOME": str(home),
        "MHSDS_RECON": f"{sys.executable} -m mhsds_recon",
        "MHSDS_RECON_HISTORY": str(home / "history.sqlite"),
    }
    return subprocess.run(
        [SCRIPT, *words], env=environment, capture_output=True, text=True, check=False
    )


def test_the_job_checks_and_packs_a_month_once(home: Path) -> None:
    first = run(home, "2025-09")
    assert first.returncode == 1, first.stderr  # the trust has planted errors
    assert (home / "results" / "2025-09" / "validation" / "summary.json").is_file()
    assert (home / "results" / "packs" / "RZZ_2025-09_A_v1.html").is_file()
    assert "cut-off Tue 2025-10-21" in first.stdout
    again = run(home, "2025-09")
    assert again.returncode == 0
    assert "nothing changed" in again.stdout
    assert not (home / "results" / "packs" / "RZZ_2025-09_A_v2.html").exists()


def test_a_month_that_is_not_there_yet_is_no_failure(home: Path) -> None:
    ran = run(home, "2031-01")
    assert ran.returncode == 0
    assert "not there yet" in ran.stdout
    assert not (home / "results" / "2031-01").exists()


def test_a_damaged_extract_stops_the_job_with_the_programs_own_exit_code(home: Path) -> None:
    damaged = home / "extracts" / "2025-10"
    damaged.mkdir()
    (damaged / "MHS000Header.parquet").write_bytes(b"not a table")
    ran = run(home, "2025-10")
    assert ran.returncode == 3
    assert "stopped with exit code 3" in ran.stdout
    assert not (home / "results" / "2025-10" / "stamp").exists()
