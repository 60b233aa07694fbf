"""Bad input: one clear message, the right exit code, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., tuple[int, str, str]]
PERIOD = "2025-09"
HEADER = "MHS000Header.csv"
REFERRALS = "MHS101Referral.csv"


@pytest.fixture
def extracts(trust_folder: Path, tmp_path: Path) -> Path:
    """A copy of the trust's extracts that a test may break."""
    return Path(shutil.copytree(trust_folder / "extracts", tmp_path / "extracts"))


def _remove_header(extract: Path) -> None:
    (extract / HEADER).unlink()


def _add_provider(extract: Path) -> None:
    lines = (extract / HEADER).read_text(encoding="utf-8").splitlines()
    other = lines[1].replace("RZZ", "RXX")
    (extract / HEADER).write_text("\n".join([*lines, other, ""]), encoding="utf-8")


def _make_ragged(extract: Path) -> None:
    with (extract / REFERRALS).open("a", encoding="utf-8") as handle:
        handle.write("too,short\n")


def _make_garbage(extract: Path) -> None:
    (extract / REFERRALS).unlink()
    (extract / "MHS101Referral.parquet").write_bytes(b"PAR1 and no more")


def _empty(extract: Path) -> None:
    for path in extract.iterdir():
        path.unlink()


BROKEN = [
    (_remove_header, "MHS000Header is missing"),
    (_add_provider, "headers for 2 providers (RXX, RZZ)"),
    (_make_ragged, f"'{REFERRALS}', line "),
    (_make_garbage, "'MHS101Referral.parquet' cannot be read"),
    (_empty, "holds no file of a table"),
    (shutil.rmtree, "does not exist"),
]


@pytest.mark.parametrize(("damage", "message"), BROKEN)
def test_a_broken_extract_stops_validation_with_one_message(
    command: Command, extracts: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(extracts / PERIOD)
    code, out, err = command("validate", extracts / PERIOD)
    assert (code, out) == (3, "")
    assert message in err
    assert err.count("mhsds-recon:") == 1
    assert "Traceback" not in err
    assert not (extracts / f"{PERIOD}.validation").exists()


def test_two_extracts_of_one_period_name_both(command: Command, extracts: Path) -> None:
    shutil.copytree(extracts / PERIOD, extracts / "2025-10")
    code, _, err = command("measures", extracts, "--period", PERIOD)
    assert code == 3
    assert "'2025-09' and '2025-10' are both extracts of RZZ" in err


def test_a_period_without_an_extract_names_what_is_there(command: Command, extracts: Path) -> None:
    code, _, err = command("measures", extracts, "--period", "2026-01")
    assert code == 3
    assert "2025-09" in err


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text.replace("MEASURE_VALUE", "VALUE"), "MEASURE_VALUE"),
        (lambda text: text.rsplit(",", 1)[0] + ",lots\n", "line "),
        (lambda text: text.replace("RZZ", "RYY"), "No row for provider 'RZZ'"),
    ],
)
def test_a_published_file_that_does_not_fit_is_refused(
    command: Command, extracts: Path, edit: Callable[[str], str], message: str
) -> None:
    published = extracts.parent / "published.csv"
    command("measures", extracts, "--period", PERIOD, "--output", published)
    published.write_text(edit(published.read_text(encoding="utf-8")), encoding="utf-8")
    code, _, err = command("reconcile", extracts, published, "--period", PERIOD)
    assert code == 3
    assert message in err
    assert not (extracts.parent / "extracts.reconciliation").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folder permissions work otherwise there")
def test_a_folder_without_permission_keeps_its_files(
    command: Command, extracts: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "summary.json").write_text("before", encoding="utf-8")
    if os.geteuid() == 0:
        target = tmp_path / "a-file"  # root may write anywhere, so a file stands in the way
        target.write_text("x", encoding="utf-8")
    else:
        locked.chmod(0o500)
        target = locked
    code, _, err = command("validate", extracts / PERIOD, "--output", target)
    locked.chmod(0o700)
    assert code == 3
    assert "Results cannot be written" in err
    assert (locked / "summary.json").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    "words",
    [
        ["validate"],
        ["measures", "x", "--period", "September"],
        ["nonsense"],
        ["validate", "x", "--fail-on", "all"],
        ["validate", "x", "--standard", "9.9"],
    ],
)
def test_a_wrong_call_is_exit_code_2(command: Command, words: list[str]) -> None:
    code, _, err = command(*words)
    assert code == 2
    assert "Traceback" not in err


def test_findings_are_no_errors(command: Command, extracts: Path) -> None:
    extract = extracts / PERIOD
    lines = (extract / REFERRALS).read_text(encoding="utf-8").splitlines()
    lines = [f"{lines[0]},LocalNote", *(f"{line},x" for line in lines[1:])]
    (extract / REFERRALS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (extract / "MHS777Extra.csv").write_text("a\n1\n", encoding="utf-8")
    code, out, _ = command("validate", extract, "--format", "csv", "--fail-on", "never")
    assert code == 0
    assert "SHAPE01" in out
    assert "SHAPE02" in out
