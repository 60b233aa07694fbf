"""Scored assessments: when, of whom, with which tool, and whether the score can be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
from msgspec.structs import asdict

from mhsds_recon.measures.derivations.activity import contacts_by_id
from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.referrals import referrals

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["UNLISTED", "scored_assessments"]

UNLISTED = "unlisted"
"""Stands for the rater of an assessment whose tool is in no list."""

_SUBMITTED = (
    "UniqMonthID",
    "ReportingPeriodEndDate",
    "row_number",
    "ServiceRequestID",
    "Person_ID",
    "CodedAssToolType",
    "PersScore",
)
_TOOL_COLUMNS: dict[str, nw.dtypes.DType] = {
    "code": nw.String(),
    "tool_name": nw.String(),
    "preferred_term": nw.String(),
    "rater": nw.String(),
    "lowest_score": nw.Float64(),
    "highest_score": nw.Float64(),
    "better": nw.String(),
    "threshold": nw.Float32(),
    "is_cyp_outcome": nw.Boolean(),
    "is_four_week_baseline": nw.Boolean(),
}
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def scored_assessments(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the scored assessments of every month with their patient and tool.

    Scores have the precision of the national tables, 32 bits: a change of exactly the threshold
    counts as it does there.

    Returns:
        One row per row of MHS606, and of MHS607 whose activity and contact were submitted with
        it, of a referral of the same submission: UniqMonthID, ReportingPeriodEndDate,
        source_table, row_number, ServiceRequestID, Person_ID, assessment_date (of the contact
        for MHS607), CodedAssToolType, PersScore (as submitted), score (null where that is no
        number) and is_valid_score (from the lowest to the highest score of the tool); of the
        tool, null where the code is in no list, tool_name, preferred_term, rater, better,
        threshold, is_cyp_outcome, is_four_week_baseline.

    Source:
        Measures MHS110 to MHS115, step C, 1 and 2.
    """
    number = nw.col("PersScore").str.strip_chars()
    scored = (
        nw.concat([_of_referrals(submissions), _of_contacts(submissions)])
        .join(_tools(submissions), on="CodedAssToolType", how="left")
        .with_columns(
            nw.when(number.str.contains(_NUMBER)).then(number).cast(nw.Float32).alias("score")
        )
        .with_columns(
            _is_valid(submissions).alias("is_valid_score"),
            nw.col("is_cyp_outcome", "is_four_week_baseline").fill_null(value=False),
        )
        .drop("lowest_score", "highest_score")
    )
    return scored if submissions.conditions.listed_tools_only else _with_unlisted(scored)


def _is_valid(submissions: Submissions) -> nw.Expr:
    if not submissions.conditions.score_range_tested:
        return nw.lit(value=True)
    within = nw.col("score").is_between(nw.col("lowest_score"), nw.col("highest_score"))
    return within.fill_null(value=False)


def _with_unlisted(scored: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return assessments so that those in no list count too, each code as a scale of its own."""
    return scored.with_columns(
        nw.coalesce("preferred_term", "CodedAssToolType").alias("preferred_term"),
        nw.coalesce("rater", nw.lit(UNLISTED)).alias("rater"),
        nw.lit(value=True).alias("is_cyp_outcome"),
        nw.lit(value=True).alias("is_four_week_baseline"),
        # No scale is known, so that any number is in it.
        (nw.col("preferred_term").is_null() | nw.col("is_valid_score")).alias("is_valid_score"),
    )


def _of_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    patients = submissions.derive(referrals).select("UniqMonthID", "ServiceRequestID", "Person_ID")
    scores = submissions.table(
        "MHS606CodedScoreAssessmentRefer",
        text=("ServiceRequestID", "CodedAssToolType", "PersScore"),
        dates=("AssToolCompTimestamp",),
    )
    return scores.join(patients, on=["UniqMonthID", "ServiceRequestID"]).select(
        *_SUBMITTED,
        source_table=nw.lit("MHS606"),
        assessment_date=nw.col("AssToolCompTimestamp"),
    )


def _of_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    of_activity = ["UniqMonthID", "CareActID"]
    contacts = submissions.derive(contacts_by_id).select(
        "UniqMonthID", "CareContactID", "ServiceRequestID", "Person_ID", "ActivityDate"
    )
    scores = submissions.table(
        "MHS607CodedScoreAssessmentAct", text=("CareActID", "CodedAssToolType", "PersScore")
    )
    scored = submissions.table("MHS202CareActivity", text=("CareActID", "CareContactID")).join(
        scores.select(of_activity), on=of_activity, how="semi"
    )
    activities = last_submitted(submissions, scored, *of_activity)
    return (
        scores.join(activities.select(*of_activity, "CareContactID"), on=of_activity)
        .join(contacts, on=["UniqMonthID", "CareContactID"])
        .select(
            *_SUBMITTED,
            source_table=nw.lit("MHS607"),
            assessment_date=nw.col("ActivityDate"),
        )
    )


def _tools(submissions: Submissions) -> nw.LazyFrame[Any]:
    tools = [asdict(tool) for tool in submissions.standard.outcome_tools]
    return submissions.lookup(tools, _TOOL_COLUMNS).rename({"code": "CodedAssToolType"})
