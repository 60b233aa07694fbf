"""Referrals of the month to crisis and liaison teams, and how soon somebody was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import has_mechanism, is_attended
from mhsds_recon.measures.derivations.referrals import referral_teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["urgent_referrals"]

_FACE_TO_FACE = ("01",)
_TIME = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}"
_DAY = 24 * 60 * 60
_REFERRAL = ["UniqMonthID", "ServiceRequestID"]


def urgent_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals submitted for the month with their first face to face contact.

    A contact of the next month is not seen, and one before the referral does not count. A date
    without a time stands for its midnight.

    Returns:
        One row per row of ``referral_teams`` of the month: its columns and
        seconds_to_face_to_face (null where there was no such contact in the month).

    Source:
        Measures CCR70b to CCR120b and PLS121b to PLS123b.
    """
    rows = submissions.derive(referral_teams).filter(
        nw.col("UniqMonthID") == submissions.period.number
    )
    return rows.join(_first_contacts(submissions, rows), on=_REFERRAL, how="left")


def _first_contacts(submissions: Submissions, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    received = rows.select(
        *_REFERRAL, "ReferralRequestReceivedDate", "ReferralRequestReceivedTime"
    ).unique()
    days = submissions.engine.days_between(
        nw.col("ReferralRequestReceivedDate"), nw.col("CareContDate")
    )
    seconds = (
        days * _DAY
        + _seconds_of_day("CareContTime")
        - _seconds_of_day("ReferralRequestReceivedTime")
    )
    return (
        submissions.table(
            "MHS201CareContact",
            text=("ServiceRequestID", "CareContTime", "AttendStatus", "ConsMechanismMH"),
            dates=("CareContDate",),
            this_month=True,
        )
        .filter(
            is_attended(submissions),
            has_mechanism(submissions, is_one_of("ConsMechanismMH", _FACE_TO_FACE)),
            nw.col("CareContDate").is_between(submissions.period.start, submissions.period.end),
        )
        .join(received, on=_REFERRAL)
        .with_columns(seconds.alias("seconds_to_face_to_face"))
        .filter(nw.col("seconds_to_face_to_face") >= 0)
        .group_by(*_REFERRAL)
        .agg(nw.col("seconds_to_face_to_face").min())
    )


def _seconds_of_day(time: str) -> nw.Expr:
    """Return the seconds since midnight of a time as text; 0 where there is none."""
    text = nw.when(nw.col(time).str.contains(_TIME)).then(nw.col(time))
    parts = (text.str.slice(place, 2).cast(nw.Int64) for place in (0, 3, 6))
    hours, minutes, seconds = parts
    return ((hours * 60 + minutes) * 60 + seconds).fill_null(0)
