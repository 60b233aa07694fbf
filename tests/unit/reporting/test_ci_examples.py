"""The pipelines and scheduled jobs under examples call the command as it is."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mhsds_recon.cli import app

FOLDER = Path(__file__).parents[3] / "examples"
PIPELINES = sorted((FOLDER / "ci").glob("*.yml"))
JOBS = [FOLDER / "scheduled" / name for name in ("monthly.sh", "monthly.ps1")]

PROGRAM = re.compile(r"^\s*(?:\S*mhsds-recon\"|\$RECON|& \$Recon) (\S.*)$", re.MULTILINE)


def calls(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each command that a file runs, and its arguments as the program understands them."""
    text = re.sub(r"[\\`]\n", " ", path.read_text(encoding="utf-8"))
    for call in PROGRAM.findall(text):
        words = re.split(r"\s(?:>|\|\|)\s", call)[0].replace("\\", "/")
        command, bound, _ = app.parse_args(
            shlex.split(words), exit_on_error=False, print_error=False
        )
        yield command.__name__, dict(bound.arguments)


def test_there_is_an_example_for_each_service() -> None:
    assert [path.stem for path in PIPELINES] == ["azure-pipelines", "github-actions"]


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_a_pipeline_validates_and_then_asks_for_the_sign_off_of_the_same_extract(
    path: Path,
) -> None:
    (validate, validated), (gate, gated) = calls(path)
    assert (validate, gate) == ("validate", "gate")
    assert validated["baseline"] == Path("mhsds-baseline.json")
    assert validated["extract"] == gated["extract"]


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.stem)
def test_an_example_is_indented_with_spaces_and_publishes_no_findings(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\t" not in text
    assert "findings.parquet" not in text
    assert "upload-artifact" not in text


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_a_scheduled_job_validates_and_makes_the_pack(path: Path) -> None:
    assert [name for name, _ in calls(path)] == ["validate", "pack", "calendar"]


def test_the_shell_script_can_be_read_by_any_shell() -> None:
    subprocess.run(["/bin/sh", "-n", JOBS[0]], check=True)


@pytest.mark.parametrize("name", ["monthly.ps1", "register-task.ps1"])
def test_what_a_powershell_script_opens_it_closes(name: str) -> None:
    text = (FOLDER / "scheduled" / name).read_text(encoding="utf-8")
    code = re.sub(r"(?m)^\s*#.*$", "", text)
    for opening, closing in ("()", "{}", "[]"):
        assert code.count(opening) == code.count(closing)
    assert code.count('"') % 2 == 0
    assert not re.search(r"`[ \t]+\n", code)
    assert "\t" not in code
