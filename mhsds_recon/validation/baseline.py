"""A team's list of known failures, so that only new ones stop a submission.

The list is a small JSON file under version control: rule, table and how many rows are known to
fail. It holds counts only. A failure is new where more rows fail than the list states; an entry
that states more rows than still fail is stale, and should be taken out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mhsds_recon.errors import BaselineError, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mhsds_recon.standard import Standard
    from mhsds_recon.validation.result import Validation

__all__ = [
    "SEVERITY",
    "SHAPE_CODES",
    "Baseline",
    "Failure",
    "KnownFailure",
    "baseline_json",
    "baseline_of",
    "count_failures",
    "gates",
    "read_baseline",
    "summarise_failures",
]

SEVERITY = (
    "file_rejected",
    "group_rejected",
    "record_rejected",
    "severity_1_warning",
    "warning",
    "never",
)
"""Levels of findings, the gravest first; ``never`` stands behind all."""

SHAPE_CODES = {
    "SHAPE01": "a table that the standard does not know",
    "SHAPE02": "a column that the standard does not know",
    "SHAPE03": "a column of the standard that the file lacks",
}
"""What findings about tables and columns say, without the names that a file may give them."""

_REMEDY = "Correct it, or delete it and write it anew with --update-baseline."


class KnownFailure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many rows of a table are known to fail a rule.

    ``table`` is empty for findings about tables that the standard does not know.
    """

    code: str
    table: str
    rows: Annotated[int, Meta(ge=1)]


class Baseline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Failures that are known, and the version of the standard whose rules they fail."""

    standard: str
    failures: tuple[KnownFailure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How many rows fail a rule, and of how many the baseline says that they do.

    Attributes:
        code: Code of a rule, of a file rule or of a finding about tables and columns.
        level: Its level; ``file_rejected`` for a file rule.
        table: Name of the table; empty for file rules and for tables that are not known.
        rows: How many rows fail now; 1 for a file rule.
        known: How many rows the baseline states; 0 without one.
    """

    code: str
    level: str
    table: str
    rows: int
    known: int = 0

    @property
    def is_new(self) -> bool:
        """Whether more rows fail than are known to."""
        return self.rows > self.known

    @property
    def is_stale(self) -> bool:
        """Whether the baseline states more rows than still fail."""
        return self.rows < self.known


def count_failures(validation: Validation, baseline: Baseline | None = None) -> list[Failure]:
    """Return every failure beside what the baseline knows of it: gravest level first, most rows.

    A rejected file is always new. Entries for rules that could not be assessed this time are
    left out, as nothing is known about them.
    """
    known = (
        {(entry.code, entry.table): entry.rows for entry in baseline.failures} if baseline else {}
    )
    rows = _rows_that_fail(validation)
    unassessed = set(validation.not_assessed)
    keys = [*rows, *(key for key in known if key not in rows and key[0] not in unassessed)]
    failures = [
        Failure(
            code=code,
            level=_level(code, validation.standard),
            table=table,
            rows=rows[code, table],
            known=known.get((code, table), 0),
        )
        for code, table in keys
    ]
    failures += (
        Failure(code=code, level="file_rejected", table="", rows=1)
        for code in validation.file_verdict.codes
    )
    return sorted(failures, key=_gravest_first)


def gates(failures: Iterable[Failure], fail_on: str) -> list[Failure]:
    """Return the new failures at or above a level: those that stop a submission."""
    counting = SEVERITY[: SEVERITY.index(fail_on) + 1] if fail_on != "never" else ()
    return [failure for failure in failures if failure.is_new and failure.level in counting]


def summarise_failures(failures: Iterable[Failure]) -> dict[str, Any]:
    """Return new and stale failures and the number of known ones, as plain data for JSON."""
    failures = list(failures)
    return {
        "new": [asdict(failure) for failure in failures if failure.is_new],
        "known": sum(0 < failure.rows <= failure.known for failure in failures),
        "stale": [asdict(failure) for failure in failures if failure.is_stale],
    }


def baseline_of(validation: Validation, previous: Baseline | None = None) -> Baseline:
    """Return a baseline in which everything that fails now is known, rejected files apart.

    Args:
        validation: What fails.
        previous: The baseline before; its entries for rules that could not be assessed this
            time are kept.
    """
    rows = _rows_that_fail(validation)
    unassessed = set(validation.not_assessed)
    kept = [entry for entry in previous.failures if entry.code in unassessed] if previous else []
    now = [
        KnownFailure(code=code, table=table, rows=count) for (code, table), count in rows.items()
    ]
    failures = sorted((*kept, *now), key=lambda entry: (entry.table, entry.code))
    return Baseline(standard=validation.standard.version, failures=tuple(failures))


def baseline_json(baseline: Baseline) -> str:
    """Return a baseline as JSON with one failure on each line, so that changes are easy to read."""
    entries = [f"    {msgspec.json.encode(entry).decode()}" for entry in baseline.failures]
    listed = "[\n" + ",\n".join(entries) + "\n  ]" if entries else "[]"
    version = msgspec.json.encode(baseline.standard).decode()
    return f'{{\n  "standard": {version},\n  "failures": {listed}\n}}\n'


def read_baseline(path: Path, standard: Standard) -> Baseline:
    """Return the baseline in a file.

    Raises:
        BaselineError: The file cannot be read, is for another version of the standard, or names
            rules that do not exist; all problems with its entries are listed at once.
    """
    try:
        baseline = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        message = (
            f"The baseline '{path}' cannot be read: {error.strerror}."
            " Write one with --update-baseline."
        )
        raise BaselineError(message) from error
    except msgspec.DecodeError as error:
        message = f"The baseline '{path}' is not as expected: {error}. {_REMEDY}"
        raise BaselineError(message) from error
    if baseline.standard != standard.version:
        message = (
            f"The baseline '{path}' is for version {baseline.standard} of the standard, not for"
            f" {standard.version}. {_REMEDY}"
        )
        raise BaselineError(message)
    problems = _problems(baseline.failures, standard)
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        message = f"The baseline '{path}' does not fit the standard. {_REMEDY}\n{listed}"
        raise BaselineError(message)
    return baseline


def _problems(entries: Sequence[KnownFailure], standard: Standard) -> list[str]:
    problems = []
    for entry in entries:
        rule = standard.rules.get(entry.code)
        if rule is None and entry.code not in SHAPE_CODES:
            hint = near_miss(entry.code, standard.rules)
            problems.append(f"There is no rule '{entry.code}'.{hint}")
        elif rule is not None and rule.table != entry.table:
            problems.append(f"{entry.code} is a rule of {rule.table}, not of '{entry.table}'.")
    counted = Counter((entry.code, entry.table) for entry in entries)
    problems += (
        f"{code} of {table or 'unknown tables'} is listed {times} times."
        for (code, table), times in counted.items()
        if times > 1
    )
    return problems


def _rows_that_fail(validation: Validation) -> Counter[tuple[str, str]]:
    """Return how many rows fail, by code and table; names that only the file knows left out."""
    rows: Counter[tuple[str, str]] = Counter()
    for row in validation.counts().iter_rows(named=True):
        table = row["table"] if row["table"] in validation.standard.tables else ""
        rows[row["code"], table] += row["rows"]
    return rows


def _level(code: str, standard: Standard) -> str:
    return standard.rules[code].level if code in standard.rules else "warning"


def _gravest_first(failure: Failure) -> tuple[int, int, str, str]:
    return SEVERITY.index(failure.level), -failure.rows, failure.code, failure.table
