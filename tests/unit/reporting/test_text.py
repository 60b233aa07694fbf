"""What the terminal shows of a validation, and that no output holds what only the rows know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from mhsds_recon.reporting import azure_commands, github_commands, junit_xml, validation_text
from mhsds_recon.validation import FileVerdict, Validation
from mhsds_recon.validation.baseline import (
    Baseline,
    KnownFailure,
    baseline_json,
    baseline_of,
    count_failures,
    summarise_failures,
)

WRITTEN = [Path("findings.parquet")]
SECRETS = ("SECRETPATIENT", "9990000018", "SMITH_JOHN", "14/05/2012")


@pytest.mark.parametrize("width", [80, 120])
def test_text_fits_the_terminal(validation: Validation, width: int) -> None:
    text = validation_text(validation, WRITTEN, baseline=baseline_of(validation), width=width)
    assert max(map(len, text.splitlines())) <= width


def test_text_shows_new_known_and_cleared_apart(validation: Validation) -> None:
    accepted = replace(validation, file_verdict=FileVerdict(codes=()))
    known = baseline_of(accepted).failures
    fewer = [entry for entry in known if entry.code != "MHS00131"]
    gone = KnownFailure(code="MHS00116", table="MHS001MPI", rows=4)
    baseline = Baseline(standard="6.0", failures=(*fewer, gone))
    text = validation_text(accepted, WRITTEN, baseline=baseline)
    assert f"Against the baseline: 1 new, {len(fewer)} known, 1 cleared, 0 with fewer" in text
    new, cleared = text.split("\nNew\n")[1].split("\nCleared or fewer\n")
    assert "MHS00131" in new
    assert "MHS00146" not in new
    assert "MHS00116" in cleared


def test_text_says_what_the_rules_lack_that_were_not_assessed(validation: Validation) -> None:
    text = validation_text(validation, WRITTEN)
    assert f"Not assessed: {len(validation.not_assessed)} rules" in text
    assert "The codes of its list are not published: MHS01423, MHS20154" in text


def test_outputs_for_pipelines_hold_counts_and_no_values(validation: Validation) -> None:
    outputs = [
        junit_xml(validation, fail_on="warning"),
        github_commands(validation, fail_on="warning"),
        azure_commands(validation, fail_on="warning"),
        validation_text(validation, WRITTEN, baseline=Baseline(standard="6.0")),
        baseline_json(baseline_of(validation)),
        msgspec.json.encode(summarise_failures(count_failures(validation))).decode(),
    ]
    codes = {failure.code for failure in count_failures(validation)}
    assert {"SHAPE01", "SHAPE02"} <= codes
    for output in outputs:
        assert [secret for secret in SECRETS if secret in output] == []
