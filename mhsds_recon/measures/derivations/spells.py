"""Referral spells: referrals of a person that touch or overlap, merged."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.people import patient_records

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["referrals_of_spells", "spells_of"]

_FIRST_START = dt.date(2016, 1, 1)
_MONTHS_LOOKED_AT = 3


def spells_of(submissions: Submissions, in_scope: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the spells of referrals that reach into the last three months.

    Args:
        submissions: Of one provider.
        in_scope: Referrals as ``spell_scope`` returns them.

    Returns:
        One row per spell that started in 2016 or later: spell (its key), Person_ID, spell_start,
        spell_end (a spell that goes on ends with its last submitted month), days_open (from
        spell_start to the end of the counted period), UniqMonthID and LocalPatientID (of the
        person's latest patient row in those months, null where there is none), and of the end of
        that period is_open (the spell reaches it to within 5 days and is marked open) and
        is_marked_open (a referral of the spell was submitted for the period and is not
        discharged, or the spell ended in its last 5 days; null where no referral can be traced).

    Source:
        Measures MRS08 to MRS19, steps 1, 2 and 6; the same for adults.
    """
    period = submissions.period
    asked = submissions.conditions
    closing_days = period.end - dt.timedelta(days=asked.bridged_days)
    latest = submissions.engine.share(_latest(submissions, in_scope))
    merged = _merged(latest, asked.bridged_days) if asked.referrals_merged else _each_one(latest)
    first = _FIRST_START if asked.received_since_2016_only else dt.date.min
    spells = submissions.engine.share(
        merged.filter(
            nw.col("spell_start") >= first,
            nw.col("spell_start") <= period.end,
            nw.col("spell_end") >= period.window(_MONTHS_LOOKED_AT)[0].start,
        )
    )
    return (
        spells.join(_marks(spells, latest, submissions), on="spell", how="left")
        .join(submissions.derive(_patients), on="Person_ID", how="left")
        .with_columns(
            (nw.col("is_marked_open") & (nw.col("spell_end") >= closing_days))
            .fill_null(value=False)
            .alias("is_open"),
            submissions.engine.days_between(nw.col("spell_start"), nw.lit(period.end)).alias(
                "days_open"
            ),
        )
    )


def referrals_of_spells(
    submissions: Submissions, spells: nw.LazyFrame[Any], in_scope: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Return the referrals that spells are made of, as last submitted.

    Args:
        submissions: Of one provider.
        spells: As ``spells_of`` returns them.
        in_scope: The referrals that they were made of.

    Returns:
        One row per spell and referral received in it: spell and the columns of ``in_scope``.
    """
    referrals = _latest(submissions, in_scope)
    return _received_in(submissions, spells, referrals).select("spell", *in_scope.columns)


def _latest(submissions: Submissions, in_scope: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return referrals as last submitted: one row per person and referral."""
    last = last_submitted(submissions, in_scope, "Person_ID", "ServiceRequestID")
    # What is left of one referral are its teams, which differ at most in when they ended.
    same = [name for name in last.collect_schema().names() if name != "end"]
    return last.group_by(*same).agg(nw.col("end").max())


def _each_one(latest: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return every referral as a spell."""
    return latest.select(
        "Person_ID",
        spell_start=nw.col("ReferralRequestReceivedDate"),
        spell=nw.concat_str("Person_ID", "ServiceRequestID", separator="/"),
        spell_end=nw.col("end"),
    )


def _merged(latest: nw.LazyFrame[Any], bridged_days: int) -> nw.LazyFrame[Any]:
    """Return spells by a sweep over dates: a spell closes when as many have ended as begun.

    Ends are moved on by five days, so a referral received five days after the last one ended
    still finds it running.
    """
    bridged_end = nw.col("end").dt.offset_by(f"{bridged_days}d").cast(nw.Date)
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
            .dt.offset_by(f"-{bridged_days}d")
            .cast(nw.Date)
            .alias("spell_end"),
        )
    )


def _marks(
    spells: nw.LazyFrame[Any], latest: nw.LazyFrame[Any], submissions: Submissions
) -> nw.LazyFrame[Any]:
    """Return spell and is_marked_open for the spells that hold a referral."""
    period = submissions.period
    bridged = dt.timedelta(days=submissions.conditions.bridged_days)
    recent = nw.col("spell_end") >= period.end - bridged
    open_now = (nw.col("UniqMonthID") == period.number) & (
        nw.col("ServDischDate").is_null() | recent
    )
    return (
        _received_in(submissions, spells, latest)
        .group_by("spell")
        .agg(open_now.any().alias("is_marked_open"))
    )


def _received_in(
    submissions: Submissions, spells: nw.LazyFrame[Any], referrals: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Return the referrals that were received while a spell ran, with it."""
    in_spell = nw.col("ReferralRequestReceivedDate").is_between(
        nw.col("spell_start"), nw.col("spell_end")
    )
    if not submissions.conditions.referrals_merged:
        in_spell = nw.col("spell") == nw.concat_str("Person_ID", "ServiceRequestID", separator="/")
    dates = spells.select("Person_ID", "spell", "spell_start", "spell_end")
    return dates.join(referrals, on="Person_ID").filter(in_spell)


def _patients(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the latest patient row of each person in the months looked at."""
    first_month = submissions.period.window(_MONTHS_LOOKED_AT)[0].number
    return last_submitted(
        submissions,
        submissions.derive(patient_records).filter(nw.col("UniqMonthID") >= first_month),
        "Person_ID",
    ).select("Person_ID", "UniqMonthID", "LocalPatientID")
