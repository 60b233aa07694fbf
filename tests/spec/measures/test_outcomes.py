"""MHS110: referrals closed in the month after at least two contacts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

CLOSED = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ServDischDate | ReferRejectionDate |\
 ReferralRequestReceivedDate
P1             | R1               | T1                  | {discharged}  | {rejected}         |\
 {received}

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
T1                  | {team}
T2                  | A06
"""
EARLIER = """
2025-08 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2012-05-01

2025-08 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-03-01

2025-08 MHS204IndirectActivity
ServiceRequestID | IndirectActDate | IndirectActTime
R1               | 2025-08-01      | 09:00:00
"""
CONTACT = """
2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | {day}        | 5            | 01
"""


def closed(
    received: str = "2025-03-01",
    discharged: str = "2025-09-20",
    rejected: str = "",
    team: str = "A06",
) -> str:
    return CLOSED.format(received=received, discharged=discharged, rejected=rejected, team=team)


def contact(day: str = "2025-09-20") -> str:
    return CONTACT.format(day=day)


def test_contacts_of_all_months_count_and_indirect_activity_is_a_contact(
    counted: Callable[..., float],
) -> None:
    assert counted("MHS110", EARLIER + closed() + contact()) == 1


@pytest.mark.parametrize(("day", "expected"), [("2025-09-20", 1), ("2025-09-21", 0)])
def test_the_second_contact_is_on_or_before_the_day_of_discharge(
    counted: Callable[..., float], day: str, expected: int
) -> None:
    assert counted("MHS110", EARLIER + closed() + contact(day)) == expected


def test_two_contacts_may_share_a_day(counted: Callable[..., float]) -> None:
    twice = contact() + "C2 | R1 | 2025-09-20 | 6 | 11\n"
    assert counted("MHS110", closed() + twice) == 1


def test_one_contact_is_not_enough(counted: Callable[..., float]) -> None:
    assert counted("MHS110", closed() + contact()) == 0


def test_indirect_activity_of_one_date_and_time_counts_once(counted: Callable[..., float]) -> None:
    repeated = EARLIER + "R1 | 2025-08-01 | 09:00:00\n"
    assert counted("MHS110", repeated + closed()) == 0
    assert counted("MHS110", repeated.replace("09:00:00\n", "10:00:00\n", 1) + closed()) == 1


def test_contacts_of_a_person_known_by_another_number_then_do_not_count(
    counted: Callable[..., float],
) -> None:
    text = EARLIER + closed() + contact()
    unnumbered = "LocalPatientID | PersonBirthDate\nP1             |"
    numbered = "LocalPatientID | NHSNumber | PersonBirthDate\nP1 | 9990000001 |"
    assert counted("MHS110", text.replace(unnumbered, numbered, 1)) == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"received": "2015-12-31"},
        {"discharged": "2025-08-31"},
        {"discharged": ""},
        {"rejected": "2025-09-20"},
        {"team": "B02"},
        {"received": "2030-05-01"},
        {"team": "A14"},
    ],
)
def test_what_takes_a_referral_out(counted: Callable[..., float], changed: dict[str, str]) -> None:
    assert counted("MHS110", EARLIER + closed(**changed) + contact()) == 0


def test_a_referral_without_a_team_type_stays_in(counted: Callable[..., float]) -> None:
    assert counted("MHS110", EARLIER + closed(team="") + contact()) == 1


def test_one_included_team_keeps_the_referral(counted: Callable[..., float]) -> None:
    other = """
2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID
R1               | T2
"""
    assert counted("MHS110", EARLIER + closed(team="E01") + contact() + other) == 1


def test_a_hospital_spell_in_any_month_takes_the_referral_out(
    counted: Callable[..., float],
) -> None:
    spell = """
2025-08 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID
H1              | R1
"""
    assert counted("MHS110", EARLIER + spell + closed() + contact()) == 0
