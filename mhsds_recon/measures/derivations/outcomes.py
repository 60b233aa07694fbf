"""Closed referrals and their scores: what changed between the first and the last of a scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import narwhals as nw

from mhsds_recon.measures.derivations.assessments import UNLISTED
from mhsds_recon.measures.derivations.outcome_scores import referral_scores
from mhsds_recon.measures.derivations.referral_cohorts import closed_referrals
from mhsds_recon.measures.derivations.row_keys import row_key
from mhsds_recon.standard.outcome_tools import Rater

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhsds_recon.measures.submissions import Submissions

__all__ = ["closed_referral_outcomes", "closed_referral_scores", "score_pairs"]

_RATERS: tuple[Rater, ...] = get_args(Rater)
_REFERRAL = ["Person_ID", "ServiceRequestID"]
_SCALE = [*_REFERRAL, "preferred_term"]


def score_pairs(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the first and last score of each scale of a closed referral.

    Returns:
        One row per Person_ID, ServiceRequestID and preferred_term with a score in treatment:
        tool_name, rater, first_date, first_score, last_date, last_score (null without a last),
        change (last minus first), is_paired, is_improved, is_deteriorated, is_unchanged (false
        without a last).

    Source:
        Measures MHS110 to MHS115, step D.
    """
    scores = submissions.derive(referral_scores)
    first = scores.filter(nw.col("is_first")).select(
        *_SCALE,
        "tool_name",
        "rater",
        "better",
        "threshold",
        first_date=nw.col("assessment_date"),
        first_score=nw.col("score"),
    )
    last = scores.filter(nw.col("is_last")).select(
        *_SCALE, last_date=nw.col("assessment_date"), last_score=nw.col("score")
    )
    change = nw.col("change")
    gain = nw.when(nw.col("better") == "higher").then(change).otherwise(-change)
    reliable = change.abs() >= nw.col("threshold")
    return (
        first.join(last, on=_SCALE, how="left")
        .with_columns((nw.col("last_score") - nw.col("first_score")).alias("change"))
        .with_columns(
            (~nw.col("last_date").is_null()).alias("is_paired"),
            *(
                judged.fill_null(value=False).alias(name)
                for name, judged in (
                    ("is_improved", reliable & (gain > 0)),
                    ("is_deteriorated", reliable & (gain < 0)),
                    ("is_unchanged", ~reliable),
                )
            ),
        )
        .drop("better", "threshold")
    )


def closed_referral_outcomes(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return discharged referrals with what each rater's scores say of them.

    Returns:
        One row per row of ``closed_referrals``: its columns, is_assessed and is_paired (by any
        rater), and for each rater, such as ``self``, is_assessed_self, is_paired_self,
        is_deteriorated_self (on any scale), is_improved_self (on one scale at least, and
        deteriorated on none) and is_unchanged_self (on one at least, and neither of the others).

    Source:
        Measures MHS110 to MHS115, step E.
    """
    raters = _raters(submissions)
    flags = dict(_rater_flags(raters))
    by_referral = (
        submissions.derive(score_pairs)
        .group_by(*_REFERRAL)
        .agg(
            *(flag.any().alias(name) for name, flag in flags.items()),
        )
    )
    joined = submissions.derive(closed_referrals).join(by_referral, on=_REFERRAL, how="left")
    return joined.with_columns(nw.col(*flags).fill_null(value=False)).with_columns(
        *_meaningful_change(submissions),
        *(
            nw.any_horizontal(*(f"{flag}_{rater}" for rater in raters), ignore_nulls=True).alias(
                flag
            )
            for flag in ("is_assessed", "is_paired")
        ),
    )


def closed_referral_scores(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return discharged referrals with each of their scores, for counting where they drop out.

    Returns:
        One row per row of ``closed_referral_outcomes`` and score of ``referral_scores``, once
        where there is none: the columns of both, row_number being that of the referral, and
        score_key and score_row (its row number), null where there is none.
    """
    scores = (
        submissions.derive(referral_scores)
        .drop("ServDischDate", "first_contact", "second_contact")
        .with_columns(
            row_key("submitted_month", "row_number", nw.col("source_table") == "MHS607").alias(
                "score_key"
            )
        )
        .rename({"row_number": "score_row"})
    )
    yes_or_no = (
        "is_same_person",
        "is_cyp_outcome",
        "is_valid_score",
        "is_assessment",
        "is_in_pair",
    )
    return (
        submissions.derive(closed_referral_outcomes)
        .join(scores, on=["UniqMonthID", *_REFERRAL], how="left")
        .with_columns(nw.col(*yes_or_no).fill_null(value=False))
    )


def _raters(submissions: Submissions) -> tuple[str, ...]:
    listed_only = submissions.conditions.listed_tools_only
    return _RATERS if listed_only else (*_RATERS, UNLISTED)


def _rater_flags(raters: Sequence[str]) -> Iterator[tuple[str, nw.Expr]]:
    for rater in raters:
        rated = nw.col("rater") == rater
        yield f"is_assessed_{rater}", rated
        for flag in ("is_paired", "is_improved", "is_deteriorated", "is_unchanged"):
            yield f"{flag}_{rater}", rated & nw.col(flag)


def _meaningful_change(submissions: Submissions) -> Iterator[nw.Expr]:
    cancels = submissions.conditions.deterioration_cancels
    for rater in _RATERS:
        improved, deteriorated, unchanged = (
            nw.col(f"{flag}_{rater}") for flag in ("is_improved", "is_deteriorated", "is_unchanged")
        )
        yield improved & ~deteriorated if cancels else improved
        yield (unchanged & ~improved & ~deteriorated).alias(f"is_unchanged_{rater}")
