"""Ward stays, bed days, admissions, lengths of stay and the Mental Health Act."""

from __future__ import annotations

from collections.abc import Callable

PATIENTS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000018 | 2009-09-30
P2             | 9990000026 | 2008-09-29
P3             | 9990000034 | 1960-01-01
P4             | 9990000034 | 1960-01-01

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-08-01
R2               | P2             | 2025-08-01
R3               | P3             | 2025-08-01
"""
STAYS = """
2025-09 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID | StartDateHospProvSpell | StartTimeHospProvSpell | DischDateHospProvSpell
H1              | R1               | 2025-08-01             |                        |
H2              | R2               | 2025-09-10             | 10:00:00               | 2025-09-15
H3              | R3               | 2025-09-29             |                        |

2025-09 MHS502WardStay
WardStayID | HospProvSpellID | WardCode | StartDateWardStay | StartTimeWardStay | EndDateWardStay | MHAdmittedPatientClass
S1         | H1              | ADULT    | 2025-08-01        |                   |                 | 200
S2         | H2              | ADULT    | 2025-09-10        | 10:00:00          | 2025-09-10      | 300
S3         | H2              | CYP      | 2025-09-10        | 12:00:00          | 2025-09-15      | 302
S4         | H3              | OLDER    | 2025-09-29        | 09:00:00          | 2025-10-02      | 201
S5         | H3              | OLDER    | 2025-09-29        | 11:00:00          | 2025-09-30      | 999

2025-09 MHS903WardDetails
WardCode | WardType
ADULT    | 03
CYP      | 01
OLDER    | 06

2025-09 MHS509HomeLeave
WardStayID | StartDateHomeLeave | EndDateHomeLeave
S1         | 2025-08-30         | 2025-09-03

2025-09 MHS510LeaveOfAbsence
WardStayID | StartDateMHLeaveAbs | EndDateMHLeaveAbs
S1         | 2025-09-28          |
"""  # noqa: E501  a wide table
PERIODS = """
2025-09 MHS401MHActPeriod
MHActLegalStatusClassPeriodID | LocalPatientID | LegalStatusCode | EndDateMHActLegalStatusClass
L1                            | P1             | 02              |
L2                            | P2             | 03              |
L3                            | P3             | 03              |
L4                            | P3             | 04              | 2025-10-01
L5                            | P1             | 35              | 2025-09-30

2025-09 MHS404CommTreatOrder
MHActLegalStatusClassPeriodID | EndDateCommTreatOrd
L2                            |
"""


def test_open_ward_stays_count_by_age_and_service(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """A stay that ends on the last day is not open; one that ends later is."""
    text = PATIENTS + STAYS
    assert counted_by_level(text, "MHS21", "MHS21a", "MHS21c", "CYP21") == {
        "MHS21": 2,
        "MHS21a": 1,
        "MHS21c": 1,
    }


def test_bed_days_run_from_the_start_of_the_month_and_beyond_its_end(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """The person known under two local identifiers counts twice; leave is taken off."""
    first, second, third = 30, 0 + 5, 2 * (3 + 1)
    assert counted_by_level(PATIENTS + STAYS, "MHS24", "MHS25", "MHS24a", "MHS24b", "MHS24c") == {
        "MHS24": first + second + third,
        "MHS25": first + second + third - 2 - 3,
        "MHS24b": first,
        "MHS24c": 0,
    }


def test_admissions_take_the_bed_type_of_the_stays_that_started_with_them(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    assert counted_by_level(PATIENTS + STAYS, "MHS27", "MHS27a", "MHS28") == {
        "MHS27": 2,
        "MHS27a CYP Acute": 1,
        "MHS27a Older Adult Acute": 1,
        "MHS27a UNKNOWN": 1,
        "MHS28": 1,
    }


def test_lengths_of_stay_are_of_the_last_version_of_a_spell_discharged_in_the_quarter(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    """Stays of 5, 61 and, once for each ward stay that ended with it, 90 days."""
    text = """
2025-08 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000018 | 2009-09-30
P2             | 9990000026 | 2008-09-29

2025-08 MHS101Referral
ServiceRequestID | LocalPatientID
R1               | P1
R2               | P2

2025-08 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID | StartDateHospProvSpell | DischDateHospProvSpell
H1              | R1               | 2025-05-10             | 2025-08-08
H7              | R2               | 2025-06-01             | 2025-06-30
H8              | R1               | 2025-05-10             | 2025-08-08
H9              | R2               | 2025-06-01             | 2025-08-01

2025-08 MHS502WardStay
WardStayID | HospProvSpellID | StartDateWardStay | EndDateWardStay
S8         | H8              | 2025-08-01        | 2025-08-08
S9         | H8              | 2025-08-08        | 2025-08-08
"""
    ids = ("MHS142", "MHS142a", "MHS142b", "MHS104", "MHS104b", "MHS105", "MHS105b")
    assert counted_by_level(PATIENTS + STAYS + text, *ids) == {
        "MHS142": 2,
        "MHS142a": 62,
        "MHS142b": 76,
        "MHS104": 2,
        "MHS104b": 100,
        "MHS105": 1,
        "MHS105b": 50,
    }


def test_a_short_term_order_and_one_in_the_community_outrank_detention(
    counted_by_level: Callable[..., dict[str, float]],
) -> None:
    ids = ("MHS08", "MHS08a", "MHS09", "MH09a", "MH10a", "MHS11", "MHS11a")
    assert counted_by_level(PATIENTS + STAYS + PERIODS, *ids) == {
        "MHS08": 3,
        "MHS08a": 2,
        "MHS09": 1,
        "MH09a": 1,
        "MH10a": 1,
        "MHS11": 1,
    }
