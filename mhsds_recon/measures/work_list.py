"""The rows behind a funnel: where each was submitted, and the step at which it drops out.

Patient level: for a restricted folder only, never for a pack, a log or a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import UsageError
from mhsds_recon.measures.derivations import referral_spells
from mhsds_recon.measures.derivations.spell_scope import child_referrals_in_scope
from mhsds_recon.measures.derivations.spells import referrals_of_spells
from mhsds_recon.measures.funnels import assessed, rows_passed
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.funnels import counted_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard.funnels import Funnel

__all__ = ["WORK_LIST_COLUMNS", "list_not_counted"]

WORK_LIST_COLUMNS = (
    "funnel",
    "measure_id",
    "step",
    "cause_id",
    "cause",
    "detail",
    "is_furthest",
    "team",
    "table",
    "month",
    "row_number",
    "LocalPatientID",
    "ServiceRequestID",
)
_SPELLS = "referral_spells"
_NOTHING = nw.lit(None, dtype=nw.String)
_OF_REFERRAL = {
    "table": nw.lit("MHS101Referral"),
    "UniqMonthID": nw.col("UniqMonthID"),
    "row_number": nw.col("row_number"),
    "LocalPatientID": nw.col("LocalPatientID"),
    "ServiceRequestID": nw.col("ServiceRequestID"),
    "detail": _NOTHING,
}
_HAS_SCORE = ~nw.col("score_key").is_null()
# Where a row of a cohort was submitted; those of spells are joined to them.
_PLACES: Mapping[str, Mapping[str, nw.Expr]] = {
    "closed_referral_outcomes": _OF_REFERRAL,
    "closed_referral_scores": {
        **_OF_REFERRAL,
        "table": nw.when(nw.col("source_table") == "MHS606")
        .then(nw.lit("MHS606CodedScoreAssessmentRefer"))
        .otherwise(
            nw.when(_HAS_SCORE)
            .then(nw.lit("MHS607CodedScoreAssessmentAct"))
            .otherwise(nw.lit("MHS101Referral"))
        ),
        "UniqMonthID": nw.coalesce("submitted_month", "UniqMonthID"),
        "row_number": nw.coalesce("score_row", "row_number"),
        "detail": nw.col("unpaired_because"),
    },
    "team_activity": {
        **_OF_REFERRAL,
        "table": nw.when(nw.col("is_indirect"))
        .then(nw.lit("MHS204IndirectActivity"))
        .otherwise(nw.lit("MHS201CareContact")),
    },
    _SPELLS: {name: _OF_REFERRAL[name] for name in ("table", "LocalPatientID", "detail")},
}


def list_not_counted(
    submissions: Submissions, funnel_ids: Iterable[str] | None = None
) -> pl.DataFrame:
    """Return the submitted rows of what funnels do not count, and why.

    A row is listed where what the measure counts (a person, referral or spell) is counted by no
    row at all. Funnels that cannot be assessed are left out.

    Args:
        submissions: The submissions.
        funnel_ids: Funnels to list; all by default.

    Returns:
        One row per funnel and row that drops out: funnel (its id), measure_id, step (at which it
        does), cause_id and cause, detail (why a score is in no pair), is_furthest (no other row
        of the same person, referral or spell comes further), team, and where it was submitted:
        table, month (YYYY-MM), row_number, LocalPatientID and ServiceRequestID. Furthest first.

    Raises:
        UsageError: A funnel is not defined, or none can be assessed.
    """
    funnels, not_assessed = assessed(submissions, funnel_ids)
    if not funnels:
        reasons = "; ".join(f"{name} {reason}" for name, reason in not_assessed.items())
        message = f"There is no funnel to list rows of: {reasons}."
        raise UsageError(message)
    collected = submissions.engine.collect([_dropped(submissions, one) for one in funnels])
    months = _months(submissions)
    listed = [
        nw.from_native(rows)
        .join(_steps(funnel, submissions), on="passed")
        .join(months, on="UniqMonthID", how="left")
        .select(*WORK_LIST_COLUMNS, "passed")
        for funnel, rows in zip(funnels, collected, strict=True)
    ]
    order = ["funnel", "LocalPatientID", "passed", "month", "table", "row_number"]
    rows: pl.DataFrame = (
        nw.concat(listed)
        .sort(order, descending=[name == "passed" for name in order])
        .select(WORK_LIST_COLUMNS)
        .to_native()
    )
    return rows


def _dropped(submissions: Submissions, funnel: Funnel) -> nw.LazyFrame[Any]:
    """Return the rows that drop out of a funnel, of units that it does not count."""
    unit = counted_unit(funnel, submissions.standard.measures).key
    rows = rows_passed(submissions, funnel, _PLACES[funnel.cohort])
    counted = rows.filter(nw.col("passed") == len(funnel.steps)).select(unit).unique()
    dropped = rows.join(counted, on=unit, how="anti").with_columns(
        (nw.col("passed") == nw.col("passed").max().over(unit)).alias("is_furthest")
    )
    if funnel.cohort == _SPELLS:
        dropped = dropped.join(submissions.derive(_rows_of_spells), on="spell", how="left")
    team = _NOTHING if funnel.team is None else nw.col(funnel.team)
    return dropped.select("passed", "is_furthest", *_OF_REFERRAL, team.alias("team"))


def _rows_of_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of the referrals that spells are made of."""
    return referrals_of_spells(
        submissions,
        submissions.derive(referral_spells),
        submissions.derive(child_referrals_in_scope),
    ).select("spell", "UniqMonthID", "row_number", "ServiceRequestID")


def _steps(funnel: Funnel, submissions: Submissions) -> nw.DataFrame[Any]:
    """Return what the step of each number is, and why rows drop out there."""
    causes = load_causes(submissions.standard.version)
    rows = [
        {
            "passed": number,
            "funnel": funnel.id,
            "measure_id": funnel.measure,
            "step": step.name,
            "cause_id": step.cause,
            "cause": None if step.cause is None else causes[step.cause].name,
        }
        for number, step in enumerate(funnel.steps)
    ]
    schema = {name: nw.Int64() if name == "passed" else nw.String() for name in rows[0]}
    return nw.from_dicts(rows, schema=schema, backend="polars")


def _months(submissions: Submissions) -> nw.DataFrame[Any]:
    periods = list(submissions.extracts)
    return nw.from_dict(
        {"UniqMonthID": [one.number for one in periods], "month": [str(one) for one in periods]},
        schema={"UniqMonthID": nw.Int64(), "month": nw.String()},
        backend="polars",
    )
