"""Figures: counts in the published layout, exact and as they would be published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["PUBLISHED_COLUMNS", "Figures", "NotAssessed"]

PUBLISHED_COLUMNS = (
    "reporting_period_start",
    "reporting_period_end",
    "status",
    "breakdown",
    "primary_level",
    "primary_level_description",
    "secondary_level",
    "secondary_level_description",
    "measure_id",
    "measure_name",
    "measure_value",
)
_DATES = PUBLISHED_COLUMNS[:2]


@dataclass(frozen=True, kw_only=True)
class NotAssessed:
    """A breakdown of a measure, or ``all`` of them, that could not be counted, and why."""

    measure_id: str
    breakdown: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The measures of one provider for one reporting period.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per measure and level of its breakdowns: the published columns in lower
            case (dates as dates), exact_value (null where there is none), numerator and
            denominator (the counts that disclosure control looks at, else null) and disclosure
            (the name of the rule). measure_value is text after disclosure control.
        missing_months: By measure id, the months it looks back to that no extract covers.
        unpublished: The frame's columns for periods that are counted and never published, without
            a measure_value; None where there are none.
        not_assessed: What could not be counted.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    missing_months: Mapping[str, tuple[ReportingPeriod, ...]]
    unpublished: pl.DataFrame | None = field(default=None, repr=False)
    not_assessed: tuple[NotAssessed, ...] = ()

    def published(self) -> pl.DataFrame:
        """Return the eleven published columns in capitals, all text, after disclosure control."""
        return _in_layout(self.frame, PUBLISHED_COLUMNS)

    def exact(self) -> pl.DataFrame:
        """Return the published columns and EXACT_VALUE, which no disclosure control has seen.

        All text; a whole number has no decimal point, a value that does not exist is null.
        Periods that are never published come last, without a MEASURE_VALUE.
        """
        columns = (*PUBLISHED_COLUMNS, "exact_value")
        frames = [self.frame] if self.unpublished is None else [self.frame, self.unpublished]
        layouts = [nw.from_native(_in_layout(frame, columns)) for frame in frames]
        rows: pl.DataFrame = nw.concat(layouts).to_native()
        return rows

    def _repr_html_(self) -> str:
        html: str = self.published()._repr_html_()
        return html


def _in_layout(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    exact = nw.col("exact_value")
    rows = nw.from_native(frame).with_columns(
        nw.col(*_DATES).dt.to_string("%d/%m/%Y"),
        nw.when(exact == exact.round())
        .then(exact.cast(nw.Int64).cast(nw.String))
        .otherwise(exact.cast(nw.String)),
    )
    return rows.select(nw.col(name).alias(name.upper()) for name in columns).to_native()
