"""The gate of a pipeline: baseline, exit codes and formats of the command 'validate'."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

Command = Callable[..., tuple[int, str, str]]
PERIOD = "2025-09"


@pytest.fixture
def call(trust_folder: Path, tmp_path: Path) -> tuple[object, ...]:
    """The arguments that validate the trust's last month into a folder of the test."""
    return ("validate", trust_folder / "extracts" / PERIOD, "--output", tmp_path / "out")


def test_a_baseline_once_written_lets_the_same_extract_pass(
    command: Command, call: tuple[object, ...], tmp_path: Path
) -> None:
    baseline = ("--baseline", tmp_path / "baseline.json")
    assert command(*call, "--fail-on", "warning")[0] == 1
    assert command(*call, *baseline, "--update-baseline", "--fail-on", "warning")[0] == 0
    code, out, _ = command(*call, *baseline, "--fail-on", "warning")
    assert code == 0
    assert "Against the baseline: 0 new" in out


def test_a_failure_taken_out_of_the_baseline_fails_again(
    command: Command, call: tuple[object, ...], tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    command(*call, "--baseline", path, "--update-baseline")
    content = json.loads(path.read_text(encoding="utf-8"))
    gone = content["failures"].pop()
    path.write_text(json.dumps(content), encoding="utf-8")
    code, out, _ = command(*call, "--baseline", path, "--fail-on", "warning", "--format", "json")
    assert code == 1
    assert [entry["code"] for entry in json.loads(out)["baseline"]["new"]] == [gone["code"]]


def test_a_broken_baseline_stops_before_the_work(
    command: Command, call: tuple[object, ...], tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("{", encoding="utf-8")
    code, out, error = command(*call, "--baseline", path)
    assert (code, out) == (3, "")
    assert "baseline.json" in error
    assert not (tmp_path / "out").exists()


def test_updating_needs_a_file_to_write(command: Command, call: tuple[object, ...]) -> None:
    code, _, error = command(*call, "--update-baseline")
    assert code == 2
    assert "give both" in error


def test_formats_for_pipelines_print_nothing_else(
    command: Command, call: tuple[object, ...]
) -> None:
    junit = command(*call, "--format", "junit")[1]
    github = command(*call, "--format", "github")[1]
    azure = command(*call, "--format", "azure")[1]
    assert ET.fromstring(junit).tag == "testsuites"  # noqa: S314  our own output
    assert all(line.startswith("::") for line in github.splitlines())
    assert all(line.startswith("##vso[") for line in azure.splitlines())
