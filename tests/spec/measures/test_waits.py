"""MRS11, MRS12, MRS13: referral spells that started, closed, are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

PERSON = """
{month} MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2012-05-01
"""
TEAMS = """
{month} MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
T1                  | A06
"""


def month(*referrals: tuple[str, str, str], at: str = "2025-09") -> str:
    """Write a month's referrals: id, received, discharged."""
    rows = "".join(f"{name} | P1 | T1 | {start} | {end}\n" for name, start, end in referrals)
    return (
        PERSON.format(month=at)
        + f"\n{at} MHS101Referral\nServiceRequestID | LocalPatientID | CareProfTeamLocalID |"
        " ReferralRequestReceivedDate | ServDischDate\n" + rows + TEAMS.format(month=at)
    )


@pytest.mark.parametrize(("second", "spells"), [("2025-08-15", 1), ("2025-08-16", 2)])
def test_referrals_five_days_apart_are_one_spell_and_six_days_are_two(
    counted: Callable[..., float], second: str, spells: int
) -> None:
    text = month(("R1", "2025-07-01", "2025-08-10"), ("R2", second, "2025-09-01"))
    assert counted("MRS11", text) == spells
    assert counted("MRS12", text) == spells


def test_overlapping_referrals_are_one_spell_from_the_first_to_the_last(
    counted: Callable[..., float],
) -> None:
    text = month(("R1", "2025-06-01", "2025-09-01"), ("R2", "2025-07-05", "2025-07-10"))
    assert counted("MRS11", text) == 0
    assert counted("MRS12", text) == 1


def test_an_undischarged_referral_of_the_month_is_open(counted: Callable[..., float]) -> None:
    text = month(("R1", "2025-09-01", ""))
    assert [counted(name, text) for name in ("MRS11", "MRS12", "MRS13")] == [1, 0, 1]


@pytest.mark.parametrize(
    ("discharged", "closed", "is_open"), [("2025-09-25", 0, 1), ("2025-09-24", 1, 0)]
)
def test_a_spell_that_ended_in_the_last_five_days_is_still_open(
    counted: Callable[..., float], discharged: str, closed: int, is_open: int
) -> None:
    text = month(("R1", "2025-09-01", discharged))
    assert counted("MRS12", text) == closed
    assert counted("MRS13", text) == is_open


def test_a_referral_no_longer_submitted_closes_with_its_last_month(
    counted: Callable[..., float],
) -> None:
    text = month(("R1", "2025-06-01", ""), at="2025-08")
    assert counted("MRS12", text) == 1
    assert counted("MRS13", text) == 0


def test_the_latest_version_of_a_referral_decides(counted: Callable[..., float]) -> None:
    text = month(("R1", "2025-06-01", ""), at="2025-08") + month(("R1", "2025-06-01", ""))
    assert counted("MRS12", text) == 0
    assert counted("MRS13", text) == 1


def test_a_rejected_referral_without_discharge_is_neither_open_nor_closed(
    counted: Callable[..., float],
) -> None:
    text = month(("R1", "2025-09-01", "")).replace("ServDischDate", "ReferRejectionDate")
    rejected = text.replace("2025-09-01 | \n", "2025-09-01 | 2025-09-10\n")
    assert [counted(name, rejected) for name in ("MRS11", "MRS12", "MRS13")] == [1, 0, 0]


def one_each(*cases: tuple[str, str, str]) -> str:
    """Write a referral of one person for each team type, reason and priority."""
    ids = range(len(cases))
    people = "".join(f"P{i} | 2012-05-01\n" for i in ids)
    teams = "".join(f"T{i} | {team}\n" for i, (team, _, _) in enumerate(cases))
    referrals = "".join(
        f"R{i} | P{i} | T{i} | 2025-09-01 | {reason} | {priority}\n"
        for i, (_, reason, priority) in enumerate(cases)
    )
    return (
        f"2025-09 MHS001MPI\nLocalPatientID | PersonBirthDate\n{people}\n"
        f"2025-09 MHS902ServiceTeamDetails\nCareProfTeamLocalID | ServTeamTypeMH\n{teams}\n"
        "2025-09 MHS101Referral\nServiceRequestID | LocalPatientID | CareProfTeamLocalID |"
        f" ReferralRequestReceivedDate | PrimReasonReferralMH | ClinRespPriorityType\n{referrals}"
    )


def test_team_reason_and_priority_decide_what_is_in_scope(counted: Callable[..., float]) -> None:
    """A18 is the single point of access; reason 12 an eating disorder, 01 a first psychosis."""
    urgent_access = [("A18", "", priority) for priority in ("1", "2", "4")]
    crisis_and_support = [(team, "", "") for team in ("A02", "A25", "C05", "E02", "E04")]
    disorders = [("A06", "12", ""), ("", "12", ""), ("A14", "01", "")]
    assert counted("MRS11", one_each(*urgent_access, *crisis_and_support, *disorders)) == 0
    kept = [
        ("A06", "", "1"),
        ("", "", ""),
        ("A18", "12", "3"),
        ("F01", "12", ""),
        ("A14", "02", ""),
    ]
    assert counted("MRS11", one_each(*kept)) == len(kept)


def test_a_spell_from_before_2016_is_left_out(counted: Callable[..., float]) -> None:
    assert counted("MRS13", month(("R1", "2015-12-31", ""))) == 0


def test_a_hospital_spell_in_an_earlier_month_takes_the_referral_out(
    counted: Callable[..., float],
) -> None:
    stay = """
2025-08 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID
H1              | R1
"""
    text = month(("R1", "2025-06-01", ""), at="2025-08") + stay
    assert counted("MRS13", text + month(("R1", "2025-06-01", ""))) == 0
