"""Funnels: where people, referrals and scores drop out on the way to what is counted."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import Extract
from mhsds_recon.measures.funnels import Funnels, count_funnels
from mhsds_recon.standard import ReportingPeriod, Standard

SEPTEMBER = ReportingPeriod(2025, 9)
CONTACTS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate
CHILD          | 9990000001 | 2012-05-01
CHILD2         | 9990000001 | 2012-05-01
UNSEEN         | 9990000002 | 2012-05-01
TEXTED         | 9990000003 | 2012-05-01
GROWN          | 9990000004 | 2007-09-02
ADULT          | 9990000005 | 1990-01-01

2025-09 MHS101Referral
LocalPatientID | ServiceRequestID | CareProfTeamLocalID | ReferralRequestReceivedDate
CHILD          | R1               | T1                  | 2025-09-01
CHILD2         | R2               | T2                  | 2025-09-01
UNSEEN         | R3               | T1                  | 2025-09-01
TEXTED         | R4               | T1                  | 2025-09-01
GROWN          | R5               | T1                  | 2025-09-01
ADULT          | R6               |                     | 2025-09-01

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | OtherCareProfTeamLocalID | CareContDate | AttendStatus |\
 ConsMechanismMH
C1            | R1               |                          | 2025-09-02   | 5            | 01
C2            | R1               | T2                       | 2025-09-03   | 3            | 01
C3            | R3               |                          | 2025-09-02   | 7            | 01
C4            | R4               |                          | 2025-09-02   | 5            | 10
C5            | R5               |                          | 2025-09-02   | 5            | 01
C6            | R6               |                          | 2025-09-02   | 5            | 01

2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate
R2               | 2025-09-05
"""
NOTHING = """
2025-09 MHS001MPI
LocalPatientID
"""
CAUSES = [None, "VC26", "VC25", "VC19", "VC19", "VC15", "VC17"]


@pytest.fixture
def funnels(
    extracts_of: Callable[[str], list[Extract]], standard: Standard
) -> Callable[..., Funnels]:
    """Count funnels in the months of a text."""

    def counted(text: str, *funnel_ids: str, by_team: bool = False) -> Funnels:
        return count_funnels(
            extracts_of(text),
            standard=standard,
            period=SEPTEMBER,
            funnel_ids=funnel_ids,
            by_team=by_team,
        )

    return counted


def left(found: pl.DataFrame, unit: str, team: str | None = None) -> list[int]:
    of_team = pl.col("team").is_null() if team is None else pl.col("team") == team
    steps = found.filter(pl.col("unit") == unit, of_team)
    assert steps["number"].to_list() == list(range(steps.height))
    return steps["left"].to_list()


def test_people_and_contacts_drop_out_one_step_after_the_other(
    funnels: Callable[..., Funnels],
) -> None:
    found = funnels(CONTACTS, "access", by_team=True)
    people = found.of("access", "people")
    assert people["cause_id"].to_list() == CAUSES
    assert people["left"].to_list() == [5, 4, 3, 2, 1, 1, 1]
    assert people["dropped"].to_list() == [None, 1, 1, 1, 1, 0, 0]
    assert people["measure_id"].to_list()[-1] == "MHS95"
    # Two local identifiers of one person are two local patients.
    assert left(found.frame, "local patients") == [6, 5, 4, 3, 2, 2, 2]
    assert left(found.frame, "contacts and indirect work") == [7, 5, 4, 3, 2, 2, 2]


def test_by_team_a_unit_is_in_each_of_its_teams(funnels: Callable[..., Funnels]) -> None:
    found = funnels(CONTACTS, "access", by_team=True).frame
    assert left(found, "people", "T1") == [4, 3, 2, 2, 1, 1, 1]
    assert left(found, "people", "T2") == [1, 1, 1, 1, 1, 1, 1]
    # An absent team is not left out.
    assert left(found, "people", "UNKNOWN") == [1, 1, 1, 0, 0, 0, 0]


def test_a_funnel_goes_on_where_another_ends(standard: Standard) -> None:
    closed, paired, improved = (
        [step.name for step in standard.funnels[name].steps]
        for name in ("closed_referrals", "paired_scores", "improvement_self")
    )
    assert paired[: len(closed)] == closed
    assert improved[: len(paired)] == paired


def test_no_record_at_all_is_a_funnel_of_noughts(funnels: Callable[..., Funnels]) -> None:
    found = funnels(NOTHING, "access").frame
    assert left(found, "people") == [0] * len(CAUSES)


def test_a_funnel_that_lacks_a_reference_file_is_named(funnels: Callable[..., Funnels]) -> None:
    found = funnels(NOTHING, "clock_stops")
    assert found.frame.is_empty()
    assert found.not_assessed == {"clock_stops": "needs refsets"}


def test_an_unknown_funnel_is_told_with_the_near_miss(funnels: Callable[..., Funnels]) -> None:
    with pytest.raises(UsageError, match="Did you mean 'access'"):
        funnels(NOTHING, "acces")
