"""The pipelines under examples/ci call the command as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mhsds_recon.cli import app

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "ci").glob("*.yml"))


def test_there_is_an_example_for_each_service() -> None:
    assert [path.stem for path in EXAMPLES] == ["azure-pipelines", "github-actions"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_command_of_an_example_can_be_parsed(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    (call,) = re.findall(r"mhsds-recon\" (validate .+)", text)
    arguments = call.partition(">")[0].replace('"', "").split()
    command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    assert command.__name__ == "validate"
    assert bound.arguments["baseline"] == Path("mhsds-baseline.json")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_indented_with_spaces_and_publishes_no_findings(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\t" not in text
    assert "findings.parquet" not in text
    assert "upload-artifact" not in text
