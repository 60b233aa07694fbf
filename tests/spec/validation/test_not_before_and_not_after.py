"""The day of an element is not before or after another; what cannot be read passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.standard import PortalFacts

if TYPE_CHECKING:
    from collections.abc import Callable


HEADER = """
    ReportingPeriodStartDate | ReportingPeriodEndDate | DateTimeDatSetCreate
    2025-09-01               | 2025-09-30             | 2025-10-10T08:15:00
    """


def test_the_same_day_is_neither_before_nor_after(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10128",
        MHS101="""
            ReferralRequestReceivedDate | ServDischDate
            2025-09-10                  | 2025-09-09
            2025-09-10                  | 2025-09-10
            2025-09-10                  | 2025-09-11
            -                           | 2025-09-11
            2025-09-10                  | -
            2025-09-10                  | "  "
            """,
    )
    assert rows == [1]


def test_only_a_real_day_without_a_time_is_compared(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS10128",
        MHS101="""
            ReferralRequestReceivedDate | ServDischDate
            2025-09-10                  | 2025-02-29
            2025-09-10                  | 2025-09-09T00:00:00
            2025-09-10                  | 2025-9-09
            2025-09-10                  | 0000-01-01
            2025-09-10                  | 0001-01-01
            2025-09-10                  | 1600-02-29
            2025-09-10                  | 1700-02-29
            2025-09-10                  | 09/09/2025
            """,
    )
    assert rows == [5, 6]


def test_days_of_the_header_bound_an_element(failing_rows: Callable[..., list[int]]) -> None:
    referrals = """
        ServDischDate
        2025-08-31
        2025-09-01
        2025-09-30
        2025-10-01
        2025-10-02
        2025-10-10
        2025-10-11
        """
    assert failing_rows("MHS10129", MHS000=HEADER, MHS101=referrals) == [1]
    assert failing_rows("MHS10130", MHS000=HEADER, MHS101=referrals) == [5, 6, 7]  # a day's grace
    assert failing_rows("MHS10131", MHS000=HEADER, MHS101=referrals) == [7]


def test_a_header_that_cannot_be_read_bounds_nothing(
    failing_rows: Callable[..., list[int]],
) -> None:
    header = "ReportingPeriodStartDate\n2025-09-31"
    assert failing_rows("MHS10129", MHS000=header, MHS101="ServDischDate\n1999-01-01") == []


def test_the_last_day_of_the_calendar_bounds_nothing(
    failing_rows: Callable[..., list[int]],
) -> None:
    header = "ReportingPeriodEndDate\n9999-12-31"
    assert failing_rows("MHS10130", MHS000=header, MHS101="ServDischDate\n9999-12-31") == []


def test_a_timestamp_is_compared_by_the_day_written_in_it(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS60618",
        MHS000=HEADER,
        MHS606="""
            AssToolCompTimestamp
            2025-08-31T23:30:00Z
            2025-09-01T00:30:00+01:00
            2025-08-31T23:30:00 and more
            2025-08-31T24:30:00Z
            2025-08-31 23:30:00Z
            2025-08-31
            """,
    )
    assert rows == [1, 3, 6]


def test_an_element_is_compared_with_that_of_the_row_above(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS50230",
        MHS502="""
            HospProvSpellID | StartDateWardStay
            S1              | 2025-09-09
            S1              | 2025-09-10
            S2              | 2025-09-09
            S3              | 2025-09-09
            -               | 2025-09-09
            """,
        MHS501="""
            HospProvSpellID | StartDateHospProvSpell
            S1              | 2025-09-10
            S2              | -
            -               | 2025-09-10
            """,
    )
    assert rows == [1]


def test_any_of_several_rows_above_can_make_it_fail_once(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS50231",
        MHS502="""
            HospProvSpellID | StartDateWardStay
            S1              | 2025-09-09
            S1              | 2025-09-12
            S1              | 2025-09-15
            """,
        MHS501="""
            HospProvSpellID | DischDateHospProvSpell
            S1              | 2025-09-10
            S1              | 2025-09-14
            S1              | 2025-09-13
            """,
    )
    assert rows == [2, 3]


def test_blank_keys_lead_nowhere(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS50230",
        MHS502='HospProvSpellID | StartDateWardStay\n""|2025-09-09\n" "|2025-09-09',
        MHS501='HospProvSpellID | StartDateHospProvSpell\n""|2025-09-10\n" "|2025-09-10',
    )
    assert rows == []


def test_the_upload_bounds_the_header(failing_rows: Callable[..., list[int]]) -> None:
    header = "DateTimeDatSetCreate\n2025-10-16T08:15:00"
    earlier = PortalFacts(submitted_timestamp="2025-10-15T09:30:00")
    same_day = PortalFacts(submitted_timestamp="2025-10-16T07:30:00")
    assert failing_rows("MHS00027", MHS000=header, portal=earlier) == [1]
    assert failing_rows("MHS00027", MHS000=header, portal=same_day) == []
    assert failing_rows("MHS00027", MHS000=header) == []
