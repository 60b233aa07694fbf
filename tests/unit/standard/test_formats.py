"""The notation of element formats."""

from __future__ import annotations

import re

import pytest

from mhsds_recon.standard.formats import TextFormat, parse_format, to_regex


@pytest.mark.parametrize(
    ("notation", "shortest", "longest", "digits"),
    [
        ("an2", 2, 2, False),
        ("max an20", 1, 20, False),
        ("min an3 max an5", 3, 5, False),
        ("n10", 10, 10, True),
        ("max n4", 1, 4, True),
        ("min n6 max n18", 6, 18, True),
    ],
)
def test_lengths_and_digits_are_read(
    notation: str, shortest: int, longest: int, *, digits: bool
) -> None:
    assert parse_format(notation) == TextFormat(shortest=shortest, longest=longest, digits=digits)


@pytest.mark.parametrize(
    ("notation", "passing", "failing"),
    [
        ("an2", ["01", "é!"], ["1", "001"]),
        ("max n4", ["0", "1234"], ["12345", "1.2", "\u0661"]),  # an Arabic-Indic digit
        ("max n7.n2", ["1.50", "1234567.00"], ["1.5", "12345678.00", "1", ".50"]),
        ("date", ["2025-09-30"], ["2025-9-30", "30/09/2025", "2025-09-30T00:00:00", "2025-13-01"]),
        ("time", ["00:00:00", "23:59:59"], ["24:00:00", "09:30", "1899-12-30 09:30:00"]),
        ("timestamp", ["2025-09-30T10:00:00+01:00", "2025-09-30T10:00:00Z"], ["2025-09-30"]),
        ("postcode", ["ZQ1 1AA", "zq1  1aa"], ["ZQ11AA", "1AA ZQ1"]),
    ],
)
def test_regular_expressions_follow_the_notation(
    notation: str, passing: list[str], failing: list[str]
) -> None:
    pattern = re.compile(to_regex(notation))
    assert all(pattern.search(value) for value in passing)
    assert not any(pattern.search(value) for value in failing)


def test_an_unknown_notation_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format 'xx3'"):
        parse_format("xx3")
