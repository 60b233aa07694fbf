"""Procedures that were carried out, and the national reference sets they are looked up in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import contacts_by_id
from mhsds_recon.measures.derivations.referrals import referrals

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["contact_procedures", "procedures", "reference_set_members"]

_ASSESSMENTS = "1853441000000109"
_INTERVENTIONS = ("1853451000000107", "1853461000000105", "1853481000000101")
_QUALIFIED = r"(?s):.*"


def contact_procedures(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the procedures of contacts, as submitted with them.

    Returns:
        One row per row of MHS202 with a procedure whose contact and referral were submitted with
        it: UniqMonthID, ServiceRequestID, Person_ID, ActivityDate, AttendStatus,
        ConsMechanismMH, Procedure (with its qualifiers) and concept_id (what stands before the
        first colon).
    """
    done = submissions.table("MHS202CareActivity", text=("CareContactID", "Procedure"))
    return (
        done.filter(~nw.col("Procedure").is_null())
        .select("UniqMonthID", "CareContactID", "Procedure")
        .join(submissions.derive(contacts_by_id), on=["UniqMonthID", "CareContactID"])
        .select(
            "UniqMonthID",
            "ServiceRequestID",
            "Person_ID",
            "ActivityDate",
            "AttendStatus",
            "ConsMechanismMH",
            "Procedure",
            _unqualified("Procedure"),
        )
    )


def procedures(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the procedures of contacts and of indirect activity.

    Returns:
        One row per row of MHS202 or MHS204 with a procedure: UniqMonthID, ServiceRequestID,
        Person_ID, ActivityDate, concept_id.
    """
    indirect = submissions.table(
        "MHS204IndirectActivity",
        text=("ServiceRequestID", "IndActProcedure"),
        dates=("IndirectActDate",),
    ).filter(~nw.col("IndActProcedure").is_null())
    patients = submissions.derive(referrals).select("UniqMonthID", "ServiceRequestID", "Person_ID")
    columns = ("UniqMonthID", "ServiceRequestID", "Person_ID", "ActivityDate", "concept_id")
    return nw.concat(
        [
            submissions.derive(contact_procedures).select(columns),
            indirect.rename({"IndirectActDate": "ActivityDate"})
            .with_columns(_unqualified("IndActProcedure"))
            .join(patients, on=["UniqMonthID", "ServiceRequestID"])
            .select(columns),
        ]
    )


def reference_set_members(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the members of the four national reference sets of mental health procedures.

    A membership counts from the day of the concept itself, so it has no first day here. It lasts
    to the day on which the next change of the concept's memberships takes effect, that day
    included.

    Returns:
        One row per concept and reference set that it was ever in: concept_id, is_assessment
        (else the set is one of interventions), member_until (the end of the counted period where
        no change follows). No row without reference sets.

    Source:
        Measures MRS08 to MRS19, step 4 and edge cases; SNOMED CT UK, MHSDS reference sets.
    """
    refsets = submissions.reference.refsets
    if refsets is None:
        return submissions.lookup(
            [],
            {"concept_id": nw.String(), "is_assessment": nw.Boolean(), "member_until": nw.Date()},
        )
    rows = submissions.engine.read_dates(refsets, ["effective_date"]).filter(
        nw.col("refset_id").is_in((_ASSESSMENTS, *_INTERVENTIONS))
    )
    next_change = nw.col("effective_date").shift(-1).over("concept_id", order_by="effective_date")
    changes = (
        rows.select("concept_id", "effective_date")
        .unique()
        .with_columns(next_change.alias("next_change"))
    )
    until = nw.coalesce("next_change", nw.lit(submissions.period.end))
    return (
        rows.filter(nw.col("active") == "1")
        .join(changes, on=["concept_id", "effective_date"])
        .with_columns(is_assessment=nw.col("refset_id") == _ASSESSMENTS, member_until=until)
        .group_by("concept_id", "refset_id", "is_assessment")
        .agg(nw.col("member_until").max())
        .select("concept_id", "is_assessment", "member_until")
    )


def _unqualified(procedure: str) -> nw.Expr:
    return nw.col(procedure).str.replace_all(_QUALIFIED, "").alias("concept_id")
