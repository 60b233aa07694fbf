"""The month that is counted, and the patients submitted for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.people import people

if TYPE_CHECKING:
    import datetime as dt

    from mhsds_recon.measures.submissions import Derivation, Submissions

__all__ = ["in_month", "is_open", "month_of", "patients_in_month"]


def in_month(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the rows submitted for the month that is counted."""
    return rows.filter(nw.col("UniqMonthID") == submissions.period.number)


def month_of(submissions: Submissions, derivation: Derivation) -> nw.LazyFrame[Any]:
    """Return the rows of a derivation submitted for the month that is counted."""
    return in_month(submissions, submissions.derive(derivation))


def is_open(end: str, day: dt.date) -> nw.Expr:
    """Return whether something has not ended by a day: no end, or a later one."""
    return nw.col(end).is_null() | (nw.col(end) > day)


def patients_in_month(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the ages of the people submitted for the month.

    A person known under two local identifiers has a patient row for each, and the national code
    joins records to patients by person, so that a record meets all of them.

    Returns:
        One row per Person_ID and AgeRepPeriodEnd: patient_rows (how many patient rows).

    Source:
        Activity measures, provider versions marked "prov MPI".
    """
    return (
        month_of(submissions, people)
        .filter(~nw.col("Person_ID").is_null())
        .group_by("Person_ID", "AgeRepPeriodEnd")
        .agg(nw.len().cast(nw.Int64).alias("patient_rows"))
    )
