"""People: who a patient row is, how old, and whether resident in England."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["patient_records", "people", "places_of_postcodes", "whole_years", "with_unsent"]


def people(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the patients of every month.

    Returns:
        One row per UniqMonthID and LocalPatientID, the last that was submitted: these, Person_ID
        (the NHS number, else the provider's code and local id), PersonBirthDate, AgeRepPeriodEnd,
        england_resident (false only where the postcode is known to lie elsewhere).

    Source:
        Shared definitions S2 and S3.
    """
    rows = _with_residence(submissions, _patients(submissions))
    return rows.select(
        "UniqMonthID",
        "LocalPatientID",
        "Person_ID",
        "PersonBirthDate",
        "AgeRepPeriodEnd",
        "england_resident",
    )


def patient_records(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the patients of every month with all that is asked about a patient.

    Returns:
        The columns of ``people``, row_number, Gender, GenderIDCode, GenderSameAtBirth,
        EthnicCategory, sub_icb_of_residence and imd_decile (as text; both null without a known
        postcode).

    Source:
        Shared definitions S2 and S3.
    """
    rows = _patients(submissions, "Gender", "GenderIDCode", "GenderSameAtBirth", "EthnicCategory")
    return _with_residence(submissions, _with_deprivation(submissions, rows)).drop(
        "NHSNumber", "Postcode", "ReportingPeriodEndDate"
    )


def _patients(submissions: Submissions, *more: str) -> nw.LazyFrame[Any]:
    """Return the patients with who and how old each is, and more elements as text."""
    rows = submissions.table(
        "MHS001MPI",
        text=("LocalPatientID", "NHSNumber", "Postcode", *more),
        dates=("PersonBirthDate",),
    ).filter(~nw.col("LocalPatientID").is_null())
    sent = with_unsent(submissions, rows, "LocalPatientID")
    return last_submitted(submissions, sent, "UniqMonthID", "LocalPatientID").with_columns(
        _person(submissions).alias("Person_ID"),
        whole_years("PersonBirthDate", "ReportingPeriodEndDate").alias("AgeRepPeriodEnd"),
        _compact("Postcode").alias("Postcode"),
    )


def _person(submissions: Submissions) -> nw.Expr:
    """Return who a patient row is about."""
    local = nw.concat_str(nw.lit(submissions.provider), nw.col("LocalPatientID"))
    match submissions.conditions.person_key:
        case "local_patient":
            return local
        case "record":
            month = nw.col("UniqMonthID").cast(nw.String)
            record = nw.concat_str(local, month, separator="/")
            return nw.coalesce(nw.col("NHSNumber"), record)
        case _:
            return nw.coalesce(nw.col("NHSNumber"), local)


def with_unsent(
    submissions: Submissions, rows: nw.LazyFrame[Any], key: str, *conditions: nw.Expr
) -> nw.LazyFrame[Any]:
    """Return rows, those of the month before with them that were not sent again, if asked for.

    Args:
        submissions: Of one provider.
        rows: Of every month.
        key: What is the same in a row that was sent again.
        conditions: What must hold of a row of the month before.
    """
    if not submissions.conditions.unsent_open_referrals_count:
        return rows
    now = submissions.period
    unsent = (
        rows.filter(nw.col("UniqMonthID") == now.number - 1, *conditions)
        .join(rows.filter(nw.col("UniqMonthID") == now.number), on=key, how="anti")
        .with_columns(
            UniqMonthID=nw.lit(now.number, dtype=nw.Int64), ReportingPeriodEndDate=nw.lit(now.end)
        )
    )
    return nw.concat([rows, unsent])


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


def places_of_postcodes(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return where postcodes lie.

    Returns:
        One row per postcode of the reference file: Postcode (capitals, no spaces),
        england_resident (false only where it is known to lie elsewhere) and
        sub_icb_of_residence.

    Raises:
        LookupError: There is no reference file of postcodes.
    """
    postcodes = submissions.reference.postcodes
    if postcodes is None:
        message = "no postcodes"
        raise LookupError(message)
    district = nw.col("la_district").str.strip_chars()
    return postcodes.select(
        _compact("postcode").alias("Postcode"),
        england_resident=(district == "") | district.str.starts_with("E"),
        sub_icb_of_residence=_filled("sub_icb"),
    ).unique("Postcode", keep="any")


def _with_residence(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    if submissions.reference.postcodes is None:
        return rows.with_columns(
            england_resident=nw.lit(value=True), sub_icb_of_residence=nw.lit(None, dtype=nw.String)
        )
    places = submissions.derive(places_of_postcodes)
    return rows.join(places, on="Postcode", how="left").with_columns(
        nw.col("england_resident").fill_null(value=True)
    )


def _with_deprivation(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    deprivation = submissions.reference.deprivation
    if deprivation is None:
        return rows.with_columns(imd_decile=nw.lit(None, dtype=nw.String))
    deciles = deprivation.select(
        _compact("postcode").alias("Postcode"), imd_decile=_filled("imd_decile")
    ).unique("Postcode", keep="any")
    return rows.join(deciles, on="Postcode", how="left")


def _compact(postcode: str) -> nw.Expr:
    return nw.col(postcode).str.replace_all(" ", "", literal=True).str.to_uppercase()


def _filled(column: str) -> nw.Expr:
    text = nw.col(column).str.strip_chars()
    return nw.when(text != "").then(text)
