"""Comparing local with published figures in published space.

Two figures are the same when disclosure control turns the local value into the published text.
How far apart they are is stated against every exact value that the published figure allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import PublishedError
from mhsds_recon.frames.engine import PolarsEngine
from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.measures.disclosure import control, interval
from mhsds_recon.reconciliation.result import (
    KEY_COLUMNS,
    RECONCILIATION_COLUMNS,
    VARIANCE_TYPES,
    Reconciliation,
)
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.publication import ENGLAND, NO_LEVEL, SUPPRESSED

if TYPE_CHECKING:
    from mhsds_recon.measures import Figures
    from mhsds_recon.published import LocalCounts, PublishedFigures

__all__ = ["ENOUGH", "JOIN_KEY", "compare", "distance", "same_figure"]

JOIN_KEY = (
    "reporting_period_start",
    "reporting_period_end",
    "breakdown",
    "primary_level",
    "secondary_level",
    "measure_id",
)
"""What a local and a published figure share."""

_KEY = (*JOIN_KEY, "further_levels")
_KEY_IN_ANY_WINDOW = _KEY[1:]
_DESCRIPTIONS = ("measure_name", "primary_level_description", "secondary_level_description")
ENOUGH = 5.0


def compare(figures: Figures | LocalCounts, published: PublishedFigures) -> Reconciliation:
    """Return every figure of a provider that either side has, with the result of comparing them.

    Rows at England level are left out, since one provider cannot count them, and so are rows of
    other reporting periods than that of the local figures.

    - ``agree``: the local exact value is the published number.
    - ``agree_within_rounding``: it becomes the published text by disclosure control.
    - ``suppressed_consistent``: both are ``*``.
    - ``suppressed_not_comparable``: the published figure is blank, or is ``*`` and that says
      nothing about the value: a percentage, median or percentile, or a measure that is unknown.
    - ``differs_unexplained``: none of these; ``explain`` looks for causes.
    - ``not_published``: absent from the files. That means no submission, not zero.
    - ``definition_differs``: absent, but published for another window that ends with the period.
    - ``not_assessed``: published, and not counted locally.

    Args:
        figures: Counted from extracts, or read from a local counts file.
        published: Read from national files; other providers' rows are passed over.

    Raises:
        PublishedError: The files have no row for the provider, or none for the period.
    """
    theirs = _theirs(figures, published)
    ours = _ours(figures)
    matched = ours.join(theirs.drop(*_DESCRIPTIONS), on=list(_KEY), how="left")
    only_theirs = theirs.join(ours, on=list(_KEY), how="anti")
    other_window = only_theirs.select(_KEY_IN_ANY_WINDOW).unique()
    matched = matched.join(
        other_window.with_columns(in_other_window=nw.lit(value=True)),
        on=list(_KEY_IN_ANY_WINDOW),
        how="left",
    )
    rows = nw.concat([matched, only_theirs], how="diagonal")
    compared = _with_result(_with_intervals(rows.with_columns(provider=nw.lit(figures.provider))))
    frame = compared.select(RECONCILIATION_COLUMNS).sort("measure_id", *KEY_COLUMNS)
    variance = compared.head(0).select(*KEY_COLUMNS, *_no_steps())
    collected = PolarsEngine().collect([frame, variance])
    return Reconciliation(
        provider=figures.provider,
        period=figures.period,
        frame=collected[0],
        variance=collected[1],
        files=published.files,
        superseded=published.superseded,
    )


def same_figure(local: nw.Expr, published: nw.Expr) -> nw.Expr:
    """Return whether two published texts are the same, or the same number."""
    same_number = read_numbers(local) == read_numbers(published)
    return ((local == published) | same_number.fill_null(value=False)).fill_null(value=False)


def distance(value: nw.Expr) -> nw.Expr:
    """Return how far a value lies above (or, negative, below) what the published one allows."""
    low, high = nw.col("published_low"), nw.col("published_high")
    return (
        nw.when(value > high)
        .then(value - high)
        .when(value < low)
        .then(value - low)
        .when(~(value - low - high).is_null())
        .then(nw.lit(0.0))
    )


def _theirs(figures: Figures | LocalCounts, published: PublishedFigures) -> nw.LazyFrame[Any]:
    rows = nw.from_native(published.of_provider(figures.provider).frame)
    if rows.is_empty():
        message = f"The published figures given have no row for provider '{figures.provider}'."
        raise PublishedError(message)
    own = rows.filter(nw.col("reporting_period_end") == figures.period.end)
    if own.is_empty():
        ends = sorted(set(rows.get_column("reporting_period_end").to_list()))
        found = ", ".join(str(ReportingPeriod.of(end)) for end in ends)
        message = (
            f"The published figures of provider '{figures.provider}' are not for {figures.period}."
            f" Periods found: {found}. Give the file of {figures.period}."
        )
        raise PublishedError(message)
    below_england = own.filter(~nw.col("breakdown").str.starts_with(ENGLAND))
    return below_england.with_columns(is_published=nw.lit(value=True)).lazy()


def _ours(figures: Figures | LocalCounts) -> nw.LazyFrame[Any]:
    """Return the local figures as they would be published."""
    rows = nw.from_native(figures.frame.lazy())
    rows = rows.filter(~nw.col("breakdown").str.starts_with(ENGLAND))
    given, exact = nw.col("measure_value"), nw.col("exact_value")
    # A counts file says by its own star where a percentage's count was small.
    controlled = control(
        exact,
        nw.col("numerator").fill_null(ENOUGH),
        nw.col("denominator").fill_null(ENOUGH),
        nw.col("disclosure"),
        nw.col("breakdown"),
    )
    keeps = (given == SUPPRESSED) | exact.is_null() | nw.col("disclosure").is_null()
    return rows.select(
        *JOIN_KEY[:4],
        nw.col("secondary_level").fill_null(NO_LEVEL),
        "measure_id",
        *_DESCRIPTIONS,
        "disclosure",
        exact.alias("local_exact"),
        nw.when(keeps).then(given).otherwise(controlled).alias("local_published"),
        further_levels=nw.lit(""),
        is_local=nw.lit(value=True),
    )


def _with_intervals(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    rule, breakdown = nw.col("disclosure"), nw.col("breakdown")
    local_text, exact = nw.col("local_published"), nw.col("local_exact")
    low, high = interval(nw.col("published"), nw.col("published_value"), rule, breakdown)
    local_low, local_high = interval(local_text, read_numbers(local_text), rule, breakdown)
    known = ~rule.is_null()
    bounded = rows.with_columns(
        nw.when(known).then(low).alias("published_low"),
        nw.when(known).then(high).alias("published_high"),
        nw.coalesce(exact, nw.when(known).then(local_low)).alias("local_low"),
        nw.coalesce(exact, nw.when(known).then(local_high)).alias("local_high"),
    )
    return bounded.with_columns(
        gap_low=nw.col("local_low") - nw.col("published_high"),
        gap_high=nw.col("local_high") - nw.col("published_low"),
    )


def _with_result(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    published, local = nw.col("published"), nw.col("local_published")
    same = same_figure(local, published)
    exactly = nw.col("local_exact") == nw.col("published_value")
    result = (
        nw.when(nw.col("is_local").is_null())
        .then(nw.lit("not_assessed"))
        .when(nw.col("is_published").is_null() & ~nw.col("in_other_window").is_null())
        .then(nw.lit("definition_differs"))
        .when(nw.col("is_published").is_null())
        .then(nw.lit("not_published"))
        .when(published.is_null())
        .then(nw.lit("suppressed_not_comparable"))
        .when(local.is_null())
        .then(nw.lit("not_assessed"))
        .when((published == SUPPRESSED) & (local == SUPPRESSED))
        .then(nw.lit("suppressed_consistent"))
        .when(same & exactly.fill_null(value=False))
        .then(nw.lit("agree"))
        .when(same)
        .then(nw.lit("agree_within_rounding"))
        .when((published == SUPPRESSED) & nw.col("published_high").is_null())
        .then(nw.lit("suppressed_not_comparable"))
        .otherwise(nw.lit("differs_unexplained"))
    )
    judged = rows.with_columns(result=result)
    agrees = nw.col("result").is_in(("agree", "agree_within_rounding", "suppressed_consistent"))
    differs = nw.col("result").str.starts_with("differs")
    return judged.with_columns(
        explained=nw.when(agrees | differs).then(nw.lit(0.0)),
        residual=nw.when(agrees)
        .then(nw.lit(0.0))
        .when(differs)
        .then(distance(nw.col("local_exact"))),
    )


def _no_steps() -> list[nw.Expr]:
    return [nw.lit(None, dtype).alias(name) for name, dtype in VARIANCE_TYPES.items()]
