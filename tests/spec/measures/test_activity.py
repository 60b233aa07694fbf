"""MHS30d: attended contacts of the month. CYP32: referrals to children's services that start."""

from __future__ import annotations

from collections.abc import Callable

import pytest

PEOPLE = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2006-09-11
"""
REFERRAL = """
2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | CareProfTeamLocalID
R1               | P1             | {received}                  | T1
"""
CONTACTS = """
2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-09-01   | 5            | 05
C1            | R1               | 2025-09-01   | 5            | 05
C2            | R1               | 2025-09-30   | 6            |
C3            | R1               | 2025-08-31   | 5            | 01
C4            | R1               | 2025-10-01   | 5            | 01
C5            | R1               | 2025-09-15   | 3            | 01
C6            | unknown          | 2025-09-15   | 5            | 01
              | R1               | 2025-09-15   | 5            | 01
"""
TEAMS = """
2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH | ServTeamIntAgeGroup
T1                  | {team}         | {ages}
T2                  | {other}        | 03
"""
OTHER = """
2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferClosureDate
R1               | T2                       | 2025-09-02
"""


@pytest.mark.parametrize(("received", "expected"), [("2025-09-10", 2), ("2025-09-11", 0)])
def test_contacts_of_the_month_count_by_any_mechanism_up_to_age_18_at_referral(
    counted: Callable[..., float], received: str, expected: int
) -> None:
    text = PEOPLE + REFERRAL.format(received=received) + CONTACTS
    assert counted("MHS30d", text) == expected


@pytest.mark.parametrize(
    ("team", "ages", "expected"),
    [
        ("C05", "03", 1),
        ("A06", "02", 1),
        ("A06", "03", 0),
        ("E01", "02", 0),
        ("", "", 0),
    ],
)
def test_the_team_makes_a_referral_one_to_childrens_services(
    counted: Callable[..., float], team: str, ages: str, expected: int
) -> None:
    text = PEOPLE + REFERRAL.format(received="2025-09-01")
    assert counted("CYP32", text + TEAMS.format(team=team, ages=ages, other="A06")) == expected


@pytest.mark.parametrize(("other", "expected"), [("C06", 1), ("A06", 0)])
def test_another_team_makes_it_so_too_even_a_closed_one(
    counted: Callable[..., float], other: str, expected: int
) -> None:
    text = PEOPLE + REFERRAL.format(received="2025-09-01") + OTHER
    assert counted("CYP32", text + TEAMS.format(team="E01", ages="02", other=other)) == expected


@pytest.mark.parametrize("received", ["2025-08-31", "2025-10-01", "", "2025-09-31"])
def test_referrals_not_received_in_the_month_do_not_start_in_it(
    counted: Callable[..., float], received: str
) -> None:
    text = PEOPLE + REFERRAL.format(received=received)
    assert counted("CYP32", text + TEAMS.format(team="C05", ages="02", other="A06")) == 0


@pytest.mark.parametrize(
    ("ward", "function", "started", "team", "expected"),
    [
        ("01", "710", "2025-09-01", "A06", 1),
        ("03", "711", "2025-09-01", "A06", 1),
        ("03", "710", "2025-09-01", "A06", 0),
        ("01", "711", "2025-09-02", "A06", 0),
        ("05", "711", "2025-09-01", "C05", 0),
        ("01", "700", "2025-09-01", "C05", 0),
    ],
)
def test_a_ward_stay_that_starts_with_the_referral_tells_the_service(  # noqa: PLR0913
    counted: Callable[..., float],
    *,
    ward: str,
    function: str,
    started: str,
    team: str,
    expected: int,
) -> None:
    text = f"""
2025-09 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID
H1              | R1

2025-09 MHS502WardStay
WardStayID | HospProvSpellID | WardCode | StartDateWardStay
S1         | H1              | W1       | {started}

2025-09 MHS503AssignedCareProf
HospProvSpellID | StartDateAssCareProf | TreatFuncCodeMH
H1              | {started}            | {function}

2025-09 MHS903WardDetails
WardCode | WardType
W1       | {ward}
"""
    referral = PEOPLE + REFERRAL.format(received="2025-09-01")
    teams = TEAMS.format(team=team, ages="03", other="A06")
    assert counted("CYP32", referral + teams + text) == expected
