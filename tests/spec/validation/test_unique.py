"""No other row of the table has the same values; every copy fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_all_copies_fail_not_all_but_one(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10103",
        MHS101="""
            ServiceRequestID
            R1
            R2
            R1
            R3
            R1
            """,
    )
    assert rows == [1, 3, 5]


def test_blanks_are_not_copies_of_each_other(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10103", MHS101='ServiceRequestID\n-\n-\n""\n""\n" "\n" "') == []


def test_keys_count_as_they_stand(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10103", MHS101='ServiceRequestID\nR1\nr1\n"R1 "\n" R1"') == []


def test_every_part_of_a_key_has_to_agree(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS00221",
        MHS002="""
            LocalPatientID | GMPReg | StartDateGMPRegistration
            P1             | A81001 | 2025-01-01
            P1             | A81001 | 2025-01-02
            P1             | A81001 | 2025-01-01
            P2             | A81001 | 2025-01-01
            """,
    )
    assert rows == [1, 3]


def test_a_row_with_a_blank_part_is_never_a_copy(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS00221",
        MHS002="""
            LocalPatientID | GMPReg | StartDateGMPRegistration
            P1             | A81001 | -
            P1             | A81001 | -
            P1             | "  "   | 2025-01-01
            P1             | "  "   | 2025-01-01
            """,
    )
    assert rows == []


def test_some_rules_compare_only_rows_with_a_blank(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS00222",
        MHS002="""
            LocalPatientID | EndDateGMPRegistration
            P1             | -
            P1             | " "
            P1             | 2025-09-01
            P2             | -
            P2             | 2025-09-01
            """,
    )
    assert rows == [1, 2]


def test_a_second_header_makes_both_fail(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS00025", MHS000="DatSetVer\n6.0\n-") == [1, 2]


def test_one_header_is_right(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS00025", MHS000="DatSetVer\n6.0") == []
