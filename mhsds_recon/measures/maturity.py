"""An estimate of the data quality maturity index, per item and overall.

It is an estimate: the national index has its own list of items and of default codes it allows,
which change, is published after the month, and counts months without a submission besides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.errors import UsageError
from mhsds_recon.measures.counting import count
from mhsds_recon.measures.figures import Figures
from mhsds_recon.measures.maturity_shown import (
    NOT_PUBLISHED,
    RESULTS,
    ShownMaturity,
    show_maturity,
)
from mhsds_recon.measures.submissions import NO_REFERENCE
from mhsds_recon.standard.quality import VODIM, edition_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from mhsds_recon.frames import Extract, Reference
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.standard.quality import MaturityEdition

__all__ = ["Maturity", "estimate"]

_COUNTS = "Provider; VODIM result (count)"


@dataclass(frozen=True, kw_only=True)
class Maturity:
    """An estimate of the data quality maturity index of one provider; counts of rows only.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per item with records, by item: item (id of the measure), name, records,
            valid, other, default, invalid, missing (rows; null where the item does not publish
            that result), allowed_default (of all records, in %), score (in %), is_counted (it has
            enough records to be part of the whole), below_line, would_add (to the overall score,
            in percentage points, if the item reached the line; 0 where it is not counted).
        overall: Mean score of the items counted, in %; None where there is none.
        line: The score that an item should reach, in %.
        not_assessed: Items of the list that are not counted for want of a reference file.
        source: What the list of items and the method come from.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    overall: float | None
    line: float
    not_assessed: tuple[str, ...]
    source: str

    def below_line(self) -> pl.DataFrame:
        """Return the counted items below the line, those first that would add most."""
        rows = nw.from_native(self.frame).filter(nw.col("is_counted") & nw.col("below_line"))
        worst: pl.DataFrame = rows.sort("would_add", "item", descending=[True, False]).to_native()
        return worst

    def shown(self, *, exact: bool = False) -> ShownMaturity:
        """Return the estimate under disclosure control, or exactly in the same form.

        Args:
            exact: Show exact counts and every score.
        """
        if not exact:
            return show_maturity(self.frame, self.line)
        nothing = nw.lit(None, dtype=nw.Float64)
        counts = nw.col("records", *RESULTS).cast(nw.String)
        frame = nw.from_native(self.frame).with_columns(
            counts.fill_null(NOT_PUBLISHED), score_low=nothing, score_high=nothing
        )
        return ShownMaturity(frame=frame.to_native(), overall=self.overall)

    def inputs(self) -> pl.DataFrame:
        """Return what the national index is made from: one row per item.

        Columns are item, complete_numerator, complete_denominator, valid_numerator,
        default_numerator and valid_denominator, in rows.
        """
        complete = nw.col("records") - nw.col("missing").fill_null(0)
        sent: pl.DataFrame = (
            nw.from_native(self.frame)
            .select(
                "item",
                complete.alias("complete_numerator"),
                nw.col("records").alias("complete_denominator"),
                _accepted().alias("valid_numerator"),
                nw.col("default").fill_null(0).alias("default_numerator"),
                complete.alias("valid_denominator"),
            )
            .to_native()
        )
        return sent

    def _repr_html_(self) -> str:
        shown = self.shown()
        overall = "none" if shown.overall is None else f"{shown.overall:.1f}%"
        html: str = shown.frame._repr_html_()
        return f"<p>Estimated maturity index {self.period}: {overall} (an estimate)</p>{html}"


def estimate(
    source: Figures | Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = NO_REFERENCE,
    editions: Sequence[MaturityEdition] | None = None,
) -> Maturity:
    """Return an estimate of the maturity index for a reporting period.

    An item's score is the share of its records that are valid and complete (valid, other and
    default results), without the default codes above the share allowed. The whole is the mean of
    the items' scores; the items of organisations without a reference file are left out.

    Args:
        source: Figures of the data quality measures, or the extracts to count them in.
        standard: Says how items are counted.
        period: The reporting period.
        reference: Reference files, for extracts.
        editions: Lists of items, lines and allowed default codes, by the month they hold from;
            those of the standard unless given.

    Raises:
        UsageError: No edition holds for the period, or the figures are of another one.
        ExtractError: There is no extract for the period, or the extracts do not fit together.

    Source:
        Data Quality Maturity Index methodology, item score and suppression; the coverage that
        the index is multiplied by is 1 in a month with a submission.
    """
    edition = edition_of(standard.maturity if editions is None else editions, period)
    if edition is None:
        message = f"The maturity estimate has no list of items for {period} in maturity.toml."
        raise UsageError(message)
    if isinstance(source, Figures):
        figures = source
    else:
        figures = count(
            source,
            standard=standard,
            period=period,
            reference=reference,
            measure_ids=[one.item for one in edition.items],
        )
    if figures.period != period:
        message = f"The figures are of {figures.period}, not of {period}."
        raise UsageError(message)
    return _estimate(figures, edition)


def _estimate(figures: Figures, edition: MaturityEdition) -> Maturity:
    scored = _with_scores(_results(figures, edition), edition)
    overall = scored.filter(nw.col("is_counted"))["score"].mean() if len(scored) else None
    wanted = {one.item for one in edition.items}
    left_out = {one.measure_id for one in figures.not_assessed} & wanted
    frame: pl.DataFrame = scored.to_native()
    return Maturity(
        provider=figures.provider,
        period=figures.period,
        frame=frame,
        overall=overall,
        line=edition.line,
        not_assessed=tuple(sorted(left_out)),
        source=edition.source,
    )


def _results(figures: Figures, edition: MaturityEdition) -> nw.DataFrame[pl.DataFrame]:
    """Return one row per item with its records, the rows of each result and what is allowed."""
    allowed = nw.from_dict(
        {
            "item": [one.item for one in edition.items],
            "allowed_default": [float(one.allowed_default) for one in edition.items],
        },
        schema={"item": nw.String(), "allowed_default": nw.Float64()},
        backend="polars",
    )
    rows = nw.from_native(figures.frame).filter(nw.col("breakdown") == _COUNTS)
    of_result = [
        nw.when(nw.col("secondary_level") == result)
        .then(nw.col("exact_value"))
        .max()
        .cast(nw.Int64)
        .alias(name)
        for result, name in zip(VODIM, RESULTS, strict=True)
    ]
    return (
        rows.rename({"measure_id": "item", "measure_name": "name"})
        .group_by("item", "name")
        .agg(nw.col("denominator").max().cast(nw.Int64).alias("records"), *of_result)
        .join(allowed, on="item")
        .sort("item")
    )


def _with_scores(
    items: nw.DataFrame[pl.DataFrame], edition: MaturityEdition
) -> nw.DataFrame[pl.DataFrame]:
    records = nw.col("records")
    excess = nw.col("default").fill_null(0) - records * nw.col("allowed_default") / 100
    score = (_accepted() - nw.when(excess > 0).then(excess).otherwise(nw.lit(0.0))) / records * 100
    counted = records >= edition.fewest_records
    scored = items.with_columns(score.alias("score"), counted.alias("is_counted"))
    below = nw.col("score") < edition.line
    lacking = nw.when(below & nw.col("is_counted")).then(edition.line - nw.col("score"))
    of_all = max(1, int(scored["is_counted"].sum()))
    return scored.with_columns(
        below.alias("below_line"), (lacking.fill_null(0.0) / of_all).alias("would_add")
    )


def _accepted() -> nw.Expr:
    return nw.sum_horizontal("valid", "other", "default")
