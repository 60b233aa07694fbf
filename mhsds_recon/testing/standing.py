"""The tables that stand alone: groups, drop-ins, staff, teams and wards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.testing.identifiers import local_ids, nhs_numbers
from mhsds_recon.testing.ledger import Ledger, event_ledger
from mhsds_recon.testing.organisation import STREAMS
from mhsds_recon.testing.setting import NEVER

if TYPE_CHECKING:
    from mhsds_recon.testing.setting import Days, Setting

__all__ = ["make_standing_tables"]


def make_standing_tables(setting: Setting, people: int) -> tuple[Ledger, ...]:
    """Return the tables without a parent: groups, drop-ins, staff, teams and wards."""
    return (
        *_walk_ins(setting, people),
        _staff(setting),
        _teams(setting),
        _wards(setting),
    )


def _days_in_months(setting: Setting, per_month: int, rng: np.random.Generator) -> Days:
    """Return so many days of each month."""
    months = np.repeat(np.arange(len(setting.periods)), per_month)
    length = setting.ends[months] - setting.starts[months] + 1
    return setting.starts[months] + (rng.random(months.size) * length).astype(np.int64)


def _walk_ins(setting: Setting, people: int) -> tuple[Ledger, Ledger]:
    """Return the rows of MHS301 and MHS302."""
    rng = setting.rng("MHS301GroupSession")
    day = _days_in_months(setting, 4 + people // 250, rng)
    groups = setting.fill(
        "MHS301GroupSession",
        day.size,
        rng,
        GroupSessID=local_ids("G", range(1, day.size + 1)),
        GroupSessDate=day,
        NumberOfGroupSessParticip=pl.Series(rng.integers(3, 15, day.size)),
    )
    drop_rng = setting.rng("MHS302MHDropInContact")
    drop_day = _days_in_months(setting, 4 + people // 100, drop_rng)
    drop_ins = setting.fill(
        "MHS302MHDropInContact",
        drop_day.size,
        drop_rng,
        MHDropInContactID=local_ids("D", range(1, drop_day.size + 1)),
        CareContactDateMHDropInContact=drop_day,
        NHSNumber=nhs_numbers(drop_day.size, drop_rng),
        PersonBirthDate=drop_day - drop_rng.integers(5 * 365, 70 * 365, drop_day.size),
        EndTimeDropInContact=None,
    )
    return (
        event_ledger("MHS301GroupSession", groups, day),
        event_ledger("MHS302MHDropInContact", drop_ins, drop_day),
    )


def _always(table: str, rows: pl.DataFrame) -> Ledger:
    """Return a ledger of rows that every month reports."""
    days = np.full(rows.height, NEVER)
    return Ledger(table=table, rows=rows, since=-days, until=days)


def _staff(setting: Setting) -> Ledger:
    """Return the MHS901 rows."""
    staff = setting.organisation.staff
    rows = setting.fill(
        "MHS901StaffDetails",
        len(staff),
        setting.rng("MHS901StaffDetails"),
        CareProfLocalID=staff,
        ProfRegEntryID="REG" + staff,
        OccCode="N6A",
        CareProfJobRoleCode="R1010",
    )
    return _always("MHS901StaffDetails", rows)


def _teams(setting: Setting) -> Ledger:
    """Return the MHS902 rows."""
    teams = setting.organisation.teams
    rows = setting.fill(
        "MHS902ServiceTeamDetails",
        teams.height,
        setting.rng("MHS902ServiceTeamDetails"),
        CareProfTeamLocalID=teams["team"],
        ServTeamTypeMH=pl.Series([kind.team_type for kind in STREAMS]).gather(teams["stream"]),
        ServTeamIntAgeGroup=pl.Series([kind.age_group for kind in STREAMS]).gather(teams["stream"]),
    )
    return _always("MHS902ServiceTeamDetails", rows)


def _wards(setting: Setting) -> Ledger:
    """Return the MHS903 rows: a third of the wards are for children."""
    wards = setting.organisation.wards
    child = pl.Series(np.arange(len(wards)) % 3 == 0)

    def either(young: str, grown: str) -> pl.Series:
        return pl.select(pl.when(child).then(pl.lit(young)).otherwise(pl.lit(grown))).to_series()

    rows = setting.fill(
        "MHS903WardDetails",
        len(wards),
        setting.rng("MHS903WardDetails"),
        WardCode=wards,
        WardAge=either("12", "13"),
        WardType=either("01", "03"),
        WardIntendedClinCareMH="52",
        TreatFuncCodeMH=either("711", "710"),
    )
    return _always("MHS903WardDetails", rows)
