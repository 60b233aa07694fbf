"""Reporting periods: month numbers and windows."""

from __future__ import annotations

import datetime as dt

import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.standard import ReportingPeriod


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1900-04", 1),
        ("2020-09", 1446),
        ("2021-10", 1459),
        ("2024-03", 1488),
        ("2024-04", 1489),
        ("2025-04", 1501),
        ("2025-09", 1506),
    ],
)
def test_month_number_counts_from_april_1900(text: str, number: int) -> None:
    assert ReportingPeriod.parse(text).number == number


def test_window_ends_with_the_period_and_crosses_the_year() -> None:
    window = ReportingPeriod.parse("2025-02").window(4)
    assert [str(period) for period in window] == ["2024-11", "2024-12", "2025-01", "2025-02"]


def test_february_ends_on_the_29th_in_a_leap_year() -> None:
    assert ReportingPeriod(2024, 2).end == dt.date(2024, 2, 29)


@pytest.mark.parametrize("text", ["2025-13", "2025", "Sep 2025", "2025-9", ""])
def test_other_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="such as 2025-09"):
        ReportingPeriod.parse(text)
