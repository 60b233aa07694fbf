"""A valid row of another table has the same value; a blank one passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_value_that_no_row_has_fails(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10101",
        MHS101="""
            LocalPatientID
            P1
            P2
            P1
            """,
        MHS001="""
            LocalPatientID
            P1
            P3
            """,
    )
    assert rows == [2]


def test_a_blank_link_passes(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10101", MHS101='LocalPatientID\n-\n""\n"   "', MHS001="LocalPatientID\nP1"
    )
    assert rows == []


def test_links_count_as_they_stand(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10101", MHS101='LocalPatientID\np1\n"P1 "\nP1', MHS001="LocalPatientID\nP1"
    )
    assert rows == [1, 2]


def test_every_link_fails_where_the_other_table_is_empty(
    failing_rows: Callable[..., list[int]],
) -> None:
    assert failing_rows("MHS10101", MHS101="LocalPatientID\nP1\nP2") == [1, 2]


def test_several_rows_with_the_value_are_as_good_as_one(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS90301", MHS903="WardCode\nW1\nW2", MHS502="WardStayID | WardCode\nS1|W1\nS2|W1"
    )
    assert rows == [2]
