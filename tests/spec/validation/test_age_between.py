"""Ages are counted in completed years on the first day of the reporting period."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


HEADER = """
    ReportingPeriodStartDate | ReportingPeriodEndDate
    2025-09-01               | 2025-09-30
    """


def test_nobody_is_older_than_130(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS00171",
        MHS000=HEADER,
        MHS001="""
            PersonBirthDate
            1894-09-01
            1894-09-02
            1895-09-01
            1800-01-01
            -
            1894-02-30
            """,
    )
    assert rows == [1, 4]


def test_who_is_born_in_the_period_is_0_and_later_not_yet_born(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS00171",
        MHS000=HEADER,
        MHS001="PersonBirthDate\n2025-09-01\n2025-09-02\n2025-09-30\n2025-10-01",
    )
    assert rows == [4]
