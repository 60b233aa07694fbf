"""Contacts, indirect activity and referrals of the month."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from mhsds_recon.measures.derivations import starting_referrals

PEOPLE = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000018 | 2006-09-11
P2             | 9990000026 | 2015-01-01
P3             | 9990000034 | 1960-01-01

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH | ServTeamIntAgeGroup
ADULT               | A06            | 03
PERINATAL           | C02            | 03
"""
REFERRALS = """
2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | ServDischDate | SourceOfReferralMH | CareProfTeamLocalID
R18              | P1             | 2025-09-10                  | 2025-09-11    | A1                 | ADULT
R19              | P1             | 2025-09-11                  |               | B1                 | ADULT
child            | P2             | 2025-09-30                  | 2025-10-01    | A4                 |
before           | P2             | 2025-08-31                  | 2025-08-31    | B1                 |
after            | P2             | 2025-10-01                  | 2025-10-02    |                    |
long ago         | P2             | 2015-12-31                  | 2025-09-30    |                    | PERINATAL
old              | P3             | 2025-09-01                  |               |                    | PERINATAL
"""  # noqa: E501  a wide table
CONTACTS = """
2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH | OtherCareProfTeamLocalID
C1            | R18              | 2025-09-01   | 5            | 05              |
C1            | R18              | 2025-09-01   | 5            | 05              |
C2            | R19              | 2025-09-30   | 6            |                 |
C3            | R18              | 2025-08-31   | 5            | 01              |
C4            | R18              | 2025-10-01   | 5            | 01              |
C5            | child            | 2025-09-15   | 3            | 01              |
C6            | unknown          | 2025-09-15   | 5            | 01              |
              | R18              | 2025-09-15   | 5            | 01              |
C7            | child            | 2025-09-30   |              | 03              |
C8            | old              | 2025-09-16   | 4            | 01              |
C9            | child            | 2025-09-16   | 5            | 03              | ADULT
C10           | old              | 2025-09-16   | 5            | 01              | ADULT
C11           | R18              | 2025-09-17   | 5            | 98              | PERINATAL
"""  # noqa: E501  a wide table
INDICATORS = """
2025-09 MHS005PatInd
LocalPatientID | LACStatus | CPP | YoungCarer
P1             | N         | 3   |
P2             | Y         | X   | Y
P3             | Y         | 3   | Y
"""
INDIRECT = """
2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate | IndirectActTime
R18              | 2025-09-30      | 10:00:00
R18              | 2025-09-30      | 10:00:00
child            | 2025-09-01      |
before           | 2025-08-31      |
R19              | 2025-09-15      |
"""


def test_contacts_of_the_month_count_by_attendance_mechanism_age_and_team(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """Any mechanism counts; ages are those at referral; the team is the contact's own if given."""
    measures = (
        *("MHS29", "MHS29d", "MHS29f", "MHS30", "MHS30d", "MHS30e", "MHS30f", "MHS55a", "MHS58"),
        *("MHS29a", "MHS58a"),
    )
    found = counted_by_level(PEOPLE + REFERRALS + CONTACTS, *measures)
    assert {name: value for name, value in found.items() if not name.startswith("MHS29d ")} == {
        "MHS29": 8,
        "MHS29a": 2,
        "MHS29a 4": 1,
        "MHS29a 5": 1,
        "MHS29d": 4,
        "MHS29f 3": 1,
        "MHS29f 4": 1,
        "MHS29f 5": 4,
        "MHS29f 6": 1,
        "MHS29f UNKNOWN": 1,
        "MHS30": 5,
        "MHS30d": 3,
        "MHS30e 05": 1,
        "MHS30e 98": 1,
        "MHS30e Invalid": 1,
        "MHS30f": 2,
        "MHS30f 18-64": 2,
        "MHS30f 05": 1,
        "MHS30f Missing": 1,
        "MHS55a": 2,
        "MHS58": 2,
        "MHS58a 3": 1,
    }


def test_referrals_received_active_and_discharged(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """Codes that the publication does not list are invalid; age 18 at referral is still young."""
    measures = (
        *("MHS32", "MHS32a", "MHS32b", "MHS32c", "MHS38a", "MHS39a", "MHS40", "MHS41", "MHS42"),
        *("MHS57", "MHS57a", "MHS57b"),
    )
    assert counted_by_level(PEOPLE + REFERRALS + INDICATORS, *measures) == {
        "MHS32": 4,
        "MHS32a": 2,
        "MHS32a A": 1,
        "MHS32a Invalid": 1,
        "MHS32c": 2,
        "MHS32c 18-64": 2,
        "MHS38a": 3,
        "MHS39a": 2,
        "MHS40": 1,
        "MHS41": 1,
        "MHS42": 1,
        "MHS57": 2,
        "MHS57a": 2,
        "MHS57b": 1,
        "MHS57b 18-64": 1,
    }


def test_indirect_activity_counts_for_referrals_up_to_age_18(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    found = counted_by_level(PEOPLE + REFERRALS + INDIRECT, "MHS38b", "MHS56a")
    assert found == {"MHS38b": 2, "MHS56a": 2}


def test_a_first_attended_contact_is_the_earliest_of_all_months(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """It counts where it falls in the month and was submitted with it, referrals from 2016 on.

    A referral's day counts by whichever contact; the mechanism only by the first contact itself.
    """
    text = """
2025-08 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P2             | 9990000026 | 2015-01-01

2025-08 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
seen before      | P2             | 2025-08-01
replaced         | P2             | 2025-08-01
gone             | P2             | 2025-08-01

2025-08 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
A1            | seen before      | 2025-08-30   | 5            | 01
A2            | replaced         | 2025-09-02   | 5            | 01
A3            | gone             | 2025-09-02   | 5            | 01

2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P2             | 9990000026 | 2015-01-01

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | ServDischDate
seen before      | P2             | 2025-08-01                  |
replaced         | P2             | 2025-08-01                  | 2025-09-01
gone             | P2             | 2025-08-01                  |
too early        | P2             | 2015-12-31                  |
closed before    | P2             | 2025-08-01                  | 2025-08-31
new              | P2             | 2025-09-01                  |

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
B1            | seen before      | 2025-09-01   | 5            | 01
B2            | replaced         | 2025-09-02   | 3            | 01
B3            | too early        | 2025-09-02   | 5            | 01
B4            | closed before    | 2025-09-02   | 5            | 01
B5            | new              | 2025-09-03   | 3            | 01
B6            | new              | 2025-09-04   | 6            | 02
B7            | new              | 2025-09-04   | 5            | 11
"""
    found = counted_by_level(text, "MHS61a", "MHS61b")
    assert found == {"MHS61a": 2, "MHS61b 02": 1}


def test_current_view_scores_count_up_to_the_first_moment_of_the_last_day(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    rows = [
        ("R18", "987251000000103", "0", "2025-09-01T00:00:00+00:00"),
        ("child", "987251000000103", "888", "2025-09-30T00:00:00+00:00"),
        ("child", "987251000000103", "1", "2025-09-30T00:00:01+00:00"),
        ("before", "987251000000103", "1", "2025-09-30T09:00:00+00:00"),
        ("after", "987251000000103", "1", "2025-09-15T09:00:00+00:00"),
        ("R19", "987251000000103", "1", "2025-09-15T09:00:00+00:00"),
        ("long ago", "987251000000103", "4", "2025-09-15T09:00:00+00:00"),
        ("long ago", "979641000000103", "1", "2025-09-15T09:00:00+00:00"),
    ]
    table = "2025-09 MHS606CodedScoreAssessmentRefer\n"
    table += "ServiceRequestID | CodedAssToolType | PersScore | AssToolCompTimestamp\n"
    text = table + "\n".join(" | ".join(row) for row in rows)
    assert counted_by_level(PEOPLE + REFERRALS + "\n" + text, "MHS68") == {"MHS68": 2}


def test_teams_and_stays_make_a_starting_referral_one_to_childrens_services(
    derived: Callable[..., pl.DataFrame],
) -> None:
    """A team that has closed does so too; a stay does so only if it starts with the referral."""
    cases = {
        "type": ("C05", "03", True),
        "age group": ("A06", "02", True),
        "adult": ("A06", "03", False),
        "ld": ("E01", "02", False),
        "none": ("", "", False),
        "ld, cyp closed": ("E01", "02", True),
        "adult, adult closed": ("A06", "03", False),
        "cyp ward": ("A06", "03", True),
        "cyp function": ("A06", "03", True),
        "adult function": ("A06", "03", False),
        "later stay": ("A06", "03", False),
        "ld ward": ("C05", "03", False),
        "ld function": ("C05", "03", False),
    }
    stays = {
        "cyp ward": ("01", "710", "2025-09-01"),
        "cyp function": ("03", "711", "2025-09-01"),
        "adult function": ("03", "710", "2025-09-01"),
        "later stay": ("01", "711", "2025-09-02"),
        "ld ward": ("05", "711", "2025-09-01"),
        "ld function": ("01", "700", "2025-09-01"),
    }
    tables = {
        "MHS001MPI": ["LocalPatientID", "P1"],
        "MHS101Referral": [
            "ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | CareProfTeamLocalID",
            *(f"{name} | P1 | 2025-09-01 | {name}" for name in cases),
        ],
        "MHS902ServiceTeamDetails": [
            "CareProfTeamLocalID | ServTeamTypeMH | ServTeamIntAgeGroup",
            *(f"{name} | {kind} | {ages}" for name, (kind, ages, _) in cases.items()),
            "C06 | C06 | 03",
            "A06 | A06 | 03",
        ],
        "MHS102OtherServiceType": [
            "ServiceRequestID | OtherCareProfTeamLocalID | ReferClosureDate",
            "ld, cyp closed | C06 | 2025-09-02",
            "adult, adult closed | A06 | 2025-09-02",
        ],
        "MHS501HospProvSpell": [
            "HospProvSpellID | ServiceRequestID",
            *(f"{name} | {name}" for name in stays),
        ],
        "MHS502WardStay": [
            "WardStayID | HospProvSpellID | WardCode | StartDateWardStay",
            *(f"{name} | {name} | {name} | {start}" for name, (_, _, start) in stays.items()),
        ],
        "MHS503AssignedCareProf": [
            "HospProvSpellID | StartDateAssCareProf | TreatFuncCodeMH",
            *(f"{name} | {start} | {code}" for name, (_, code, start) in stays.items()),
        ],
        "MHS903WardDetails": [
            "WardCode | WardType",
            *(f"{name} | {kind}" for name, (kind, _, _) in stays.items()),
        ],
    }
    text = "\n\n".join("\n".join([f"2025-09 {name}", *rows]) for name, rows in tables.items())
    rows = derived(starting_referrals, text)
    found = rows.group_by("ServiceRequestID").agg(pl.col("is_cyp_service").any())
    assert dict(found.iter_rows()) == {name: expected for name, (_, _, expected) in cases.items()}
