"""The element's value is a code of a national list; a blank one passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_codes_count_as_they_stand(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10166",
        MHS101="""
            ReferClosReason
            01
            1
            "01 "
            XX
            -
            "  "
            """,
    )
    assert rows == [2, 3, 4]


def test_case_counts(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10118", MHS101="SourceOfReferralMH\nA1\na1") == [2]


def test_a_list_without_known_codes_is_not_assessed(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS20154", MHS201="ReasonableAdjustmentMade\nY\nanything") == []
