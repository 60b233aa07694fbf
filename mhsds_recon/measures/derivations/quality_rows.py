"""The rows of the month that data quality is measured in, as submitted, all ages and services."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import whole_years
from mhsds_recon.measures.derivations.period import month_of
from mhsds_recon.measures.derivations.referrals import teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Derivation, Submissions

__all__ = [
    "delayed_discharges",
    "eating_disorder_stop_codes",
    "legal_status_with_patient",
    "new_referral_services",
    "previous_legal_status",
    "primary_diagnoses",
    "referrals_with_age",
    "secondary_diagnoses",
    "submitted_tables",
    "table_rows",
    "team_types",
    "ward_stays_with_ward",
]

_MONTH = ("UniqMonthID", "ReportingPeriodEndDate", "row_number")
_RENAMED = {"MHS607CodedScoreAssessmentAct": "MHS607CodedScoreAssessmentCont"}
_STOP_CODES = "eating_disorder_stop_clock"
_COUNTED_AS_CHILD = (3, 17)
_MOSTLY = 0.5
_QUALIFIED = r"(?s):.*"


@cache
def table_rows(table: str) -> Derivation:
    """Return a derivation of the rows of a table submitted for the month, with every element."""

    def rows(submissions: Submissions) -> nw.LazyFrame[Any]:
        elements = submissions.standard.tables[table].elements
        dates = [one.name for one in elements if one.type in {"date", "datetime"}]
        text = [one.name for one in elements if one.name not in dates]
        return submissions.table(table, text=text, dates=dates, this_month=True)

    return rows


def referrals_with_age(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral rows of the month with AgeServReferRecDate, null without a patient."""
    patients = _looked_up(submissions, "MHS001MPI", "LocalPatientID", "PersonBirthDate")
    return (
        submissions.derive(table_rows("MHS101Referral"))
        .join(patients, on="LocalPatientID", how="left")
        .with_columns(
            whole_years("PersonBirthDate", "ReferralRequestReceivedDate").alias(
                "AgeServReferRecDate"
            )
        )
        .drop("PersonBirthDate")
    )


def ward_stays_with_ward(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the ward stay rows of the month with the elements of their ward."""
    wards = last_submitted(
        submissions, submissions.derive(table_rows("MHS903WardDetails")), "WardCode"
    ).drop(*_MONTH)
    return submissions.derive(table_rows("MHS502WardStay")).join(wards, on="WardCode", how="left")


def team_types(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of ``teams`` of the month and has_hospital_spell (of the referral)."""
    spells = (
        submissions.derive(table_rows("MHS501HospProvSpell"))
        .select("ServiceRequestID", has_hospital_spell=nw.lit(value=True))
        .unique()
    )
    return (
        month_of(submissions, teams)
        .join(spells, on="ServiceRequestID", how="left")
        .with_columns(nw.col("has_hospital_spell").fill_null(value=False))
    )


def primary_diagnoses(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the primary diagnosis rows of the month whose referral was submitted with them."""
    return _with_referral(submissions, "MHS604PrimDiag")


def secondary_diagnoses(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the secondary diagnosis rows of the month whose referral was submitted with them."""
    return _with_referral(submissions, "MHS605SecDiag")


def _with_referral(submissions: Submissions, table: str) -> nw.LazyFrame[Any]:
    of_referral = _looked_up(
        submissions,
        "MHS101Referral",
        "ServiceRequestID",
        "ReferralRequestReceivedDate",
        "ServDischDate",
    )
    return submissions.derive(table_rows(table)).join(of_referral, on="ServiceRequestID")


def _looked_up(submissions: Submissions, table: str, key: str, *elements: str) -> nw.LazyFrame[Any]:
    """Return elements of the rows of the month, of those that share a key the last."""
    return submissions.derive(_last_rows(table, key)).select(key, *elements)


@cache
def _last_rows(table: str, key: str) -> Derivation:
    """Return a derivation of the rows of ``table_rows`` of which no two share a key."""

    def rows(submissions: Submissions) -> nw.LazyFrame[Any]:
        return last_submitted(submissions, submissions.derive(table_rows(table)), key)

    return rows


def delayed_discharges(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of MHS518 of the month and may_be_local_authority (who causes the delay)."""
    attributed = nw.col("AttribToIndic")
    return submissions.derive(table_rows("MHS518ClinReadyforDischarge")).with_columns(
        (attributed.is_null() | is_one_of("AttribToIndic", ("05", "06"))).alias(
            "may_be_local_authority"
        )
    )


def legal_status_with_patient(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of MHS401 of the month whose patient was submitted, with EthnicCategory."""
    patients = _looked_up(submissions, "MHS001MPI", "LocalPatientID", "EthnicCategory")
    return submissions.derive(table_rows("MHS401MHActPeriod")).join(patients, on="LocalPatientID")


def previous_legal_status(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the legal status periods submitted for the month before, and whether they are gone.

    Returns:
        One row per row of MHS401: StartDateMHActLegalStatusClass, StartTimeMHActLegalStatusClass,
        EndDateMHActLegalStatusClass and is_gone (no row of this month has the same id).
    """
    rows = submissions.table(
        "MHS401MHActPeriod",
        text=("MHActLegalStatusClassPeriodID", "StartTimeMHActLegalStatusClass"),
        dates=("StartDateMHActLegalStatusClass", "EndDateMHActLegalStatusClass"),
    )
    number = submissions.period.number
    still = (
        rows.filter(nw.col("UniqMonthID") == number)
        .select("MHActLegalStatusClassPeriodID", is_gone=nw.lit(value=False))
        .unique()
    )
    return (
        rows.filter(nw.col("UniqMonthID") == number - 1)
        .join(still, on="MHActLegalStatusClassPeriodID", how="left")
        .with_columns(nw.col("is_gone").fill_null(value=True))
    )


def new_referral_services(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral rows of the month and whether they went to a service for the young.

    That is one of its teams (by type, or because most referrals to the team are of children
    aged 3 to 17), a care professional assigned or a ward entered on admission, by what they say.

    Returns:
        The rows of ``referrals_with_age`` with is_cyp_service.

    Source:
        MHS-DIM01.
    """
    rows = submissions.derive(referrals_with_age)
    of_id = submissions.engine.share(last_submitted(submissions, rows, "ServiceRequestID"))
    young = nw.concat(
        [
            _of_young_teams(submissions, of_id),
            *_admitted_young(submissions, of_id),
        ]
    ).unique()
    return rows.join(
        young.with_columns(is_cyp_service=nw.lit(value=True)), on="ServiceRequestID", how="left"
    ).with_columns(nw.col("is_cyp_service").fill_null(value=False))


def _of_young_teams(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    pairs = month_of(submissions, teams).select(
        "ServiceRequestID", "CareProfTeamLocalID", "ServTeamTypeMH"
    )
    shares = (
        pairs.join(rows.select("ServiceRequestID", "AgeServReferRecDate"), on="ServiceRequestID")
        .unique()
        .group_by("CareProfTeamLocalID")
        .agg(
            nw.col("AgeServReferRecDate")
            .is_between(*_COUNTED_AS_CHILD)
            .fill_null(value=False)
            .cast(nw.Float64)
            .mean()
            .alias("share")
        )
        .filter(nw.col("share") > _MOSTLY)
        .select("CareProfTeamLocalID", is_mostly_young=nw.lit(value=True))
    )
    by_type = is_one_of("ServTeamTypeMH", ("C05", "C06", "C07"))
    return (
        pairs.join(shares, on="CareProfTeamLocalID", how="left")
        .filter(by_type | nw.col("is_mostly_young").fill_null(value=False))
        .select("ServiceRequestID")
    )


def _admitted_young(submissions: Submissions, rows: nw.LazyFrame[Any]) -> list[nw.LazyFrame[Any]]:
    """Return the referrals whose first professional, and those whose first ward, is for the young.

    The professional's counts where the spell began with a ward stay, not before the referral and
    not after its discharge; the ward's where the stay began on the day the referral was received.
    """
    spells = _looked_up(
        submissions,
        "MHS501HospProvSpell",
        "HospProvSpellID",
        "ServiceRequestID",
        "StartDateHospProvSpell",
    )
    of_referral = rows.select("ServiceRequestID", "ReferralRequestReceivedDate", "ServDischDate")
    stays = (
        submissions.derive(ward_stays_with_ward)
        .select("HospProvSpellID", "StartDateWardStay", "WardType", "WardAge")
        .join(spells, on="HospProvSpellID")
        .join(of_referral, on="ServiceRequestID")
    )
    assigned = (
        submissions.derive(table_rows("MHS503AssignedCareProf"))
        .filter(is_one_of("TreatFuncCodeMH", ("711",)))
        .select("HospProvSpellID", StartDateHospProvSpell=nw.col("StartDateAssCareProf"))
        .unique()
    )
    admitted = stays.filter(
        nw.col("StartDateWardStay") == nw.col("StartDateHospProvSpell"),
        nw.col("StartDateHospProvSpell") >= nw.col("ReferralRequestReceivedDate"),
        nw.col("ServDischDate").is_null()
        | (nw.col("StartDateHospProvSpell") <= nw.col("ServDischDate")),
    )
    at_once = stays.filter(
        nw.col("StartDateWardStay") == nw.col("ReferralRequestReceivedDate"),
        is_one_of("WardType", ("01", "02")) | is_one_of("WardAge", ("10", "11", "12")),
    )
    return [
        admitted.join(assigned, on=["HospProvSpellID", "StartDateHospProvSpell"]).select(
            "ServiceRequestID"
        ),
        at_once.select("ServiceRequestID"),
    ]


def eating_disorder_stop_codes(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the eating disorder referrals of the month and whether they have a stop code.

    Returns:
        One row per ServiceRequestID with the primary reason 12 of people aged up to 18:
        AgeServReferRecDate and has_stop_code (a care activity of the month has one, whatever
        follows a colon).

    Source:
        MHS-DIM03.
    """
    month = str(submissions.period)
    codes = [
        one.code
        for one in submissions.standard.dated_codes[_STOP_CODES].codes
        if (one.first_month or "") <= month <= (one.last_month or "9999")
    ]
    procedure = nw.col("Procedure").str.replace_all(_QUALIFIED, "")
    contacts = _looked_up(submissions, "MHS201CareContact", "CareContactID", "ServiceRequestID")
    stopped = (
        submissions.derive(table_rows("MHS202CareActivity"))
        .filter(procedure.is_in(codes))
        .join(contacts, on="CareContactID")
        .select("ServiceRequestID", has_stop_code=nw.lit(value=True))
        .unique()
    )
    rows = submissions.derive(referrals_with_age).filter(
        is_one_of("PrimReasonReferralMH", ("12",)), ~nw.col("ServiceRequestID").is_null()
    )
    return (
        last_submitted(submissions, rows, "ServiceRequestID")
        .select("ServiceRequestID", "AgeServReferRecDate")
        .join(stopped, on="ServiceRequestID", how="left")
        .with_columns(nw.col("has_stop_code").fill_null(value=False))
    )


def submitted_tables(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return how many rows of each table were submitted for the month.

    Returns:
        One row per table with rows: table (as coverage calls it) and records.
    """
    tables = [
        submissions.table(name, this_month=True).select(
            nw.lit(_RENAMED.get(name, name)).alias("table"),
            nw.len().cast(nw.Int64).alias("records"),
        )
        for name in submissions.standard.tables
    ]
    return nw.concat(tables).filter(nw.col("records") > 0)
