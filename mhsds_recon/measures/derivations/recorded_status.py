"""What has been recorded of the people with an open referral."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.open_referrals import open_referrals
from mhsds_recon.measures.derivations.people import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.measures.submissions import Submissions

__all__ = ["recorded_status"]

_MONTHS = 12
_CRISIS_PLAN = "12"


def recorded_status(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the open referrals with what was recorded in any month.

    Returns:
        One row per referral open at the end of the month: ServiceRequestID, Person_ID; of its
        person has_accommodation_status, has_employment_status and has_crisis_plan (each dated in
        the twelve months to the end of the month); and has_diagnosis (or presenting complaint, of
        the referral).

    Source:
        NHSDigital/mental-health-monthly-statistics, menh_analysis, MHS13, MHS16, MHS19, MHS20.
    """
    accommodation = _of_people(
        submissions, "MHS003AccommStatus", ("AccommodationType",), ("AccommodationTypeDate",)
    ).filter(~nw.col("AccommodationType").is_null())
    employment = _of_people(submissions, "MHS004EmpStatus", (), ("EmployStatusRecDate",))
    plans = _of_people(
        submissions,
        "MHS008CarePlanType",
        ("CarePlanTypeMH",),
        ("CarePlanCreatDate", "CarePlanLastUpdateDate"),
    ).filter(nw.col("CarePlanTypeMH") == _CRISIS_PLAN)
    diagnoses = nw.concat(
        [
            submissions.table(table, text=("ServiceRequestID",)).select("ServiceRequestID")
            for table in ("MHS604PrimDiag", "MHS605SecDiag", "MHS609PresComp")
        ]
    )
    rows = submissions.derive(open_referrals).select("ServiceRequestID", "Person_ID").unique()
    for name, key, recorded in (
        ("has_accommodation_status", "Person_ID", accommodation),
        ("has_employment_status", "Person_ID", employment),
        ("has_crisis_plan", "Person_ID", plans),
        ("has_diagnosis", "ServiceRequestID", diagnoses),
    ):
        flags = recorded.select(key, nw.lit(value=True).alias(name)).unique()
        rows = rows.join(flags, on=key, how="left").with_columns(
            nw.col(name).fill_null(value=False)
        )
    return rows


def _of_people(
    submissions: Submissions, table: str, text: Sequence[str], dates: Sequence[str]
) -> nw.LazyFrame[Any]:
    """Return the rows of which one of the dates lies in the last twelve months."""
    start, end = submissions.period.window(_MONTHS)[0].start, submissions.period.end
    within = [nw.col(date).is_between(start, end).fill_null(value=False) for date in dates]
    patients = submissions.derive(people).select("UniqMonthID", "LocalPatientID", "Person_ID")
    return (
        submissions.table(table, text=("LocalPatientID", *text), dates=dates)
        .filter(nw.any_horizontal(*within, ignore_nulls=True))
        .join(patients, on=["UniqMonthID", "LocalPatientID"])
    )
