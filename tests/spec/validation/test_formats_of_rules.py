"""The element's value has a format of the standard; a blank one passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_blank_value_has_any_format(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS10117", MHS101='SourceOfReferralMH\n-\n""\n"     "') == []


def test_white_space_other_than_spaces_is_a_value(
    failing_rows: Callable[..., list[int]],
) -> None:
    assert failing_rows("MHS10117", MHS101='SourceOfReferralMH\n"\t"\n"\t\t"') == [1]


def test_length_counts_characters_and_outer_spaces(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10117",  # an2
        MHS101="""
            SourceOfReferralMH
            A1
            1
            A12
            "A "
            "A1 "
            éß
            é
            """,
    )
    assert rows == [2, 3, 5, 7]


def test_a_range_of_lengths_includes_both_ends(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10109",  # min an3 max an5
        MHS101="""
            OrgIDComm
            AB
            ABC
            ABCDE
            ABCDEF
            """,
    )
    assert rows == [1, 4]


def test_only_zero_to_nine_are_digits(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS20114",  # max n4
        MHS201="""
            ClinContDurOfCareCont
            0
            9999
            10000
            -1
            1.5
            12x
            " 12"
            ١٢
            """,
    )
    assert rows == [3, 4, 5, 6, 7, 8]


def test_a_decimal_has_two_digits_after_its_point(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS51708",  # max n7.n2
        MHS517="""
            SMHEPCCharge
            1.50
            1234567.00
            12345678.00
            1
            .50
            1.5
            1,50
            """,
    )
    assert rows == [3, 4, 5, 6, 7]


def test_a_date_is_a_real_day_without_a_time(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10112",
        MHS101="""
            ReferralRequestReceivedDate
            2025-09-30
            2025-09-31
            2025-02-29
            2024-02-29
            1900-02-29
            2000-02-29
            2025-13-01
            2025-00-10
            2025-1-01
            30/09/2025
            2025-09-30T00:00:00
            "2025-09-30 "
            ٢٠٢٥-٠٩-٣٠
            """,
    )
    assert rows == [2, 3, 5, 7, 8, 9, 10, 11, 12, 13]


def test_a_date_is_not_before_1890(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10112",
        MHS101="""
            ReferralRequestReceivedDate
            1889-12-31
            1890-01-01
            1888-02-29
            1892-02-29
            0000-01-01
            9999-12-31
            1600-02-29
            """,
    )
    assert rows == [1, 3, 5, 7]


def test_a_time_is_on_the_24_hour_clock(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10115",
        MHS101="""
            ReferralRequestReceivedTime
            00:00:00
            23:59:59
            24:00:00
            12:60:00
            12:00:60
            9:00:00
            09:00
            1899-12-30 09:00:00
            """,
    )
    assert rows == [3, 4, 5, 6, 7, 8]


def test_a_date_and_time_have_no_offset(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS00021",
        MHS000="""
            DateTimeDatSetCreate
            2025-10-10T08:15:00
            2025-10-10
            2025-10-10 08:15:00
            2025-10-10T08:15:00Z
            2025-10-32T08:15:00
            2025-10-10T25:15:00
            1889-12-31T08:15:00
            """,
    )
    assert rows == [2, 3, 4, 5, 6, 7]


def test_a_timestamp_names_its_offset(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS01008",
        MHS010="""
            AssistiveTechnologyPrescTimestamp
            2025-09-01T10:00:00Z
            2025-09-01T10:00:00+00:00
            2025-09-01T10:00:00+01:00
            2025-09-01T10:00:00-00:00
            2025-09-01T10:00:00
            2025-09-01T10:00:00+02:00
            2025-09-01T10:00:00-01:00
            2025-02-29T10:00:00Z
            1889-09-01T10:00:00Z
            """,
    )
    assert rows == [5, 6, 7, 8, 9]


def test_a_postcode_has_two_parts(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS00169",
        MHS001="""
            Postcode
            Z1 1AA
            ZQ12 3bc
            ZQ1A  1AA
            ZQ11AA
            1AA ZQ1
            ZQ123 1AA
            " ZQ1 1AA"
            """,
    )
    assert rows == [4, 5, 6, 7]
