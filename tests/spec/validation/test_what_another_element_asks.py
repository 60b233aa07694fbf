"""What one element asks of another: given, blank, or of certain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.standard import PortalFacts

if TYPE_CHECKING:
    from collections.abc import Callable


NHS_NUMBERS = """
    NHSNumberStatus | NHSNumber
    07              | 9991000003
    01              | 9991000003
    -               | 9991000003
    07              | -
    01              | -
    " "             | ""
    """


def test_some_elements_may_not_be_blank_where_others_are(
    failing_rows: Callable[..., list[int]],
) -> None:
    assert failing_rows("MHS00118", MHS001=NHS_NUMBERS) == [6]


def test_a_value_can_be_ruled_out_where_another_is_given(
    failing_rows: Callable[..., list[int]],
) -> None:
    assert failing_rows("MHS00117", MHS001=NHS_NUMBERS) == [1]


def test_a_value_can_be_called_for_where_another_is_blank(
    failing_rows: Callable[..., list[int]],
) -> None:
    assert failing_rows("MHS00119", MHS001=NHS_NUMBERS) == [5]


def test_an_element_is_called_for_by_another(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS10224",
        MHS102="""
            ReferClosReason | ReferClosureDate
            -               | 2025-09-10
            " "             | 2025-09-10
            01              | 2025-09-10
            -               | -
            -               | "  "
            -               | soon
            """,
    )
    assert rows == [1, 2, 6]


def test_an_element_is_called_for_by_some_values_of_another(
    failing_rows: Callable[..., list[int]],
) -> None:
    stays = """
        OrgIDRespLAClinReadyforDisch | AttribToIndic
        -                            | 05
        ""                           | 06
        -                            | 04
        -                            | -
        ZL01                         | 05
        ZL01                         | 04
        """
    assert failing_rows("MHS51825", MHS518=stays) == [1, 2]
    assert failing_rows("MHS51824", MHS518=stays) == [6]


def test_a_value_can_be_the_only_one(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS00003", MHS000="DatSetVer\n6.0") == []
    assert failing_rows("MHS00003", MHS000="DatSetVer\n6") == [1]
    assert failing_rows("MHS00003", MHS000="DatSetVer\n-") == []


def test_an_element_repeats_one_of_the_header(failing_rows: Callable[..., list[int]]) -> None:
    patients = 'OrgIDLocalPatientID\nRZZ\nrzz\n"RZZ "\nRYY\n-\n" "'
    assert failing_rows("MHS00153", MHS000="OrgIDProvider\nRZZ", MHS001=patients) == [2, 3, 4]
    assert failing_rows("MHS00153", MHS000="OrgIDProvider\n-", MHS001=patients) == []


def test_a_day_of_the_header_is_that_of_the_upload(
    failing_rows: Callable[..., list[int]],
) -> None:
    portal = PortalFacts(reporting_period_start="2025-09-01")
    for day, failing in (("2025-09-01", []), ("2025-08-01", [1]), ("2025-09-1", [])):
        header = f"ReportingPeriodStartDate\n{day}"
        assert failing_rows("MHS00016", MHS000=header, portal=portal) == failing


def test_a_table_can_be_closed_for_now(failing_rows: Callable[..., list[int]]) -> None:
    assert failing_rows("MHS60815", MHS608="PersScore\n1\n-") == [1, 2]
