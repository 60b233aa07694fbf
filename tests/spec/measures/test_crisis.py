"""CCR and PLS: referrals to crisis and liaison teams, and how soon somebody was seen."""

from __future__ import annotations

from collections.abc import Callable


def referrals(*rows: str, born: str = "2012-05-01") -> str:
    """Write referrals of the 5th at 22:00: number, team type, priority and source."""
    lines = [row.split() for row in rows]
    people = "".join(f"P{r} | {born}\n" for r, *_ in lines)
    made = "".join(
        f"R{r} | P{r} | {t} | 2025-09-05 | 22:00:00 | {p} | {s}\n" for r, t, p, s in lines
    )
    teams = "".join(f"{team} | {team}\n" for team in sorted({team for _, team, _, _ in lines}))
    return (
        f"2025-09 MHS001MPI\nLocalPatientID | PersonBirthDate\n{people}\n"
        "2025-09 MHS101Referral\nServiceRequestID | LocalPatientID | CareProfTeamLocalID |"
        " ReferralRequestReceivedDate | ReferralRequestReceivedTime | ClinRespPriorityType |"
        f" SourceOfReferralMH\n{made}\n"
        f"2025-09 MHS902ServiceTeamDetails\nCareProfTeamLocalID | ServTeamTypeMH\n{teams}\n"
    )


def contacts(*rows: str, month: str = "2025-09") -> str:
    """Write contacts: referral, date, time, attendance and mechanism."""
    lines = "".join(f"C{i} | R{' | '.join(row.split())}\n" for i, row in enumerate(rows))
    return (
        f"{month} MHS201CareContact\nCareContactID | ServiceRequestID | CareContDate |"
        f" CareContTime | AttendStatus | ConsMechanismMH\n{lines}\n"
    )


def test_the_first_face_to_face_contact_is_timed_across_midnight(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """Two hours to midnight and two more are four; a second more is not within four hours."""
    text = referrals(
        "1 A02 4 A1", "2 A18 4 A1", "3 A19 4 A1", "4 A02 4 A1", "5 A02 2 A1", "6 A06 4 A1"
    ) + contacts(
        "1 2025-09-06 02:00:00 5 01",
        "2 2025-09-06 02:00:01 5 01",
        "3 2025-09-05 23:00:00 5 02",
        "3 2025-09-05 23:00:00 3 01",
        "4 2025-09-05 21:59:00 5 01",
        "5 2025-09-06 22:00:00 6 01",
        "6 2025-09-06 01:00:00 5 01",
    )
    ids = ("CCR70b", "CCR117b", "CCR118b", "CCR119b", "CCR71b", "CCR73b", "CCR120b")
    assert counted_by_level(text, *ids) == {
        "CCR70b": 0,
        "CCR117b": 4,
        "CCR118b": 2,
        "CCR119b": 1,
        "CCR71b": 1,
        "CCR73b": 1,
        "CCR120b": 1,
    }


def test_liaison_counts_referrals_from_accident_and_emergency(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """A contact without a time stands for the midnight before, so it is before the referral."""
    text = referrals("1 A11 3 H1", "2 C05 3 H1", "3 A11 3 A1", "4 A11 3 H1") + contacts(
        "1 2025-09-05 23:00:00 5 01", "2 2025-09-05 23:00:01 5 01", "3 2025-09-05 22:10:00 5 01"
    ).replace("C2 |", "C3 | R4 | 2025-09-05 | | 5 | 01\nC2 |")
    ids = ("PLS121b", "PLS122b", "PLS123b")
    assert counted_by_level(text, *ids) == {"PLS121b": 3, "PLS122b": 2, "PLS123b": 1}


def test_adults_are_left_out(counted_by_level: Callable[..., dict[str, float]]) -> None:
    text = referrals("1 A02 4 A1", "2 A11 3 H1", born="1990-01-01")
    assert counted_by_level(text, "CCR117b", "PLS121b") == {"CCR117b": 0, "PLS121b": 0}
