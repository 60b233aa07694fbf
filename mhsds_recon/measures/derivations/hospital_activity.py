"""Admissions to and discharges from hospital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.period import month_of
from mhsds_recon.measures.derivations.ward_stays import hospital_spells, ward_stays

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["admissions", "hospital_discharges"]


def admissions(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the hospital spells of the month with the ward stays that started with them.

    Returns:
        One row per row of MHS501 of the month and ward stay of the spell that started the same
        day, and at the same time where the spell has one: HospProvSpellID, Person_ID,
        StartDateHospProvSpell, MHAdmittedPatientClass (null where there is no such stay).

    Source:
        MHS27a.
    """
    spells = month_of(submissions, hospital_spells).select(
        "UniqMonthID",
        "row_number",
        "HospProvSpellID",
        "Person_ID",
        "StartDateHospProvSpell",
        "StartTimeHospProvSpell",
    )
    stays = month_of(submissions, ward_stays).select(
        "HospProvSpellID",
        "StartTimeWardStay",
        "MHAdmittedPatientClass",
        StartDateHospProvSpell=nw.col("StartDateWardStay"),
    )
    at_once = nw.col("StartTimeHospProvSpell").is_null() | (
        nw.col("StartTimeHospProvSpell") == nw.col("StartTimeWardStay")
    )
    started = (
        last_submitted(submissions, spells, "HospProvSpellID")
        .join(stays, on=["HospProvSpellID", "StartDateHospProvSpell"])
        .filter(at_once)
    )
    return spells.join(
        started.select("row_number", "MHAdmittedPatientClass"), on="row_number", how="left"
    ).drop("UniqMonthID", "row_number", "StartTimeHospProvSpell")


def hospital_discharges(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the hospital spells that ended, as last submitted, with how long they lasted.

    Returns:
        One row per discharged spell and ward stay that ended with it in the same submission:
        UniqMonthID, HospProvSpellID, Person_ID, AgeRepPeriodEnd, DischDateHospProvSpell,
        length_of_stay (days) and MHAdmittedPatientClass.

    Source:
        MHS142, MHS104, MHS105.
    """
    spells = last_submitted(submissions, submissions.derive(hospital_spells), "HospProvSpellID")
    ended = (
        submissions.derive(ward_stays)
        .select(
            "UniqMonthID",
            "HospProvSpellID",
            "WardStayID",
            "StartDateWardStay",
            "MHAdmittedPatientClass",
            DischDateHospProvSpell=nw.col("EndDateWardStay"),
        )
        .unique()
    )
    stay = submissions.engine.days_between(
        nw.col("StartDateHospProvSpell"), nw.col("DischDateHospProvSpell")
    )
    return (
        spells.filter(~nw.col("DischDateHospProvSpell").is_null())
        .join(ended, on=["UniqMonthID", "HospProvSpellID", "DischDateHospProvSpell"], how="left")
        .select(
            "UniqMonthID",
            "HospProvSpellID",
            "Person_ID",
            "AgeRepPeriodEnd",
            "DischDateHospProvSpell",
            "MHAdmittedPatientClass",
            stay.alias("length_of_stay"),
        )
    )
