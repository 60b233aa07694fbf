"""Cohorts of the data quality measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.cohort import Cohort
from mhsds_recon.measures.derivations import quality_rows
from mhsds_recon.measures.derivations.quality import with_results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.measures.submissions import Derivation

__all__ = ["COHORTS"]

_TABLES = (
    "MHS001MPI",
    "MHS002GP",
    "MHS003AccommStatus",
    "MHS004EmpStatus",
    "MHS005PatInd",
    "MHS006MHCareCoord",
    "MHS007DisabilityType",
    "MHS008CarePlanType",
    "MHS101Referral",
    "MHS105OnwardReferral",
    "MHS201CareContact",
    "MHS204IndirectActivity",
    "MHS301GroupSession",
    "MHS401MHActPeriod",
    "MHS501HospProvSpell",
    "MHS502WardStay",
    "MHS503AssignedCareProf",
    "MHS505RestrictiveInterventInc",
    "MHS512HospSpellCommAssPer",
    "MHS515RestrictiveInterventType",
    "MHS517SMHExceptionalPackOfCare",
    "MHS518ClinReadyforDischarge",
    "MHS608AnonSelfAssess",
)
_VIEWS: Mapping[str, tuple[Derivation, str]] = {
    "quality_referrals": (
        quality_rows.referrals_with_age,
        "the rows of MHS101 with the age of their patient",
    ),
    "quality_new_referrals": (
        quality_rows.new_referral_services,
        "the rows of MHS101 with the age of their patient and the services they went to",
    ),
    "quality_eating_disorder_referrals": (
        quality_rows.eating_disorder_stop_codes,
        "referrals for an eating disorder with the age of their patient and their procedures",
    ),
    "quality_team_types": (
        quality_rows.team_types,
        "the teams of referrals, the referral's own (MHS101) and others (MHS102)",
    ),
    "quality_ward_stays": (
        quality_rows.ward_stays_with_ward,
        "the rows of MHS502 with their ward (MHS903)",
    ),
    "quality_primary_diagnoses": (
        quality_rows.primary_diagnoses,
        "the rows of MHS604 with their referral",
    ),
    "quality_secondary_diagnoses": (
        quality_rows.secondary_diagnoses,
        "the rows of MHS605 with their referral",
    ),
    "quality_delayed_discharges": (
        quality_rows.delayed_discharges,
        "the rows of MHS518, with whether the local authority may cause the delay",
    ),
    "quality_legal_status_periods": (
        quality_rows.legal_status_with_patient,
        "the rows of MHS401 with their patient",
    ),
}

COHORTS: Mapping[str, Cohort] = {
    **{
        table: Cohort(
            derive=with_results(table, quality_rows.table_rows(table)),
            words=f"the rows of {table[:6]}",
        )
        for table in _TABLES
    },
    **{
        name: Cohort(derive=with_results(name, rows), words=words)
        for name, (rows, words) in _VIEWS.items()
    },
    "quality_previous_legal_status_periods": Cohort(
        derive=with_results(
            "quality_previous_legal_status_periods", quality_rows.previous_legal_status
        ),
        words="the rows of MHS401 of the month before, with whether they are gone this month",
        needs_history=True,
    ),
    "submitted_tables": Cohort(
        derive=quality_rows.submitted_tables, words="tables with the number of their rows"
    ),
}
