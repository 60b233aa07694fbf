"""By local team: the published measures, and those of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import Extract, Reference
from mhsds_recon.measures import Figures, count
from mhsds_recon.standard import ReportingPeriod, Standard

SEPTEMBER = ReportingPeriod(2025, 9)
ByTeam: TypeAlias = Callable[..., dict[str, dict[str, float]]]
Counted: TypeAlias = Callable[..., Figures]

TEAMS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01
P2             | 9990000002 | 2012-05-01
P3             | 9990000003 | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate
P1             | R1               | A                   | 2025-09-01
P2             | R2               | A                   | 2025-09-01
P3             | R3               |                     | 2025-09-01

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID
R1               | B

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | OtherCareProfTeamLocalID | CareContDate | AttendStatus |\
 ConsMechanismMH
C1            | R1               | B                        | 2025-09-02   | 5            | 01
C2            | R1               |                          | 2025-09-03   | 5            | 01
C3            | R2               |                          | 2025-09-02   | 5            | 01
C4            | R3               |                          | 2025-09-02   | 5            | 01

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
A                   | C10
B                   | A18
QUIET               | A06

2025-08 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
A                   | A06
"""


@pytest.fixture
def counted(extracts_of: Callable[[str], list[Extract]], standard: Standard) -> Counted:
    """Count measures in the months of a text, for the provider and by team."""

    def counted_in(text: str, *measure_ids: str, reference: Reference | None = None) -> Figures:
        local = [name for name, one in standard.breakdowns.items() if one.local]
        return count(
            extracts_of(text),
            standard=standard,
            period=SEPTEMBER,
            reference=reference or Reference(),
            measure_ids=measure_ids,
            breakdowns=["Provider", *local],
        )

    return counted_in


@pytest.fixture
def by_team(counted: Counted) -> ByTeam:
    """Count measures: what there is, by measure and team, where ``all`` stands for all teams."""

    def counted_in(text: str, *measure_ids: str) -> dict[str, dict[str, float]]:
        values: dict[str, dict[str, float]] = {name: {} for name in measure_ids}
        rows = counted(text, *measure_ids).frame.filter(
            pl.col("breakdown").is_in(["Provider", "Local team"]), pl.col("exact_value") > 0
        )
        for name, breakdown, level, value in rows.select(
            "measure_id", "breakdown", "primary_level", "exact_value"
        ).iter_rows():
            values[name]["all" if breakdown == "Provider" else level] = value
        return values

    return counted_in


def second_levels(figures: Figures, measure_id: str) -> dict[tuple[str, str], float]:
    rows = figures.frame.filter(
        pl.col("measure_id") == measure_id,
        pl.col("secondary_level") != "NONE",
        pl.col("exact_value") > 0,
    ).select("primary_level", "secondary_level", "exact_value")
    return {(first, second): value for first, second, value in rows.iter_rows()}


def test_a_contact_is_of_its_own_team_and_else_of_that_of_its_referral(by_team: ByTeam) -> None:
    found = by_team(TEAMS, "MHS30d", "MHS95")
    assert found["MHS30d"] == {"all": 4, "A": 2, "B": 1, "UNKNOWN": 1}
    # A child seen by two teams counts in each.
    assert found["MHS95"] == {"all": 3, "A": 2, "B": 1, "UNKNOWN": 1}


def test_a_referral_is_of_each_of_its_teams(by_team: ByTeam) -> None:
    found = by_team(TEAMS, "MHS32", "MHS130", "MHS131", "LOC05")
    assert found["MHS32"] == {"all": 3, "A": 2, "B": 1, "UNKNOWN": 1}
    assert found["LOC05"] == found["MHS32"]
    assert found["MHS130"] == {"all": 3, "A": 2, "B": 1, "UNKNOWN": 1}
    assert found["MHS131"] == {"all": 1, "A": 1, "B": 1, "UNKNOWN": 1}


def test_a_spell_is_of_the_teams_of_all_its_referrals(counted: Counted) -> None:
    text = """
2025-08 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-08 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate
P1             | R1               | A                   | 2025-08-01  | 2025-08-30

2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate
P1             | R2               | B                   | 2025-09-02  |

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID
R2               | C
R2               | ADULT

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
ADULT               | A02
"""
    frame = counted(text, "MRS11").frame.filter(pl.col("exact_value") > 0)
    teams = frame.filter(breakdown="Local team")
    assert frame.filter(breakdown="Provider")["exact_value"].to_list() == [1]
    # One out of scope of the measure is not among them.
    assert teams["primary_level"].to_list() == ["A", "B", "C"]


def test_teams_are_called_by_their_service_of_the_latest_month_or_by_their_own_name(
    counted: Counted, extracts_of: Callable[[str], list[Extract]]
) -> None:
    def names(figures: Figures) -> dict[str, str]:
        rows = figures.frame.filter(breakdown="Local team")
        return dict(rows.select("primary_level", "primary_level_description").iter_rows())

    of_service = names(counted(TEAMS, "MHS30d"))
    assert of_service["A"] == "Community Eating Disorder Service"
    assert of_service["UNKNOWN"] == "No team recorded"
    own = pl.LazyFrame({"team": ["A", "B"], "name": ["North team", None]})
    engine = extracts_of(TEAMS)[0].engine
    if engine.name == "polars":
        named = names(counted(TEAMS, "MHS30d", reference=Reference(team_names=engine.scan(own))))
        assert named == {**of_service, "A": "North team"}


def test_every_team_has_a_row_so_that_nought_is_not_told_from_few(counted: Counted) -> None:
    frame = counted(TEAMS, "MHS30d").frame.filter(breakdown="Local team")
    assert frame["primary_level"].to_list() == ["A", "B", "QUIET", "UNKNOWN"]
    assert set(frame["measure_value"]) == {"*"}


def test_measures_without_teams_say_so_and_are_not_divided(counted: Counted) -> None:
    figures = counted(TEAMS, "MHS27a", "MHS-DQM01")
    assert {one.reason for one in figures.not_assessed} == {"its rows say no team"}
    assert figures.frame.filter(breakdown="Local team").is_empty()


def test_an_unknown_breakdown_is_an_error_with_the_near_miss(
    extracts_of: Callable[[str], list[Extract]], standard: Standard
) -> None:
    with pytest.raises(UsageError, match="Did you mean 'Local team'"):
        count(extracts_of(TEAMS), standard=standard, period=SEPTEMBER, breakdowns=["Local teams"])


WAITS = """
2025-08 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-08 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate
P1             | R1               | A                   | 2025-08-01

2025-08 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
EARLY         | R1               | 2025-07-30   | 5            | 01
MISSED        | R1               | 2025-08-04   | 3            | 01
C1            | R1               | 2025-08-11   | 5            | 01

2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01
P2             | 9990000002 | 2012-05-01
ADULT          | 9990000009 | 1990-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate
P1             | R1               | A                   | 2025-08-01 | 2025-09-30
P2             | R2               | A                   | 2025-08-30 |
ADULT          | R3               | A                   | 2025-08-01 |

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID
R2               | B

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C2            | R1               | 2025-09-01   | 6            | 11
C3            | R1               | 2025-09-11   | 5            | 02
TEXT          | R2               | 2025-09-02   | 5            | 10
C4            | R2               | 2025-09-19   | 5            | 01
C5            | R3               | 2025-09-19   | 5            | 01

2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate
R2               | 2025-09-01
"""


def test_waits_run_from_referral_to_the_first_and_second_attended_contact(
    by_team: ByTeam,
) -> None:
    found = by_team(WAITS, "LOC01", "LOC01a", "LOC01b", "LOC01c", "LOC02", "LOC02a")
    assert found["LOC01"] == {"all": 2, "A": 2, "B": 1}
    assert found["LOC01a"] == {"all": 15, "A": 15, "B": 20}
    assert found["LOC01b"] == {"all": 15, "A": 15, "B": 20}
    assert found["LOC01c"] == {"all": 20, "A": 20, "B": 20}
    assert found["LOC02"] == {"all": 1, "A": 1}
    assert found["LOC02a"] == {"all": 31, "A": 31}


def test_contacts_of_a_discharged_referral_are_those_of_all_months(by_team: ByTeam) -> None:
    found = by_team(WAITS, "LOC06", "LOC06a")
    assert found == {"LOC06": {"all": 1, "A": 1}, "LOC06a": {"all": 3, "A": 3}}


def test_the_did_not_attend_rate_leaves_cancelled_contacts_out(by_team: ByTeam) -> None:
    text = TEAMS.replace(
        "C4            | R3               |                          | 2025-09-02   | 5 ",
        "C4            | R3               | A                        | 2025-09-02   | 3 | 01\n"
        "C5            | R3               | A                        | 2025-09-02   | 7 | 01\n"
        "C6            | R3               | A                        | 2025-09-02   | 4 | 01\n"
        "C7            | R3               | A                        | 2025-09-02   | 2 ",
    )
    found = by_team(text, "LOC03", "LOC03a", "LOC03b")
    assert found["LOC03"] == {"all": 5, "A": 4, "B": 1}
    assert found["LOC03a"] == {"all": 2, "A": 2}
    assert found["LOC03b"] == {"all": 40, "A": 50}
    assert by_team(text, "LOC03c") == {"LOC03c": {"all": 2, "A": 2}}


CASELOAD = """
2025-06 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-06 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate
P1             | R1               | A                   | 2025-01-01

2025-06 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-06-30   | 5            | 01

2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01
P2             | 9990000002 | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate | ReferRejectionDate
P1             | R1               | A                   | 2025-01-01 |            |
P2             | OLD              | A                   | 2025-07-02 |            |
P2             | NEW              | A                   | 2025-07-03 |            |
P2             | DONE             | A                   | 2025-01-01 | 2025-09-30 |
P2             | REJECTED         | A                   | 2025-01-01 |            | 2025-09-30

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferClosureDate
R1               | B                        | 2025-09-30
OLD              | B                        | 2025-10-01

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
MISSED        | R1               | 2025-09-30   | 3            | 01
"""


def test_the_caseload_of_a_team_is_what_it_has_not_closed(by_team: ByTeam) -> None:
    found = by_team(CASELOAD, "LOC04", "LOC04a", "LOC04b")
    assert found["LOC04"] == {"all": 3, "A": 3, "B": 1}
    # 90 days before 30 September is 2 July; without a contact they run from the referral.
    assert found["LOC04a"] == {"all": 2, "A": 2, "B": 1}
    assert round(found["LOC04b"]["all"], 1) == 66.7


def test_referrals_are_accepted_rejected_or_closed_by_each_team_with_reasons(
    counted: Counted, by_team: ByTeam
) -> None:
    text = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate | ReferRejectionDate | ReferClosReason | ReferRejectReason
P1             | R1               | A                   | 2025-09-01 |            | | |
P1             | R2               | A                   | 2025-09-01 | 2025-09-20 | | 02 |
P1             | R3               | A                   | 2025-08-01 | | 2025-09-03 | | 02

2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferRejectionDate | ReferRejectReason
R1               | B                        | 2025-09-10         |
"""
    found = by_team(text, "LOC05", "LOC05a", "LOC05b", "LOC05c")
    assert found["LOC05"] == {"all": 2, "A": 2, "B": 1}
    assert found["LOC05a"] == {"all": 2, "A": 2}
    assert found["LOC05b"] == {"all": 2, "A": 1, "B": 1}
    assert found["LOC05c"] == {"all": 1, "A": 1}
    figures = counted(text, "LOC05b", "LOC05c")
    assert second_levels(figures, "LOC05b") == {
        ("RZZ", "02"): 1,
        ("RZZ", "UNKNOWN"): 1,
        ("A", "02"): 1,
        ("B", "UNKNOWN"): 1,
    }
    assert second_levels(figures, "LOC05c") == {("RZZ", "02"): 1, ("A", "02"): 1}
    described = figures.frame.filter(measure_id="LOC05c", secondary_level="02")
    assert set(described["secondary_level_description"]) == {"Treatment completed"}


def test_paired_scores_are_told_by_tool_and_rater(counted: Counted, by_team: ByTeam) -> None:
    text = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
P1             | 9990000001 | 2012-05-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate |\
 ServDischDate
P1             | R1               | A                   | 2025-09-01 | 2025-09-20
P1             | R2               | B                   | 2025-09-01 | 2025-09-20

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-09-02   | 5            | 01
C2            | R1               | 2025-09-12   | 5            | 01
C3            | R2               | 2025-09-02   | 5            | 01
C4            | R2               | 2025-09-12   | 5            | 01

2025-09 MHS606CodedScoreAssessmentRefer
ServiceRequestID | CodedAssToolType | PersScore | AssToolCompTimestamp
R1               | 718458005        | 20        | 2025-09-02T10:00:00
R1               | 718458005        | 30        | 2025-09-12T10:00:00
R2               | 718458005        | 20        | 2025-09-02T10:00:00
"""
    found = by_team(text, "LOC07", "LOC07a", "LOC07b")
    assert found["LOC07"] == {"all": 2, "A": 1, "B": 1}
    assert found["LOC07a"] == {"all": 1, "A": 1}
    assert found["LOC07b"] == {"all": 50, "A": 100}
    tool = "Child Outcome Rating Scale (CORS), rated by self"
    assert second_levels(counted(text, "LOC07", "LOC07b"), "LOC07b") == {
        ("RZZ", tool): 50,
        ("A", tool): 100,
    }
