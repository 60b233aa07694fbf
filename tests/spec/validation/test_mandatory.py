"""The element has a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_null_empty_and_only_spaces_are_blank(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10106",
        MHS101="""
            LocalPatientID
            P1
            -
            ""
            "   "
            " P1"
            0
            """,
    )
    assert rows == [2, 3, 4]


def test_other_white_space_is_a_value(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10106", MHS101='LocalPatientID\n"\t"\n"\u00a0"') == []


def test_a_missing_column_is_blank_on_every_row(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10106", MHS101="ServiceRequestID\nR1\nR2") == [1, 2]
