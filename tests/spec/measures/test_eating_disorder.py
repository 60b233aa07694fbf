"""ED85 to ED107: waits of children and young people with an eating disorder."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from mhsds_recon.measures.derivations import eating_disorder_referrals

FAMILY_THERAPY, FROM_APRIL, TO_MARCH = "51484002", "1833251000000107", "1111811000000109"


def submission(month: str, *referrals: str, born: str = "2010-05-01") -> str:
    """Write referrals of one person each: number, date, priority, team type and discharge."""
    rows = [(*row.split(), "")[:5] for row in referrals]
    people = "".join(f"P{r} | {born}\n" for r, *_ in rows)
    made = "".join(f"R{r} | P{r} | {t} | {day} | 12 | {p} | {out}\n" for r, day, p, t, out in rows)
    return (
        f"{month} MHS001MPI\nLocalPatientID | PersonBirthDate\n{people}\n"
        f"{month} MHS101Referral\nServiceRequestID | LocalPatientID | CareProfTeamLocalID |"
        " ReferralRequestReceivedDate | PrimReasonReferralMH | ClinRespPriorityType |"
        f" ServDischDate\n{made}\n"
        f"{month} MHS902ServiceTeamDetails\nCareProfTeamLocalID | ServTeamTypeMH\n"
        "C07 | C07\nA18 | A18\nF01 | F01\n\n"
    )


def treatments(month: str, *contacts: str) -> str:
    """Write contacts: referral, date, attendance, mechanism and procedures."""
    lines = [row.split() for row in contacts]
    held = "".join(
        f"C{i} | R{r} | {day} | {status} | {how}\n"
        for i, (r, day, status, how, *_) in enumerate(lines)
    )
    done = "".join(
        f"A{i}{place} | C{i} | {code}\n"
        for i, (_, _, _, _, *codes) in enumerate(lines)
        for place, code in enumerate(codes)
    )
    return (
        f"{month} MHS201CareContact\nCareContactID | ServiceRequestID | CareContDate |"
        f" AttendStatus | ConsMechanismMH\n{held}\n"
        f"{month} MHS202CareActivity\nCareActID | CareContactID | Procedure\n{done}\n"
    )


def test_treatment_is_an_attended_contact_with_a_procedure_of_its_month(
    derived: Callable[..., pl.DataFrame],
) -> None:
    """One contact with two procedures is two treatments; later months accept other ones."""
    received = [f"{number} 2025-03-01 3 C07" for number in range(1, 11)]
    text = (
        submission("2025-09", *received)
        + submission("2025-03", *received)
        + treatments(
            "2025-09",
            f"1 2025-09-05 5 01 {FAMILY_THERAPY} {FROM_APRIL}",
            f"2 2025-09-05 7 01 {FAMILY_THERAPY}",
            f"3 2025-09-05 6 10 {FAMILY_THERAPY}",
            f"4 2025-09-05 6 04 {FROM_APRIL}:408730004=385644000",
            f"5 2025-09-05 5 11 {TO_MARCH}",
            f"6 2025-02-28 5 01 {FAMILY_THERAPY}",
            "7 2025-09-05 5 02 1323681000000103",
        )
        + treatments(
            "2025-03",
            f"8 2025-03-05 5 01 {TO_MARCH}",
            f"9 2025-03-05 5 04 {FAMILY_THERAPY}",
            f"10 2025-03-05 5 01 {FROM_APRIL}",
        )
    )
    found = derived(eating_disorder_referrals, text)
    days = {
        who: (first and first.isoformat()[5:], second and second.isoformat()[5:])
        for who, first, second in found.select(
            "ServiceRequestID", "first_treatment", "second_treatment"
        ).iter_rows()
    }
    nothing = (None, None)
    assert days == {
        "R1": ("09-05", "09-05"),
        "R2": nothing,
        "R3": nothing,
        "R4": ("09-05", None),
        "R5": nothing,
        "R6": nothing,
        "R7": ("09-05", None),
        "R8": ("03-05", None),
        "R9": nothing,
        "R10": nothing,
    }
    former = found.filter(pl.col("former_first_treatment").is_not_null())["ServiceRequestID"]
    assert sorted(former) == ["R1", "R5", "R8"]


def test_bands_count_whole_weeks_and_shares_are_of_the_whole(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    text = submission(
        "2025-09", "1 2025-09-01 1 C07", "2 2025-09-01 2 C07", "3 2025-09-01 4 C07"
    ) + treatments(
        "2025-09",
        f"1 2025-09-08 5 01 {FAMILY_THERAPY}",
        f"2 2025-09-09 5 01 {FAMILY_THERAPY} {FAMILY_THERAPY}",
        f"3 2025-09-30 5 01 {FAMILY_THERAPY}",
    )
    assert counted_by_level(
        text, "ED85", "ED86", "ED86a", "ED86b", "ED86c", "ED86e", "ED87", "ED92", "ED100"
    ) == {
        "ED85": 3,
        "ED86": 3,
        "ED86a": 1,
        "ED86b": 1,
        "ED86c": 1,
        "ED86e": pytest.approx(100 / 3),
        "ED92": 8,
        "ED100": 1,
    }


def test_waiting_is_for_those_under_18_and_open_without_access_or_school_team(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    text = submission(
        "2025-09",
        "1 2025-09-02 3 C07",
        "2 2025-09-02 3 A18",
        "3 2025-09-02 3 F01",
        "4 2025-09-02 3 C07 2025-09-30",
        "5 2025-09-02 9 C07",
        "6 2015-12-31 3 C07",
    ) + submission("2025-08", "7 2025-08-02 3 C07")
    assert counted_by_level(text, "ED88", "ED90b", "ED95", "ED105") == {
        "ED88": 1,
        "ED90b": 1,
        "ED95": 28,
    }
    grown_up = submission("2025-09", "1 2025-09-02 3 C07", born="2007-09-30")
    assert counted_by_level(grown_up, "ED88", "ED105", "ED106") == {"ED105": 1, "ED106": 28}


def test_up_to_august_2025_another_method_counts(counted: Callable[..., float]) -> None:
    """Ages to 18, any team, another list of procedures; those over 17 go on waiting."""
    text = (
        submission("2025-08", "1 2025-08-01 1 A18", "2 2025-08-01 3 C07", born="2007-05-01")
        + treatments("2025-08", f"1 2025-08-05 5 01 {TO_MARCH}", f"2 2025-08-05 5 01 {FROM_APRIL}")
        + submission("2025-09", "1 2025-08-01 1 A18", "2 2025-08-01 3 C07", born="2007-05-01")
    )
    august = [counted(name, text, period="2025-08") for name in ("ED85", "ED86a", "ED90")]
    assert august == [1, 1, 1]
    assert counted("ED85", text) == 0
