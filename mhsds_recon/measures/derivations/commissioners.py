"""The commissioner of a person: the Sub ICB of the practice, else of the residence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import patient_records

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "commissioners_of_month",
    "commissioners_of_quarter",
    "commissioners_of_records",
    "commissioners_of_year",
]

_NO_PRACTICE = ("V81997", "V81998", "V81999")


def commissioners_of_month(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the commissioner that the latest patient row of the month gives.

    Returns:
        One row per Person_ID submitted for the counted month: sub_icb (null where neither
        practice nor residence has one that is current), icb and region (null without the
        lookup of commissioners).

    Source:
        Shared definition S4, month version.
    """
    return _latest(submissions, 1)


def commissioners_of_quarter(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the commissioner that the latest patient row with one gives, over three months.

    Returns:
        One row per Person_ID with a current Sub ICB in that time: sub_icb, icb and region.

    Source:
        Shared definition S4, quarter version.
    """
    return _latest(submissions, 3)


def commissioners_of_year(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the commissioner that the latest patient row with one gives, over twelve months.

    Returns:
        One row per Person_ID with a current Sub ICB in that time: sub_icb, icb and region.

    Source:
        Shared definition S4, 12-month version.
    """
    return _latest(submissions, 12)


def commissioners_of_records(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the commissioner that each patient row of every month gives.

    The practice is that of the person's latest registration in that submission, whichever local
    identifier it came with.

    Returns:
        One row per UniqMonthID and LocalPatientID: sub_icb, icb and region, null where not known.

    Source:
        The referral tables that the BBRB line prepares; MHS95 and MHS110 to MHS115.
    """
    records = submissions.derive(patient_records).select(
        "UniqMonthID", "row_number", "LocalPatientID", "Person_ID", "sub_icb_of_residence"
    )
    with_practice = records.drop("sub_icb_of_residence").join(
        submissions.derive(_registrations), on=["UniqMonthID", "LocalPatientID"]
    )
    registered = last_submitted(submissions, with_practice, "UniqMonthID", "Person_ID").select(
        "UniqMonthID", "Person_ID", "sub_icb_of_practice"
    )
    known = records.join(registered, on=["UniqMonthID", "Person_ID"], how="left")
    chosen = _with_contract(submissions, known).select(
        "UniqMonthID", "LocalPatientID", sub_icb=nw.coalesce(*_sources(submissions))
    )
    return _with_icb(submissions, _in_force(submissions, chosen, "sub_icb"))


def _latest(submissions: Submissions, months: int) -> nw.LazyFrame[Any]:
    rows = submissions.derive(_patient_commissioners).filter(
        nw.col("UniqMonthID") > submissions.period.number - months
    )
    chosen = "sub_icb_of_month"
    if months > 1:
        chosen = "sub_icb_of_window"
        rows = rows.filter(~nw.col(chosen).is_null())
    latest = last_submitted(submissions, rows, "Person_ID").select(
        "Person_ID", sub_icb=nw.col(chosen)
    )
    return _with_icb(submissions, latest)


def _with_icb(submissions: Submissions, people: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    known = submissions.reference.commissioners
    if known is None:
        nothing = nw.lit(None, dtype=nw.String)
        return people.with_columns(icb=nothing, region=nothing)
    areas = known.select("sub_icb", "icb", "region").unique("sub_icb", keep="any")
    return people.join(areas, on="sub_icb", how="left")


def _patient_commissioners(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the Sub ICB of each patient row of every month, null where it has none in force.

    Of a month it is the practice's, else the residence's; of a window, that of the two which
    is in force.

    Returns:
        UniqMonthID, row_number, Person_ID, sub_icb_of_month, sub_icb_of_window.
    """
    rows = submissions.derive(patient_records).select(
        "UniqMonthID", "row_number", "LocalPatientID", "Person_ID", "sub_icb_of_residence"
    )
    sources = _sources(submissions)
    registered = rows.join(
        submissions.derive(_registrations), on=["UniqMonthID", "LocalPatientID"], how="left"
    )
    rows = _with_contract(submissions, registered).with_columns(first=nw.coalesce(*sources))
    for column in (*sources, "first"):
        rows = _in_force(submissions, rows, column)
    return rows.select(
        "UniqMonthID",
        "row_number",
        "Person_ID",
        sub_icb_of_month=nw.col("first"),
        sub_icb_of_window=nw.coalesce(*sources),
    )


def _sources(submissions: Submissions) -> tuple[str, ...]:
    """Return the columns that a commissioner is taken from, in order."""
    return tuple(f"sub_icb_of_{source}" for source in submissions.conditions.commissioner_from)


def _with_contract(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the commissioner of a patient's last referral of the submission, if it is asked for."""
    if "contract" not in submissions.conditions.commissioner_from:
        return rows
    of_patient = ["UniqMonthID", "LocalPatientID"]
    contracts = submissions.table("MHS101Referral", text=("LocalPatientID", "OrgIDComm"))
    latest = contracts.drop_nulls("OrgIDComm").unique(
        of_patient, keep="last", order_by=["row_number"]
    )
    return rows.join(
        latest.select(*of_patient, sub_icb_of_contract=nw.col("OrgIDComm")),
        on=of_patient,
        how="left",
    )


def _registrations(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the Sub ICB of the practice with which a patient of a month is registered."""
    registrations = submissions.table(
        "MHS002GP", text=("LocalPatientID", "GMPReg"), dates=("EndDateGMPRegistration",)
    )
    if submissions.conditions.open_registrations_only:
        registrations = registrations.filter(
            ~nw.col("GMPReg").is_in(_NO_PRACTICE), nw.col("EndDateGMPRegistration").is_null()
        )
    known = submissions.reference.gp_practices
    if known is None:
        located = registrations.with_columns(sub_icb_of_practice=nw.lit(None, dtype=nw.String))
    else:
        practices = known.filter(nw.col("sub_icb").str.strip_chars() != "").select(
            GMPReg=nw.col("gp_practice"), sub_icb_of_practice=nw.col("sub_icb")
        )
        located = registrations.join(
            practices.unique("GMPReg", keep="any"), on="GMPReg", how="left"
        )
    return last_submitted(submissions, located, "UniqMonthID", "LocalPatientID").select(
        "UniqMonthID", "LocalPatientID", "sub_icb_of_practice"
    )


def _current_sub_icbs(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return code and is_known, always true, of the Sub ICBs in force; none where none is given."""
    organisations = submissions.reference.organisations
    if organisations is None:
        return submissions.lookup([], {"code": nw.String(), "is_known": nw.Boolean()})
    in_force = organisations.filter(
        nw.col("kind") == "sub_icb", nw.col("close_date").fill_null("").str.strip_chars() == ""
    )
    return in_force.select("code", is_known=nw.lit(value=True)).unique()


def _in_force(submissions: Submissions, rows: nw.LazyFrame[Any], column: str) -> nw.LazyFrame[Any]:
    """Return the rows without the codes that are no Sub ICB in force, where that is known."""
    if submissions.reference.organisations is None:
        return rows
    known = submissions.derive(_current_sub_icbs).rename({"code": column})
    return (
        rows.join(known, on=column, how="left")
        .with_columns(nw.when(nw.col("is_known")).then(nw.col(column)).alias(column))
        .drop("is_known")
    )
