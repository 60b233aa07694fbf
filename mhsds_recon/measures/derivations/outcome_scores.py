"""Scores of closed referrals: which count, which form a pair, and why the others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
from msgspec.structs import asdict

from mhsds_recon.measures.derivations.assessments import scored_assessments
from mhsds_recon.measures.derivations.people import patient_records
from mhsds_recon.measures.derivations.referral_cohorts import closed_referrals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.measures.submissions import Submissions

__all__ = ["referral_scores"]

_MONTHS = 12
_REFERRAL = ("Person_ID", "ServiceRequestID")
_SCALE = (*_REFERRAL, "preferred_term")
_NORM_COLUMNS: dict[str, nw.dtypes.DType] = {
    "gender": nw.String(),
    "age": nw.Int64(),
    "preferred_term": nw.String(),
    "mean": nw.Float64(),
    "standard_deviation": nw.Float64(),
}


def referral_scores(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return every score submitted for a closed referral, and why it is in no pair.

    Returns:
        One row per referral row of the last twelve months that was discharged in its own month,
        and row of ``scored_assessments`` of that referral, whoever's: UniqMonthID (of the
        discharge), ServiceRequestID, Person_ID, ServDischDate, first_contact, second_contact; of
        the score submitted_month, source_table, row_number, assessment_date, CodedAssToolType,
        tool_name, preferred_term, rater, better, threshold, is_cyp_outcome, is_valid_score, score
        (32 bits; an RCADS score as T-score where there is a norm) and lacks_norm; is_same_person
        (submitted under the person of the discharge); is_assessment (counts as a score in
        treatment), place (1, 2, ... of those by date, on one scale), is_first and is_last (of
        a pair; is_first also where there is no last), is_in_pair; and unpaired_because, null for
        a score in a pair, else the first that holds of:

        - other_person: submitted under another NHS number or local identifier
        - not_in_list: the national list of tools does not have the code
        - not_an_outcome: it has, but not as an outcome of children and young people
        - not_a_number, out_of_range: of the score
        - undated: neither contact nor timestamp has a readable date
        - repeated: the same score of the same day was submitted before, or in its own month
        - after_discharge
        - no_contact: nothing counts as a contact of the referral
        - before_first_contact
        - between: a first and a later last score were taken instead
        - no_later_score: another score of the scale counts, but none from the second contact on
        - other_scale: a score of the same rater counts, but on another scale
        - other_rater: a score counts, but of another rater
        - only_score: no other score of the referral counts

    Source:
        Measures MHS110 to MHS115, steps C and D. Ranks are per discharge and the last place is
        per referral, as coded: both matter only where a referral closed twice.
    """
    in_pair = nw.col("is_last") | (nw.col("is_first") & ~nw.col("last_place").is_null())
    lacks = nw.when(nw.col("is_assessment") & ~nw.col("is_in_pair"))
    return (
        _placed(submissions, _scores_of_closures(submissions))
        .with_columns(
            (nw.col("place") == 1).fill_null(value=False).alias("is_first"),
            (nw.col("place") == nw.col("last_place")).fill_null(value=False).alias("is_last"),
        )
        .with_columns(in_pair.alias("is_in_pair"))
        .with_columns(
            lacks.then(_first_that_holds(_lacks_of_pair()))
            .otherwise(nw.col("unpaired_because"))
            .alias("unpaired_because")
        )
        .drop("is_repeat", "last_place", "of_scale", "of_rater", "of_referral")
    )


def _placed(submissions: Submissions, scores: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add what counts, in which place, up to which last place, and how many others there are."""
    counts = nw.col("is_assessment")
    place = (
        nw.col("row_number")
        .cum_count()
        .over(
            "UniqMonthID",
            *_SCALE,
            "is_assessment",
            order_by=["assessment_date", "submitted_month", "row_number", "source_table"],
        )
    )
    late = nw.col("place") > 1
    if submissions.conditions.pairs_follow_contacts:
        late &= nw.col("assessment_date") >= nw.col("second_contact")

    def counted(*keys: str) -> nw.Expr:
        return counts.cast(nw.Int64).sum().over("UniqMonthID", *_REFERRAL, *keys)

    return (
        scores.with_columns(_first_that_holds(_failures(submissions)).alias("unpaired_because"))
        .with_columns(nw.col("unpaired_because").is_null().alias("is_assessment"))
        .with_columns(nw.when(counts).then(place).alias("place"))
        .with_columns(
            nw.when(late).then(nw.col("place")).max().over(*_SCALE).alias("last_place"),
            counted("preferred_term").alias("of_scale"),
            counted("rater").alias("of_rater"),
            counted().alias("of_referral"),
        )
    )


def _scores_of_closures(submissions: Submissions) -> nw.LazyFrame[Any]:
    closures = submissions.derive(_closures)
    scores = _with_repeats(
        submissions,
        submissions.ever.derive(scored_assessments).join(
            closures.select("ServiceRequestID").unique(), on="ServiceRequestID", how="semi"
        ),
    ).rename({"UniqMonthID": "submitted_month", "Person_ID": "assessed_person"})
    norms = submissions.lookup(
        [asdict(norm) for norm in submissions.standard.rcads_norms], _NORM_COLUMNS
    ).rename({"gender": "Gender", "age": "AgeServReferRecDate"})
    normed = tuple({norm.preferred_term for norm in submissions.standard.rcads_norms})
    raw = nw.col("score").cast(nw.Float64)
    t_score = (raw - nw.col("mean")) / nw.col("standard_deviation") * 10 + 50
    if not submissions.conditions.rcads_converted:
        t_score = raw
    return (
        closures.join(scores, on="ServiceRequestID")
        .join(norms, on=["Gender", "AgeServReferRecDate", "preferred_term"], how="left")
        .with_columns(
            nw.coalesce(t_score.cast(nw.Float32), nw.col("score")).alias("score"),
            (nw.col("mean").is_null() & nw.col("preferred_term").is_in(normed))
            .fill_null(value=False)
            .alias("lacks_norm"),
            (nw.col("assessed_person") == nw.col("Person_ID")).alias("is_same_person"),
        )
        .drop("mean", "standard_deviation", "Gender", "AgeServReferRecDate", "assessed_person")
    )


def _closures(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return referrals once for each month of the last twelve in which they closed."""
    month = nw.col("UniqMonthID")
    genders = submissions.derive(patient_records).select("UniqMonthID", "LocalPatientID", "Gender")
    return (
        submissions.derive(closed_referrals)
        .filter(
            month > submissions.period.number - _MONTHS,
            _months("ServDischDate") == _months("ReportingPeriodEndDate"),
        )
        .join(genders, on=["UniqMonthID", "LocalPatientID"])
        .select(
            "UniqMonthID",
            *_REFERRAL,
            "AgeServReferRecDate",
            "Gender",
            "ServDischDate",
            "first_contact",
            "second_contact",
        )
        .unique()
    )


def _months(column: str) -> nw.Expr:
    date = nw.col(column).dt
    return date.year().cast(nw.Int64) * 12 + date.month().cast(nw.Int64)


def _with_repeats(submissions: Submissions, scores: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add is_repeat: one score of a person, scale and day counts once.

    The first submitted counts. If that was not in the month of the assessment, one of the same
    code that was, under whatever person, counts in its stead.
    """
    in_month = _months("assessment_date") == _months("ReportingPeriodEndDate")
    same = ["assessment_date", "ServiceRequestID", "CodedAssToolType", "PersScore"]
    with_time = scores.with_columns(
        in_month.fill_null(value=False).alias("in_month"),
        nw.col("row_number")
        .cum_count()
        .over(
            "Person_ID",
            "assessment_date",
            "ServiceRequestID",
            "preferred_term",
            "PersScore",
            order_by=["UniqMonthID", "row_number", "source_table"],
        )
        .alias("time"),
    )
    ordered = submissions.engine.share(with_time)
    timely = (
        ordered.filter(nw.col("in_month"), nw.col("time") == 1)
        .select(*same, has_timely=nw.lit(value=True))
        .unique()
    )
    superseded = ~nw.col("in_month") & nw.col("has_timely").fill_null(value=False)
    return (
        ordered.join(timely, on=same, how="left")
        .with_columns(((nw.col("time") > 1) | superseded).alias("is_repeat"))
        .drop(
            "in_month",
            "time",
            "has_timely",
            "ReportingPeriodEndDate",
            "PersScore",
            "is_four_week_baseline",
        )
    )


def _failures(submissions: Submissions) -> Iterator[tuple[str, nw.Expr]]:
    """Yield why a score is none in treatment, in the order in which reasons are given."""
    asked = submissions.conditions
    date, first_contact = nw.col("assessment_date"), nw.col("first_contact")
    yield "other_person", ~nw.col("is_same_person")
    yield "not_in_list", nw.col("preferred_term").is_null()
    yield "not_an_outcome", ~nw.col("is_cyp_outcome")
    if asked.score_range_tested:
        yield "not_a_number", nw.col("score").is_null()
    yield "out_of_range", ~nw.col("is_valid_score")
    yield "undated", date.is_null()
    yield "repeated", nw.col("is_repeat")
    if asked.pairs_follow_contacts:
        yield "after_discharge", date > nw.col("ServDischDate")
        yield "no_contact", first_contact.is_null()
        yield "before_first_contact", date < first_contact


def _lacks_of_pair() -> Iterator[tuple[str, nw.Expr]]:
    """Yield why a score in treatment is neither the first nor the last of a pair."""
    yield "between", ~nw.col("last_place").is_null()
    yield "no_later_score", nw.col("of_scale") > 1
    yield "other_scale", nw.col("of_rater") > 1
    yield "other_rater", nw.col("of_referral") > 1
    yield "only_score", nw.lit(value=True)


def _first_that_holds(named: Iterator[tuple[str, nw.Expr]]) -> nw.Expr:
    """Return the name of the first condition that holds, null where none does."""
    found: nw.Expr = nw.lit(None, dtype=nw.String)
    for name, condition in reversed(list(named)):
        found = nw.when(condition).then(nw.lit(name)).otherwise(found)
    return found
