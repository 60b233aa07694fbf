"""Commands for GitHub Actions and Azure Pipelines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mhsds_recon.reporting.annotations import _azure, _github, azure_commands, github_commands
from mhsds_recon.validation import FileVerdict, Validation
from mhsds_recon.validation.baseline import Baseline, KnownFailure, baseline_of


def test_github_text_is_escaped_as_its_documentation_says() -> None:
    command = _github("error", "a:b,c%d", "50%: one,\ntwo\r")
    assert command == "::error title=a%3Ab%2Cc%25d::50%25: one,%0Atwo%0D"


def test_azure_text_is_escaped_as_its_documentation_says() -> None:
    assert _azure("task.complete result=Failed;", "50%\r\n") == (
        "##vso[task.complete result=Failed;]50%AZP25%0D%0A"
    )


def test_every_line_for_github_is_one_command(validation: Validation) -> None:
    lines = github_commands(validation, fail_on="record_rejected").splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) title=[^:,]+::.+", line) for line in lines)


def test_levels_below_the_gate_are_warnings(validation: Validation) -> None:
    lines = github_commands(validation, fail_on="record_rejected").splitlines()
    kinds = {line.split("title=")[1].split("::")[0]: line.split(" ")[0] for line in lines}
    assert kinds["MHS00146 MHS001MPI"] == "::error"
    assert kinds["MHS00131 MHS001MPI"] == "::warning"


@pytest.mark.parametrize(
    ("level", "result"), [("never", "SucceededWithIssues"), ("warning", "Failed")]
)
def test_the_azure_task_ends_with_the_verdict(
    validation: Validation, level: str, result: str
) -> None:
    last = azure_commands(validation, fail_on=level).splitlines()[-1]
    assert last.startswith(f"##vso[task.complete result={result};]")


def test_nothing_new_lets_the_azure_task_succeed(validation: Validation) -> None:
    accepted = replace(validation, file_verdict=FileVerdict(codes=()))
    output = azure_commands(accepted, fail_on="warning", baseline=baseline_of(accepted))
    assert output.startswith("##vso[task.complete result=Succeeded;]")


def test_stale_entries_of_the_baseline_are_named(validation: Validation) -> None:
    known = KnownFailure(code="MHS00131", table="MHS001MPI", rows=5)
    baseline = Baseline(standard="6.0", failures=(known,))
    for output in (
        github_commands(validation, fail_on="warning", baseline=baseline),
        azure_commands(validation, fail_on="warning", baseline=baseline),
    ):
        assert "than it states: MHS00131 (2)" in output
