"""Rules that reject the whole file, and the verdict that they give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.standard.checks import (
    HasRows,
    NotShared,
    OneValidRow,
    PortalFact,
    SomeRowAccepted,
    Unique,
    ValidNHSNumbers,
)
from mhsds_recon.validation.copies import find_copies
from mhsds_recon.validation.kinds import is_blank
from mhsds_recon.validation.result import FileVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.checks import FileCheck

__all__ = ["judge_file", "unjudged_file_rules"]

_HEADER_NUMBER = "MHS000"
_TEN_DIGITS = "^[0-9]{10}$"
_NO_NUMBER = "0000000000"


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What file rules look at: rows by table, rows left beside the header, failed checks."""

    submitted: Mapping[str, int]
    valid: Mapping[str, int]
    left: int
    faulty: frozenset[FileCheck]


def judge_file(
    extract: Extract,
    standard: Standard,
    *,
    submitted: Mapping[str, int],
    valid: Mapping[str, int],
) -> FileVerdict:
    """Return the verdict on the file.

    Args:
        extract: The submitted rows.
        standard: The file rules.
        submitted: Number of rows by table.
        valid: Number of rows by table that no rule rejects.
    """
    checks = {code: rule.check for code, rule in standard.file_rules.items()}
    faulty = _with_bad_numbers(extract, checks) | _with_shared_values(extract, checks)
    left = sum(
        rows for table, rows in valid.items() if standard.tables[table].number != _HEADER_NUMBER
    )
    facts = _Facts(submitted=submitted, valid=valid, left=left, faulty=faulty)
    return FileVerdict(codes=tuple(code for code in checks if not _holds(checks[code], facts)))


def unjudged_file_rules(standard: Standard) -> tuple[str, ...]:
    """Return the codes of the file rules that only the portal can judge."""
    rules = standard.file_rules.values()
    return tuple(rule.code for rule in rules if isinstance(rule.check, PortalFact))


@singledispatch
def _holds(check: FileCheck, facts: _Facts) -> bool:
    """Return whether the check holds, by what was found beforehand; portal facts do."""
    return check not in facts.faulty


@_holds.register
def _(check: HasRows, facts: _Facts) -> bool:
    return facts.submitted[check.table] > 0


@_holds.register
def _(check: OneValidRow, facts: _Facts) -> bool:
    return (
        facts.submitted[check.table] <= 1
        and facts.valid[check.table] == facts.submitted[check.table]
    )


@_holds.register
def _(check: SomeRowAccepted, facts: _Facts) -> bool:  # noqa: ARG001  one signature for all kinds
    return facts.left > 0


def _with_bad_numbers(extract: Extract, checks: Mapping[str, FileCheck]) -> frozenset[FileCheck]:
    asked = [check for check in checks.values() if isinstance(check, ValidNHSNumbers)]
    plans = [
        extract.tables[check.table]
        .select(check.element)
        .filter(~(is_blank(check.element) | is_valid_nhs_number(check.element)))
        .head(1)
        for check in asked
    ]
    found = extract.engine.collect(plans)
    return frozenset(c for c, bad in zip(asked, found, strict=True) if not bad.is_empty())


def _with_shared_values(extract: Extract, checks: Mapping[str, FileCheck]) -> frozenset[FileCheck]:
    asked = {code: check for code, check in checks.items() if isinstance(check, NotShared)}
    found = find_copies(
        extract,
        {code: (check.table, Unique(elements=(check.element,))) for code, check in asked.items()},
    )
    return frozenset(asked[code] for code in found)


def is_valid_nhs_number(element: str) -> nw.Expr:
    """Return whether a value is an NHS number that passes its check.

    Ten digits, the last of which is eleven minus the remainder of the weighted sum of the others
    (weights 10 to 2), where eleven becomes 0 and ten is invalid. Numbers whose last five digits
    mirror the first five are refused, as nationally.
    """
    column = nw.col(element)
    shaped = column.str.contains(_TEN_DIGITS)
    # Casting is strict on every engine, so that other values have to be replaced beforehand.
    number = nw.when(shaped).then(column).otherwise(nw.lit(_NO_NUMBER))
    digits = [number.str.slice(place, 1) for place in range(10)]
    weighted = [digit.cast(nw.Int64) * (10 - place) for place, digit in enumerate(digits[:9])]
    remainder = (11 - nw.sum_horizontal(*weighted) % 11) % 11
    mirrored = nw.all_horizontal(
        *(digits[place] == digits[9 - place] for place in range(5)), ignore_nulls=True
    )
    return shaped & (remainder == digits[9].cast(nw.Int64)) & ~mirrored
