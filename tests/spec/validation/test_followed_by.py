"""A row that ends is carried on by another valid row of the same patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_next_practice_starts_that_day_or_the_day_after(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS00223",
        MHS002="""
            LocalPatientID | GMPReg | StartDateGMPRegistration | EndDateGMPRegistration
            P1             | A      | 2020-01-01               | 2025-08-31
            P1             | B      | 2025-09-01               | -
            P2             | A      | 2020-01-01               | 2025-09-01
            P2             | B      | 2025-09-01               | -
            P3             | A      | 2020-01-01               | 2025-08-30
            P3             | B      | 2025-09-01               | -
            P4             | A      | 2020-01-01               | 2025-08-31
            P5             | B      | 2025-09-01               | -
            """,
    )
    assert rows == [5, 7]


def test_another_row_of_the_same_or_of_no_practice_does_not_carry_on(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS00223",
        MHS002="""
            LocalPatientID | GMPReg | StartDateGMPRegistration | EndDateGMPRegistration
            P1             | A      | 2020-01-01               | 2025-08-31
            P1             | A      | 2025-09-01               | -
            P2             | A      | 2020-01-01               | 2025-08-31
            P2             | -      | 2025-09-01               | -
            P3             | A      | 2020-01-01               | 2025-08-31
            P3             | A      | 2025-09-01               | -
            P3             | B      | 2025-08-31               | -
            """,
    )
    assert rows == [1, 3]


def test_an_end_that_cannot_be_read_is_not_followed(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS00223",
        MHS002="""
            LocalPatientID | GMPReg | StartDateGMPRegistration | EndDateGMPRegistration
            P1             | A      | 2020-01-01               | 2025-08-32
            P1             | B      | 2025-08-32               | " "
            -              | A      | 2020-01-01               | 2025-08-31
            P2             | A      | 2020-01-01               | 9999-12-31
            """,
    )
    assert rows == [1, 4]
