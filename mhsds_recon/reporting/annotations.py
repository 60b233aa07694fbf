"""A validation as commands that GitHub Actions and Azure Pipelines read from the output.

One command per failed rule: an error where it stops the submission, else a warning; with counts
only. Known failures are not repeated: one line says how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.reporting.failures import counted, meaning
from mhsds_recon.validation.baseline import count_failures, gates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.standard import Standard
    from mhsds_recon.validation import Validation
    from mhsds_recon.validation.baseline import Baseline, Failure

__all__ = ["azure_commands", "github_commands"]

_LINE_ENDS = {"\r": "%0D", "\n": "%0A"}
_GITHUB_DATA = str.maketrans({"%": "%25", **_LINE_ENDS})
_GITHUB_PROPERTY = {**_GITHUB_DATA, **str.maketrans({":": "%3A", ",": "%2C"})}
_AZURE_DATA = str.maketrans({"%": "%AZP25", **_LINE_ENDS})
_AZURE_PROPERTY = {**_AZURE_DATA, **str.maketrans({";": "%3B", "]": "%5D"})}


def github_commands(
    validation: Validation, *, fail_on: str, baseline: Baseline | None = None
) -> str:
    """Return workflow commands for GitHub Actions: errors first, and a notice with the totals.

    GitHub shows ten errors and ten warnings of a step beside the run, and all of them in its log.

    Args:
        validation: What was found.
        fail_on: The mildest level that is an error.
        baseline: Known failures, which are not annotated.
    """
    failures = count_failures(validation, baseline)
    stopping = gates(failures, fail_on)
    lines = [
        _github(
            "error" if failure in stopping else "warning",
            f"{failure.code} {failure.table}".rstrip(),
            _sentence(failure, validation.standard),
        )
        for failure in failures
        if failure.is_new
    ]
    notice = _github("notice", "MHSDS validation", _totals(failures, stopping))
    stale = _stale(failures)
    if stale:
        lines.append(_github("notice", "MHSDS baseline", stale))
    return "\n".join([notice, *lines]) + "\n"


def azure_commands(
    validation: Validation, *, fail_on: str, baseline: Baseline | None = None
) -> str:
    """Return logging commands for Azure Pipelines: issues, and the result of the task.

    Args:
        validation: What was found.
        fail_on: The mildest level that is an error.
        baseline: Known failures, which are not logged as issues.
    """
    failures = count_failures(validation, baseline)
    stopping = gates(failures, fail_on)
    new = [failure for failure in failures if failure.is_new]
    lines = []
    for failure in new:
        kind = "error" if failure in stopping else "warning"
        command = f"task.logissue type={kind};code={failure.code.translate(_AZURE_PROPERTY)};"
        spot = f"{failure.code} {failure.table}".rstrip()
        lines.append(_azure(command, f"{spot}: {_sentence(failure, validation.standard)}"))
    stale = _stale(failures)
    if stale:
        lines.append(stale)
    result = "Failed" if stopping else "SucceededWithIssues" if new else "Succeeded"
    done = _azure(f"task.complete result={result};", _totals(failures, stopping))
    return "\n".join([*lines, done]) + "\n"


def _github(command: str, title: str, message: str) -> str:
    properties = f"title={title.translate(_GITHUB_PROPERTY)}"
    return f"::{command} {properties}::{message.translate(_GITHUB_DATA)}"


def _azure(command: str, message: str) -> str:
    return f"##vso[{command}]{message.translate(_AZURE_DATA)}"


def _sentence(failure: Failure, standard: Standard) -> str:
    level = failure.level.replace("_", " ")
    return f"{level}, {counted(failure)}. {meaning(failure, standard)}"


def _totals(failures: Sequence[Failure], stopping: Sequence[Failure]) -> str:
    new = sum(failure.is_new for failure in failures)
    known = sum(0 < failure.rows <= failure.known for failure in failures)
    return f"{len(stopping)} rules stop the submission, {new - len(stopping)} warn, {known} known."


def _stale(failures: Sequence[Failure]) -> str:
    """Return which entries of the baseline state more rows than still fail."""
    stale = [f"{failure.code} ({failure.rows:,})" for failure in failures if failure.is_stale]
    if not stale:
        return ""
    return f"The baseline can shrink, as fewer rows fail than it states: {', '.join(stale)}."
