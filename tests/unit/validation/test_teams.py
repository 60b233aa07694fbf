"""Whose rows fail: the team a row names, or that of the nearest row above it."""

from __future__ import annotations

import polars as pl

from mhsds_recon.frames import Engine, extract_from_frames
from mhsds_recon.standard import Standard
from mhsds_recon.validation import validate
from mhsds_recon.validation.teams import failures_by_team, people_by_rule

ROWS: dict[str, list[dict[str, str]]] = {
    "MHS000Header": [
        {"OrgIDProvider": "RZZ", "ReportingPeriodStartDate": "2025-09-01"},
    ],
    "MHS001MPI": [{"LocalPatientID": "P1"}],
    "MHS101Referral": [
        {"LocalPatientID": "P1", "ServiceRequestID": "R1", "CareProfTeamLocalID": "T1"},
        {"LocalPatientID": "P1", "ServiceRequestID": "R2", "CareProfTeamLocalID": " "},
    ],
    "MHS201CareContact": [
        {"ServiceRequestID": "R1", "CareContactID": "C1", "OtherCareProfTeamLocalID": "T2"},
        {"ServiceRequestID": "R1", "CareContactID": "C2"},
        {"ServiceRequestID": "R2", "CareContactID": "C3"},
        {"ServiceRequestID": "R9", "CareContactID": "C4"},
    ],
    "MHS202CareActivity": [
        {"CareContactID": "C1", "CareActID": "A1", "ClinContactDurOfCareAct": "long"},
        {"CareContactID": "C2", "CareActID": "A2", "ClinContactDurOfCareAct": "long"},
        {"CareContactID": "", "CareActID": "A3", "ClinContactDurOfCareAct": "long"},
    ],
}


TEAMS: dict[str, dict[str | None, int]] = {
    "MHS101Referral": {"T1": 1, None: 1},
    "MHS201CareContact": {"T1": 1, "T2": 1, None: 2},
    "MHS202CareActivity": {"T1": 1, "T2": 1, None: 1},
    "MHS001MPI": {None: 1},
}


def test_a_failing_row_counts_once_for_its_team_or_the_nearest_above(
    standard: Standard, engine: Engine
) -> None:
    """Each of these tables has a rule that every row here fails."""
    tables = {name: pl.DataFrame(rows) for name, rows in ROWS.items()}
    extract = extract_from_frames(tables, standard=standard, engine=engine)
    validation = validate(extract, standard=standard)
    by_team = failures_by_team(validation)
    for table, teams in TEAMS.items():
        by_code = by_team.filter(table=table).partition_by("code")
        everywhere = [rows for rows in by_code if rows["rows"].sum() == len(ROWS[table])]
        assert everywhere, table
        for rows in everywhere:
            assert dict(zip(rows["team"], rows["rows"], strict=True)) == teams, table
    counts = validation.counts().filter(~pl.col("code").str.starts_with("SHAPE"))
    assert by_team["rows"].sum() == counts["rows"].sum()


def test_people_are_counted_once_for_each_rule_over_all_tables_below_them(
    standard: Standard, engine: Engine
) -> None:
    """Contacts and activities name no patient: the referral above them does."""
    patients = {"R1": "P1", "R2": "P1", "R3": "P2"}
    rows = {
        **ROWS,
        "MHS101Referral": [
            {"LocalPatientID": patient, "ServiceRequestID": referral}
            for referral, patient in patients.items()
        ],
        "MHS201CareContact": [
            {"ServiceRequestID": referral, "CareContactID": f"C{referral}"} for referral in patients
        ],
        "MHS202CareActivity": [
            {"CareContactID": f"C{referral}", "ClinContactDurOfCareAct": "long"}
            for referral in (*patients, "R9")
        ],
    }
    tables = {name: pl.DataFrame(rows) for name, rows in rows.items()}
    extract = extract_from_frames(tables, standard=standard, engine=engine)
    validation = validate(extract, standard=standard)
    by_rule = people_by_rule(validation)
    duration = validation.counts().filter(element="ClinContactDurOfCareAct", rows=4)["code"]
    assert len(duration) > 0
    found = by_rule.filter(pl.col("code").is_in(duration.implode()))
    assert set(found["people"]) == {2}
    assert by_rule.filter(table="MHS000Header").is_empty()
