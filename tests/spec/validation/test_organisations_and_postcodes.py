"""Organisations that are open and postcodes that exist, by the reference files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


HEADER = "ReportingPeriodStartDate\n2025-09-01"
ORGANISATIONS = """
    code  | open_date  | close_date | kind
    RZZ   | 1990-04-01 | -          | trust
    RSHUT | 1990-04-01 | 2025-08-31 | trust
    REND  | 1990-04-01 | 2025-09-01 | trust
    ROPEN | 2025-09-01 | ""         | trust
    RSOON | 2025-09-02 | -          | trust
    RBACK | 1990-04-01 | 1999-03-31 | trust
    RBACK | 2020-04-01 | -          | trust
    RZZ01 | 1990-04-01 | -          | site
    E001  | 1990-04-01 | -          | school
    """


def test_an_organisation_is_open_on_its_first_and_last_day(
    failing_rows: Callable[..., list[int]],
) -> None:
    referrals = """
        OrgIDComm
        RZZ
        RSHUT
        REND
        ROPEN
        RSOON
        RBACK
        RZZ01
        E001
        rzz
        "RZZ "
        -
        " "
        VPP00
        """
    rows = failing_rows(
        "MHS10110", {"organisations": ORGANISATIONS}, MHS000=HEADER, MHS101=referrals
    )
    assert rows == [2, 5, 7, 8, 9, 10]


def test_sites_and_schools_have_registers_of_their_own(
    failing_rows: Callable[..., list[int]],
) -> None:
    lookups = {"organisations": ORGANISATIONS}
    sites = "SiteIDOfTreat\nRZZ01\nRZZ\nE001"
    schools = "OrgIDEduEstab\nRZZ01\nRZZ\nE001"
    assert failing_rows("MHS20149", lookups, MHS000=HEADER, MHS201=sites) == [2, 3]
    assert failing_rows("MHS00158", lookups, MHS000=HEADER, MHS001=schools) == [1, 2]


def test_without_the_day_or_the_register_nothing_is_judged(
    failing_rows: Callable[..., list[int]],
) -> None:
    referrals = "OrgIDComm\nnobody"
    lookups = {"organisations": ORGANISATIONS}
    unreadable = "ReportingPeriodStartDate\n2025-09-31"
    assert failing_rows("MHS10110", lookups, MHS000=unreadable, MHS101=referrals) == []
    assert failing_rows("MHS10110", MHS000=HEADER, MHS101=referrals) == []


def test_postcodes_are_looked_up_without_case_and_spaces(
    failing_rows: Callable[..., list[int]],
) -> None:
    patients = 'Postcode\nZQ1 1AA\nzq11aa\n" ZQ1  1AA"\nZQ1 1AB\n-\n"  "'
    lookups = {"postcodes": "postcode\nZQ1 1AA\nzq2 1aa"}
    assert failing_rows("MHS00125", lookups, MHS001=patients) == [4]
    assert failing_rows("MHS00125", lookups, MHS001="Postcode\nZQ2 1AA") == []
    assert failing_rows("MHS00125", MHS001=patients) == []
