"""Counting measures: one plan per cohort, all collected together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import DefinitionError, ExtractError, UsageError, near_miss
from mhsds_recon.frames import Reference
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.disclosure import control
from mhsds_recon.measures.figures import PUBLISHED_COLUMNS, Figures
from mhsds_recon.measures.filters import columns_of, passes_all
from mhsds_recon.measures.reading import months_read
from mhsds_recon.measures.submissions import Submissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Measure, ReportingPeriod, Standard
    from mhsds_recon.standard.measures import Breakdown, CohortName

__all__ = ["count", "count_values", "submissions_of"]

_NO_REFERENCE = Reference()
_NUMBERS = ("exact_value", "numerator", "denominator")
_SCHEMA: dict[str, nw.dtypes.DType] = {
    **{
        name: nw.Date() if name.startswith("reporting") else nw.String()
        for name in PUBLISHED_COLUMNS
    },
    **dict.fromkeys(_NUMBERS, nw.Float64()),
    "disclosure": nw.String(),
}
_ORDER = (*PUBLISHED_COLUMNS[:-1], *_NUMBERS, "disclosure", PUBLISHED_COLUMNS[-1])
_ONE_PROVIDER_ONLY = "England (only the records of this provider are counted)"


def count(  # noqa: PLR0913  each is a choice of the caller's
    extracts: Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = _NO_REFERENCE,
    measure_ids: Iterable[str] | None = None,
    status: str = "Performance",
) -> Figures:
    """Return the measures of one provider for a reporting period.

    Only extracts up to the period are used, as in the publication. Rows are counted as given:
    pass accepted extracts to count what the national database would hold.

    Args:
        extracts: Monthly extracts of one provider, one per month.
        standard: Says how each measure is counted.
        period: The reporting period.
        reference: Reference files; without postcodes everybody counts as resident in England.
        measure_ids: Measures to count; all by default.
        status: STATUS of the rows.

    Raises:
        UsageError: A measure is not defined.
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
        DefinitionError: A measure names a column that its cohort does not have.
    """
    measures = _chosen(standard, measure_ids)
    submissions = submissions_of(extracts, period, reference)
    values = count_values(measures, submissions)
    return Figures(
        provider=submissions.provider,
        period=period,
        frame=_frame(measures, values, submissions, status),
        missing_months={
            measure.id: missing
            for measure in measures
            if (missing := tuple(_missing_months(measure, submissions)))
        },
    )


def count_values(measures: Sequence[Measure], submissions: Submissions) -> dict[str, float]:
    """Return the exact value of each measure by its id."""
    plans = list(_plans(measures, submissions))
    collected = submissions.engine.collect(plans, find_shared=False)
    return {name: float(rows[name].item()) for rows in collected for name in rows.columns}


def _chosen(standard: Standard, measure_ids: Iterable[str] | None) -> list[Measure]:
    if measure_ids is None:
        return list(standard.measures.values())
    wanted = dict.fromkeys(measure_ids)
    for name in wanted:
        if name not in standard.measures:
            known = ", ".join(standard.measures)
            hint = near_miss(name, standard.measures)
            message = f"Unknown measure '{name}'.{hint} Measures that can be counted: {known}."
            raise UsageError(message)
    return [standard.measures[name] for name in wanted]


def submissions_of(
    extracts: Sequence[Extract], period: ReportingPeriod, reference: Reference
) -> Submissions:
    """Return a provider's extracts up to a reporting period as one history.

    Raises:
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
    """
    by_period: dict[ReportingPeriod, Extract] = {}
    for extract in extracts:
        if extract.period is None or extract.period > period:
            continue
        if extract.period in by_period:
            message = (
                f"Two extracts are for {extract.period}: '{by_period[extract.period].name}' and"
                f" '{extract.name}'. Give one, or mark the later one as a version"
                f" ({extract.period}.v2)."
            )
            raise ExtractError(message)
        by_period[extract.period] = extract
    if period not in by_period:
        there = ", ".join(f"'{e.name}' ({e.period or 'period unknown'})" for e in extracts)
        message = f"There is no extract for {period}. Given: {there or 'none'}."
        raise ExtractError(message)
    providers = sorted({extract.provider for extract in by_period.values()})
    if len(providers) > 1:
        message = (
            f"The extracts are of {len(providers)} providers: {', '.join(providers)}. Give one's."
        )
        raise ExtractError(message)
    return Submissions(
        provider=providers[0],
        period=period,
        extracts=dict(sorted(by_period.items())),
        reference=reference,
        engine=by_period[period].engine,
    )


def _plans(measures: Sequence[Measure], submissions: Submissions) -> Iterator[nw.LazyFrame[Any]]:
    """Yield one plan per cohort: a single row with a column per measure."""
    by_cohort: dict[CohortName, list[Measure]] = {}
    for measure in measures:
        by_cohort.setdefault(measure.count.cohort, []).append(measure)
    for name, members in by_cohort.items():
        rows = submissions.derive(COHORTS[name].derive)
        _check_columns(members, rows.collect_schema().names())
        yield rows.select(
            _value(measure, submissions.period).alias(measure.id) for measure in members
        )


def _check_columns(measures: Sequence[Measure], known: Sequence[str]) -> None:
    problems = [
        f"Measure {measure.id}: cohort '{measure.count.cohort}' has no column '{column}'."
        f"{near_miss(column, known)}"
        for measure in measures
        for column in (measure.count.key, *map(columns_of, measure.count.where))
        if column not in known
    ]
    if problems:
        raise DefinitionError(problems)


def _value(measure: Measure, period: ReportingPeriod) -> nw.Expr:
    """Return how many different keys pass; n_unique counts null as a value, so it is taken off."""
    key = nw.when(passes_all(measure.count.where, period.window(measure.months))).then(
        nw.col(measure.count.key)
    )
    has_null = key.is_null().any().cast(nw.Int64)
    return (key.n_unique().cast(nw.Int64) - has_null).fill_null(0)


def _frame(
    measures: Sequence[Measure], values: Mapping[str, float], submissions: Submissions, status: str
) -> pl.DataFrame:
    rows = [
        _row(measure, breakdown, values[measure.id], submissions, status)
        for measure in measures
        for breakdown in measure.breakdowns
    ]
    frame = nw.from_dicts(rows, schema=_SCHEMA, backend="polars").with_columns(
        control(
            nw.col("exact_value"),
            nw.col("numerator"),
            nw.col("denominator"),
            nw.col("disclosure"),
            # England rows here hold one provider's records and are disclosed as the provider's.
            nw.lit("Provider"),
        ).alias("measure_value")
    )
    ordered: pl.DataFrame = frame.select(_ORDER).to_native()
    return ordered


def _row(
    measure: Measure,
    breakdown: Breakdown,
    value: float,
    submissions: Submissions,
    status: str,
) -> dict[str, object]:
    provider = submissions.provider
    level, words = (
        ("England", _ONE_PROVIDER_ONLY) if breakdown == "England" else (provider, provider)
    )
    return {
        "reporting_period_start": submissions.period.window(measure.months)[0].start,
        "reporting_period_end": submissions.period.end,
        "status": status,
        "breakdown": breakdown,
        "primary_level": level,
        "primary_level_description": words,
        "secondary_level": "NONE",
        "secondary_level_description": "NONE",
        "measure_id": measure.id,
        "measure_name": measure.name,
        "exact_value": value,
        "numerator": None,
        "denominator": None,
        "disclosure": measure.disclosure,
    }


def _missing_months(measure: Measure, submissions: Submissions) -> list[ReportingPeriod]:
    """Return the months that the measure looks at and no extract covers."""
    months = months_read(measure, submissions.period, min(submissions.extracts))
    return [month for month in months if month not in submissions.extracts]
