"""People: who a patient row is, how old, and whether resident in England."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["people", "postcodes_elsewhere", "whole_years"]


def people(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the patient rows of every month.

    Returns:
        One row per row of MHS001: UniqMonthID, LocalPatientID, Person_ID (the NHS number, else
        the provider's code and local id), PersonBirthDate, AgeRepPeriodEnd, england_resident
        (false only where the postcode is known to lie elsewhere).

    Source:
        Shared definitions S2 and S3.
    """
    rows = submissions.table(
        "MHS001MPI", text=("LocalPatientID", "NHSNumber", "Postcode"), dates=("PersonBirthDate",)
    ).with_columns(
        nw.coalesce(
            nw.col("NHSNumber"),
            nw.concat_str(nw.lit(submissions.provider), nw.col("LocalPatientID")),
        ).alias("Person_ID"),
        whole_years("PersonBirthDate", "ReportingPeriodEndDate").alias("AgeRepPeriodEnd"),
    )
    return _with_residence(submissions, rows).select(
        "UniqMonthID",
        "LocalPatientID",
        "Person_ID",
        "PersonBirthDate",
        "AgeRepPeriodEnd",
        "england_resident",
    )


def whole_years(birth: str, day: str) -> nw.Expr:
    """Return the completed years from one date column to another.

    A birthday on 29 February is reached on 1 March. A day before birth gives 0, as the national
    load does. Null where either date is null.
    """
    years = nw.col(day).dt.year() - nw.col(birth).dt.year()
    before_birthday = _month_and_day(day) < _month_and_day(birth)
    age = years.cast(nw.Int64) - before_birthday.cast(nw.Int64)
    return nw.when(age < 0).then(nw.lit(0, dtype=nw.Int64)).otherwise(age)


def _month_and_day(column: str) -> nw.Expr:
    date = nw.col(column).dt
    return date.month().cast(nw.Int64) * 100 + date.day().cast(nw.Int64)


def postcodes_elsewhere(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the postcodes that are known to lie outside England.

    Returns:
        One row per postcode of the reference file: compact_postcode (capitals, no spaces) and
        elsewhere, always true.

    Raises:
        LookupError: There is no reference file of postcodes.
    """
    postcodes = submissions.reference.postcodes
    if postcodes is None:
        message = "no postcodes"
        raise LookupError(message)
    district = nw.col("la_district").str.strip_chars()
    return (
        postcodes.filter(district != "", ~district.str.starts_with("E"))
        .select(_compact("postcode").alias("compact_postcode"), elsewhere=nw.lit(value=True))
        .unique()
    )


def _with_residence(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    if submissions.reference.postcodes is None:
        return rows.with_columns(england_resident=nw.lit(value=True))
    return (
        rows.with_columns(_compact("Postcode").alias("compact_postcode"))
        .join(submissions.derive(postcodes_elsewhere), on="compact_postcode", how="left")
        .with_columns(england_resident=nw.col("elsewhere").is_null())
    )


def _compact(postcode: str) -> nw.Expr:
    return nw.col(postcode).str.replace_all(" ", "", literal=True).str.to_uppercase()
