"""Figures of earlier months for the trends of a pack: remembered, or counted where cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.standard.trend_rules import load_trend_rules
from mhsds_recon.trends import NO_SETTINGS, TrendSettings, refuse_unknown, trend_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhsds_recon.measures import Figures
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.trends import Trend
    from mhsds_recon.workflow.history import Memory
    from mhsds_recon.workflow.runs import Run

__all__ = ["known_trends"]

_PROVIDER = "Provider"
_STAGE = "extract"
_MOST_ROWS = 1_000_000
"""Up to so many rows, all months at hand are counted: about half a second for each."""

_KEY = ("measure_id", "breakdown", "primary_level", "secondary_level", "reporting_period_end")
_UNKNOWN = ("published", "gap", "result")


def known_trends(
    run: Run,
    figures: Figures,
    *,
    memory: Memory | None = None,
    settings: TrendSettings = NO_SETTINGS,
) -> tuple[Trend, ...]:
    """Return the headline measures of the provider over the months up to that of some figures.

    A month comes from the history where it is remembered, else from the extracts where they are
    small. A figure that looks back to months not given is left out: it would be too low.

    Args:
        run: The months.
        figures: Of the last month; they stand as they are.
        memory: Where earlier months may be remembered.
        settings: The trust's decisions on its charts.

    Raises:
        UsageError: A decision is about a measure that is not defined.
    """
    refuse_unknown(sorted(settings.measures), run.standard)
    names = [name for name, measure in run.standard.measures.items() if measure.headline]
    rows = [_whole(figures, names)]
    remembered = _remembered(figures, names, memory)
    if remembered is not None:
        rows.append(remembered)
    there = set() if remembered is None else set(remembered.get_column("reporting_period_end"))
    rows += [
        _whole(run.count(month, measure_ids=names, breakdowns=[_PROVIDER]), names)
        for month in _countable(run, figures.period)
        if month.end not in there
    ]
    series = nw.concat(rows).sort(*_KEY)
    rules = load_trend_rules(run.standard)
    trends = (
        trend_of(
            series.filter(nw.col("measure_id") == name).to_native(),
            run.standard.measures[name],
            rules=rules,
            settings=settings,
        )
        for name in names
        if name in set(series.get_column("measure_id"))
    )
    return tuple(trend for trend in trends if trend.points.height > 1)


def _countable(run: Run, period: ReportingPeriod) -> Iterator[ReportingPeriod]:
    """Yield the months before a period, if counting them all is cheap."""
    months = [extract.period for extract in run.until(period.back(1)) if extract.period]
    rows = sum(file.rows for extract in run.extracts for file in extract.files)
    if rows <= _MOST_ROWS:
        yield from months


def _whole(figures: Figures, names: Sequence[str]) -> nw.DataFrame[Any]:
    """Return those figures of the whole provider that no month is missing for."""
    whole = [name for name in names if not figures.missing_months.get(name)]
    rows = nw.from_native(figures.frame).filter(
        nw.col("breakdown") == _PROVIDER, nw.col("measure_id").is_in(whole)
    )
    return _series(rows.rename({"exact_value": "local_exact", "measure_value": "local_published"}))


def _remembered(
    figures: Figures, names: Sequence[str], memory: Memory | None
) -> nw.DataFrame[Any] | None:
    if memory is None:
        return None
    rows = nw.from_native(memory.history.series(figures.provider, measure_ids=names)).filter(
        nw.col("stage") == _STAGE,
        nw.col("reporting_period_end") < figures.period.start,
        ~nw.col("local_exact").is_null(),
    )
    return _series(rows)


def _series(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    nothing = (nw.lit(None, dtype=nw.String).alias(name) for name in _UNKNOWN)
    return rows.select(
        *_KEY, nw.col("local_exact").cast(nw.Float64), "local_published"
    ).with_columns(*nothing)
