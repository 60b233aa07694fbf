"""Referrals open at the end of the month: MHS23, MHS01, MHS07 and the service areas of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mhsds_recon.measures.derivations import open_referrals

if TYPE_CHECKING:
    import polars as pl

REFERRALS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000018 | 2006-10-01
P2             | 9990000026 | 2006-09-30
P3             | 9990000034 | 1960-01-01
P4             | 9990000034 | 1960-01-01

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | CareProfTeamLocalID | ServDischDate | ReferRejectionDate | ReasonOAT
cyp              | P1             | 2019-01-01                  | CYP                 |               |                    |
cyp type         | P1             | 2025-09-01                  | SCHOOL              | 2025-10-01    |                    |
ends today       | P1             | 2025-09-01                  | CYP                 | 2025-09-30    |                    |
rejected         | P2             | 2025-09-01                  | CYP                 |               | 2025-09-30         |
no team          | P2             | 2025-09-01                  |                     |               |                    |
ld               | P3             | 2025-09-01                  | LD                  |               |                    |
ld and adult     | P3             | 2025-09-01                  | LD                  |               |                    |
ld and closed    | P4             | 2025-09-01                  | LD                  |               |                    |
young ld         | P4             | 2025-09-01                  | YOUNGLD             |               |                    |
young away       | P4             | 2025-09-01                  | CYP                 |               |                    | 10

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferClosureDate
ld and adult     | ADULT                    |
ld and closed    | ADULT                    | 2025-09-30

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH | ServTeamIntAgeGroup
CYP                 | A06            | 02
SCHOOL              | C06            | 03
LD                  | E01            | 03
YOUNGLD             | E02            | 02
ADULT               | A05            | 03
"""  # noqa: E501  a wide table
SPELLS = """
2025-09 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID | StartDateHospProvSpell | DischDateHospProvSpell
H1              | cyp              | 2025-09-01             | 2025-10-01
H2              | no team          | 2025-09-01             | 2025-09-30
H3              | ends today       | 2025-09-01             |
H4              | ld               | 2025-09-01             |
"""
WARDS = """
2025-09 MHS502WardStay
WardStayID | HospProvSpellID | WardCode | StartDateWardStay | EndDateWardStay
S1         | H4              | CYPWARD  | 2025-09-01        |
S2         | H2              | LDWARD   | 2025-09-01        |
S3         | H1              | LDWARD   | 2025-09-01        | 2025-09-30

2025-09 MHS903WardDetails
WardCode | WardType
CYPWARD  | 01
LDWARD   | 05
"""


def areas(rows: pl.DataFrame) -> dict[str, str]:
    """Return the service areas of each referral as letters."""
    by_id = rows.unique("ServiceRequestID").sort("ServiceRequestID")
    return {
        name: "".join(letter for letter, there in zip("LCA", flags, strict=True) if there)
        for name, *flags in by_id.select(
            "ServiceRequestID", "is_ld_service", "is_cyp_service", "is_adult_service"
        ).iter_rows()
    }


def test_open_teams_put_a_referral_into_service_areas(derived: Callable[..., pl.DataFrame]) -> None:
    assert areas(derived(open_referrals, REFERRALS)) == {
        "cyp": "C",
        "cyp type": "C",
        "rejected": "A",
        "no team": "A",
        "ld": "L",
        "ld and adult": "LA",
        "ld and closed": "L",
        "young ld": "L",
        "young away": "CA",
    }


def test_open_ward_stays_outweigh_the_team(derived: Callable[..., pl.DataFrame]) -> None:
    found = areas(derived(open_referrals, REFERRALS + SPELLS + WARDS))
    assert {name: found[name] for name in ("cyp", "no team", "ld")} == {
        "cyp": "C",
        "no team": "L",
        "ld": "LC",
    }


def test_people_and_referrals_are_counted(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    assert counted_by_level(
        REFERRALS + SPELLS,
        *(
            "MHS01",
            "MHS23",
            "CYP01",
            "CYP23",
            "MH01",
            "MH01a",
            "MH01b",
            "MHS07",
            "MHS07a",
            "MHS23d",
        ),
    ) == {
        "MHS01": 3,
        "MHS23": 9,
        "CYP01": 2,
        "CYP23": 3,
        "MH01": 3,
        "MH01a": 1,
        "MH01b": 1,
        "MHS07": 2,
        "MHS07a": 1,
        "MHS23d": 5,
        "MHS23d 18-64": 2,
        "MHS23d 65+": 3,
    }
