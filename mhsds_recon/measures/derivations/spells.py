"""Referral spells of children and young people: referrals that touch or overlap, merged."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.inpatients import hospital_referrals
from mhsds_recon.measures.derivations.referrals import referral_teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["referral_spells"]

_BRIDGED_DAYS = 5
_FIRST_START = dt.date(2016, 1, 1)
_CRISIS_AND_LIAISON = ("A02", "A03", "A04", "A11", *(f"A{n}" for n in range(19, 26)), "C05")
_SPECIAL_SUPPORT = ("E02", "E03", "E04")


def referral_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referral spells of people aged 0 to 17 at referral, over all months.

    Returns:
        One row per spell that started in 2016 or later: spell (its key), Person_ID, spell_start,
        spell_end (a spell that goes on ends with its last submitted month), and of the end of the
        counted period is_open (the spell reaches it to within 5 days and is marked open) and
        is_marked_open (a referral of the spell was submitted for the period and is not
        discharged, or the spell ended in its last 5 days; null where no referral can be traced).

    Source:
        Measures MRS08 to MRS19, steps 1, 2 and 6.
    """
    closing_days = submissions.period.end - dt.timedelta(days=_BRIDGED_DAYS)
    spells = _merged(submissions.derive(_latest_referrals)).filter(
        nw.col("spell_start") >= _FIRST_START
    )
    marks = _marks(spells, submissions.derive(_latest_referrals), submissions)
    return spells.join(marks, on="spell", how="left").with_columns(
        (nw.col("is_marked_open") & (nw.col("spell_end") >= closing_days))
        .fill_null(value=False)
        .alias("is_open")
    )


def _latest_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return referrals in scope as last submitted: one row per person and referral."""
    end = nw.coalesce("ServDischDate", "ReferRejectionDate", "ReferClosureDate")
    month_end = nw.col("ReportingPeriodEndDate")
    return (
        submissions.derive(referral_teams)
        .filter(
            nw.col("AgeServReferRecDate").is_between(0, 17),
            nw.col("england_resident"),
            ~_is_out_of_scope(),
        )
        .join(
            submissions.derive(hospital_referrals),
            on=["Person_ID", "ServiceRequestID"],
            how="anti",
        )
        .with_columns(nw.when(end <= month_end).then(end).otherwise(month_end).alias("end"))
        .unique(
            ["Person_ID", "ServiceRequestID"],
            keep="last",
            order_by=["UniqMonthID", "end", "row_number"],
        )
        .select("UniqMonthID", "Person_ID", "ReferralRequestReceivedDate", "ServDischDate", "end")
    )


def _is_out_of_scope() -> nw.Expr:
    """Return whether team, reason and priority take a row out; one row left keeps a referral."""
    eating_disorder = is_one_of("PrimReasonReferralMH", ("12",))
    first_psychosis = is_one_of("PrimReasonReferralMH", ("01",))
    urgent = is_one_of("ClinRespPriorityType", ("1", "2", "4"))
    return (
        (is_one_of("ServTeamTypeMH", ("A18",)) & urgent)
        | (eating_disorder & ~is_one_of("ServTeamTypeMH", ("A18", "F01")))
        | (first_psychosis & is_one_of("ServTeamTypeMH", ("A14",)))
        | is_one_of("ServTeamTypeMH", (*_CRISIS_AND_LIAISON, *_SPECIAL_SUPPORT))
    )


def _merged(latest: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return spells by a sweep over dates: a spell closes when as many have ended as begun.

    Ends are moved on by five days, so a referral received five days after the last one ended
    still finds it running.
    """
    bridged_end = nw.col("end").dt.offset_by(f"{_BRIDGED_DAYS}d").cast(nw.Date)
    one = nw.lit(1, dtype=nw.Int64)
    begun = latest.select("Person_ID", date=nw.col("ReferralRequestReceivedDate"), change=one)
    ended = latest.select("Person_ID", date=bridged_end, change=-one)
    running = nw.col("change").cum_sum().over("Person_ID", order_by="date")
    closed_from_here = nw.col("closes").cum_sum(reverse=True).over("Person_ID", order_by="date")
    return (
        nw.concat([begun, ended])
        .group_by("Person_ID", "date")
        .agg(nw.col("change").sum().cast(nw.Int64))
        .with_columns((running == 0).cast(nw.Int64).alias("closes"))
        .with_columns(closed_from_here.cast(nw.Int64).alias("number"))
        .group_by("Person_ID", "number")
        .agg(spell_start=nw.col("date").min(), bridged_end=nw.col("date").max())
        .select(
            "Person_ID",
            "spell_start",
            nw.concat_str(
                nw.col("Person_ID"), nw.col("number").cast(nw.String), separator="/"
            ).alias("spell"),
            nw.col("bridged_end")
            .dt.offset_by(f"-{_BRIDGED_DAYS}d")
            .cast(nw.Date)
            .alias("spell_end"),
        )
    )


def _marks(
    spells: nw.LazyFrame[Any], latest: nw.LazyFrame[Any], submissions: Submissions
) -> nw.LazyFrame[Any]:
    """Return spell and is_marked_open for the spells that hold a referral."""
    period = submissions.period
    recent = nw.col("spell_end") >= period.end - dt.timedelta(days=_BRIDGED_DAYS)
    open_now = (nw.col("UniqMonthID") == period.number) & (
        nw.col("ServDischDate").is_null() | recent
    )
    return (
        spells.join(latest, on="Person_ID")
        .filter(
            nw.col("ReferralRequestReceivedDate").is_between(
                nw.col("spell_start"), nw.col("spell_end")
            )
        )
        .group_by("spell")
        .agg(open_now.any().alias("is_marked_open"))
    )
