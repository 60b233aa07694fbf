"""MRS01 to MRS22: what stops the clock of a referral spell, of children and of adults.

Each person has one referral with the same number, received on 1 September 2025.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from mhsds_recon.frames import Extract, Reference
from mhsds_recon.measures import count
from mhsds_recon.measures.derivations import adult_referral_spells, referral_spells
from mhsds_recon.standard import ReportingPeriod, Standard
from tests.spec.measures.conftest import read_members

if TYPE_CHECKING:
    import polars as pl

INTERVENTION, OTHER_INTERVENTION = "1853461000000105", "1853481000000101"
ASSESSMENT = "1853441000000109"
AUTISM_ASSESSMENT = "1085671000000109"
NO_HELP_FOR_ADULTS = "11429006"
BASELINE_TOOL, CURRENT_VIEW = "960321000000103", "987411000000103"
MEMBERS = f"""
{INTERVENTION} | 100 | 1 | 2025-09-20
{INTERVENTION} | 200 | 1 | 2023-11-22
{INTERVENTION} | 200 | 0 | 2025-09-10
{OTHER_INTERVENTION} | {NO_HELP_FOR_ADULTS} | 1 | 2023-11-22
{ASSESSMENT} | 300 | 1 | 2023-11-22
{ASSESSMENT} | {AUTISM_ASSESSMENT} | 1 | 2023-11-22
"""


def people(count: int, *, born: str, team: str) -> str:
    """Write so many people with a referral each, to one team."""
    ids = range(1, count + 1)
    patients = "".join(f"P{i} | {born}\n" for i in ids)
    referrals = "".join(f"R{i} | P{i} | T1 | 2025-09-01\n" for i in ids)
    return (
        f"2025-09 MHS001MPI\nLocalPatientID | PersonBirthDate\n{patients}\n"
        "2025-09 MHS101Referral\nServiceRequestID | LocalPatientID | CareProfTeamLocalID |"
        f" ReferralRequestReceivedDate\n{referrals}\n"
        f"2025-09 MHS902ServiceTeamDetails\nCareProfTeamLocalID | ServTeamTypeMH\nT1 | {team}\n"
        "T2 | A12\n\n"
    )


def block(table: str, columns: str, *rows: str) -> str:
    return "\n".join([f"2025-09 {table}", columns, *rows]) + "\n\n"


def contacts(*rows: str) -> str:
    """Write contacts: referral, day of September, attendance and mechanism."""
    lines = [row.split() for row in rows]
    return block(
        "MHS201CareContact",
        "CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH",
        *(f"C{i} | R{r} | {on(day)} | {s} | {m}" for i, (r, day, s, m) in enumerate(lines, 1)),
    )


def scores(*rows: str, tool: str = BASELINE_TOOL) -> str:
    """Write assessments: referral, day of September and perhaps another tool."""
    lines = [(*row.split(), tool)[:3] for row in rows]
    return block(
        "MHS606CodedScoreAssessmentRefer",
        "ServiceRequestID | CodedAssToolType | PersScore | AssToolCompTimestamp",
        *(f"R{r} | {t} | 999 | {on(day)}T09:00:00+00:00" for r, day, t in lines),
    )


def care_plans(*rows: str) -> str:
    """Write agreed care plans: patient, day of creation and of the last update (- for none)."""
    lines = [row.split() for row in rows]
    return block(
        "MHS008CarePlanType",
        "CarePlanID | LocalPatientID | CarePlanCreatDate | CarePlanLastUpdateDate",
        *(f"CP{p} | P{p} | {on(created)} | {on(updated)}" for p, created, updated in lines),
    ) + block("MHS009CarePlanAgreement", "CarePlanID", *(f"CP{row.split()[0]}" for row in rows))


def indirect(*rows: str) -> str:
    """Write indirect activity: referral, day of September and procedure (- for none)."""
    lines = [row.split() for row in rows]
    return block(
        "MHS204IndirectActivity",
        "ServiceRequestID | IndirectActDate | IndirectActTime | IndActProcedure",
        *(f"R{r} | {on(day)} | 10:00:00 | {'' if p == '-' else p}" for r, day, p in lines),
    )


def on(day: str) -> str:
    """Write a day of September; a word with dashes is a date already, one dash is none."""
    if day == "-":
        return ""
    return day if "-" in day else f"2025-09-{int(day):02d}"


def by_person(spells: pl.DataFrame, column: str) -> dict[int, int | None]:
    """Return a date of each person's spell as its day."""
    found = spells.select("Person_ID", column).iter_rows()
    days = {int(who.removeprefix("RZZP")): day and day.day for who, day in found}
    return dict(sorted(days.items()))


def test_the_clock_stops_with_the_last_of_contact_baseline_and_help(
    derived: Callable[..., pl.DataFrame],
) -> None:
    text = (
        people(6, born="2012-05-01", team="A06")
        + contacts("1 10 5 01", "2 10 5 01", "3 10 7 01", "4 10 5 10", "6 10 6 11")
        + scores("1 12", "2 12", "3 12", "4 12", "5 12", f"6 12 {CURRENT_VIEW}")
        + care_plans("1 5 11", "3 5 11", "4 5 11", "5 5 20", "6 5 11")
        + indirect("5 9 -")
    )
    spells = derived(referral_spells, text, members=MEMBERS)
    assert by_person(spells, "first_contact") == {1: 10, 2: 10, 3: None, 4: None, 5: 9, 6: 10}
    assert by_person(spells, "clock_stop") == {1: 12, 2: None, 3: None, 4: None, 5: 12, 6: None}
    first = spells.filter(Person_ID="RZZP1")
    assert first["days_to_clock_stop"].item() == 11
    assert first["days_open"].item() == 29


def test_care_plans_and_procedures_of_the_reference_sets_are_help(
    derived: Callable[..., pl.DataFrame],
) -> None:
    """A membership has no first day here, and a last one that is included."""
    cases = {
        1: "100",
        2: "100:408730004=385644000",
        3: "200",
        4: "200",
        5: "300",
        6: AUTISM_ASSESSMENT,
        7: NO_HELP_FOR_ADULTS,
        8: "400",
    }
    days = {name: 11 if name == 4 else 10 for name in cases}
    plans = ("9 3 8", "10 2025-08-20 8", "11 8 -", "12 2025-08-20 2025-08-25")
    not_attended = "13 10 3 05"
    text = (
        people(13, born="2012-05-01", team="A06")
        + indirect(*(f"{name} {days[name]} {code}" for name, code in cases.items()))
        + care_plans(*plans)
        + contacts(not_attended)
        + block("MHS202CareActivity", "CareActID | CareContactID | Procedure", "A1 | C1 | 100")
    )
    spells = derived(referral_spells, text, members=MEMBERS)
    helped = {1: 10, 2: 10, 3: 10, 4: None, 5: None, 6: 10, 7: 10, 8: None}
    planned = {9: 3, 10: 8, 11: None, 12: None}
    assert by_person(spells, "first_plan_or_intervention") == helped | planned | {13: 10}


def test_adults_need_an_assessment_and_have_a_second_contact(
    derived: Callable[..., pl.DataFrame],
) -> None:
    """Person 3 is with two teams of community services, person 5 came before April 2024."""
    text = (
        people(5, born="1980-05-01", team="C10")
        + block("MHS102OtherServiceType", "ServiceRequestID | OtherCareProfTeamLocalID", "R3 | T2")
        + contacts("1 10 5 01", "1 11 5 01", "2 10 5 01", "3 10 5 01", "4 10 5 01")
        + scores("1 12", "2 12", "3 12", "4 12", "5 12")
        + care_plans("1 5 11", "2 5 11", "4 5 11", "5 5 11")
        + indirect("1 15 300", "2 9 -", f"3 13 {NO_HELP_FOR_ADULTS}", "3 14 300")
    )
    before = text.replace("R5 | P5 | T1 | 2025-09-01", "R5 | P5 | T1 | 2024-03-01").replace(
        "C5 | R4 | 2025-09-10", "C5 | R4 | 2025-09-10 | 5 | 01\nC6 | R5 | 2024-03-20"
    )
    spells = derived(adult_referral_spells, before, members=MEMBERS)
    assert by_person(spells, "second_contact") == {1: 11, 2: None, 3: 10, 4: None, 5: None}
    assert by_person(spells, "clock_stop") == {1: 15, 2: None, 3: None, 4: None, 5: 12}


def test_only_adults_of_community_teams_have_spells(derived: Callable[..., pl.DataFrame]) -> None:
    adults = people(1, born="1980-05-01", team="A14")
    children = people(1, born="2012-05-01", team="C10")
    assert derived(adult_referral_spells, adults).is_empty()
    assert derived(adult_referral_spells, children).is_empty()


def test_a_wait_is_counted_from_the_day_after_so_many_weeks(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """52 weeks before 30 September 2025 are 1 October 2024."""
    text = people(2, born="2012-05-01", team="A06")
    waiting = text.replace("P1 | T1 | 2025-09-01", "P1 | T1 | 2024-10-01").replace(
        "P2 | T1 | 2025-09-01", "P2 | T1 | 2024-09-30"
    )
    assert dt.date(2025, 9, 30) - dt.timedelta(weeks=52) == dt.date(2024, 10, 1)
    assert counted_by_level(waiting, "MRS10", "MRS10a", "MRS10b", "MRS14c", "MRS14e", "MRS14f") == {
        "MRS10": 2,
        "MRS10a": 364.5,
        "MRS10b": 364.9,
        "MRS14c": 0,
        "MRS14e": 1,
        "MRS14f": 50,
    }


def test_without_open_spells_shares_and_medians_are_zero(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    text = people(1, born="2012-05-01", team="A02")
    zero = dict.fromkeys(("MRS10", "MRS10a", "MRS14b"), 0.0)
    assert counted_by_level(text, *zero) == zero


def test_without_reference_sets_clock_stops_are_not_assessed(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    text = people(1, born="2012-05-01", team="A06")
    assert counted_by_level(text, "MRS08", "MRS09f", "MRS13", "MRS17") == {"MRS13": 1}


def test_open_spells_say_what_they_lack_for_a_clock_stop(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    text = people(3, born="2012-05-01", team="A06") + contacts("1 10 5 01") + scores("1 12", "2 12")
    found = counted_by_level(text, "LOC10", "LOC10a", "LOC10b")
    assert found == {"LOC10": 2, "LOC10a": 1}


def test_the_wait_to_a_clock_stop_has_a_middle_and_a_long_end(
    extracts_of: Callable[[str], list[Extract]], standard: Standard
) -> None:
    """Clocks stop after 11 and 21 days."""
    text = (
        people(3, born="2012-05-01", team="A06")
        + contacts("1 10 5 01", "2 10 5 01")
        + scores("1 12", "2 22")
        + care_plans("1 5 11", "2 5 11")
    )
    extracts = extracts_of(text)
    figures = count(
        extracts,
        standard=standard,
        period=ReportingPeriod(2025, 9),
        reference=Reference(refsets=extracts[0].engine.scan(read_members(MEMBERS))),
        measure_ids=["LOC11", "LOC11a", "LOC10b"],
        breakdowns=["Provider"],
    )
    found = dict(figures.frame.select("measure_id", "exact_value").iter_rows())
    assert {name: round(value, 6) for name, value in found.items()} == {
        "LOC11": 16,
        "LOC11a": 20,
        "LOC10b": 1,
    }
