"""What a provider's months say together: trends, differences that stay, and revisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.trend_rules import load_trend_rules
from mhsds_recon.trends.differences import FIGURE, changes_between, repeats
from mhsds_recon.trends.revisions import next_final, revisions_by_measure
from mhsds_recon.trends.settings import NO_SETTINGS
from mhsds_recon.trends.trend import trend_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import polars as pl

    from mhsds_recon.standard import Standard
    from mhsds_recon.trends.settings import TrendSettings
    from mhsds_recon.trends.trend import Trend

__all__ = ["Remembered", "Review", "refuse_unknown", "review"]

_STAGES = ("extract", "warehouse", "portal_post_deadline", "portal_pre_deadline", "accepted")
_FINALS = {
    **dict.fromkeys(FIGURE, nw.String()),
    "reporting_period_end": nw.Date(),
    "performance": nw.Float64(),
    "low": nw.Float64(),
    "high": nw.Float64(),
    "hits": nw.Int64(),
    "misses": nw.Int64(),
    "revisions": nw.Int64(),
}


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What the history holds of one provider, as ``history.History`` gives it.

    Attributes:
        series: Figures over months.
        differences: What the last comparison of each figure came to.
        steps: The walks of those comparisons.
        rule_counts: Failing rows by rule and period.
        revisions: Figures published both as Performance and as Final.
        team_counts: Failing rows by team: period (CCYY-MM), team, code, rows. The history holds
            none; None where the extracts were not read.
    """

    series: pl.DataFrame = field(repr=False)
    differences: pl.DataFrame = field(repr=False)
    steps: pl.DataFrame = field(repr=False)
    rule_counts: pl.DataFrame = field(repr=False)
    revisions: pl.DataFrame = field(repr=False)
    team_counts: pl.DataFrame | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a provider's months say up to one of them.

    Attributes:
        provider: Code of the provider.
        period: The month.
        stage: The stage of the local figures.
        trends: One for each figure.
        changes: Differences that are new, persisting or closed since the month before.
        figures: Figures that differ in the month, and for how many months in a row.
        rules: Rules that rows fail, likewise; ``size`` is rows.
        teams: Teams whose rows fail rules, likewise; None where they are not known.
        causes: Causes of differences that were measured, likewise; ``size`` is how many figures
            each touches.
        revisions: How far Final figures moved from Performance figures, by figure.
        finals: What the Final of each Performance figure may be: ``FIGURE``,
            reporting_period_end and the fields of ``NextFinal``. Only where twelve revisions are
            known.
    """

    provider: str
    period: ReportingPeriod
    stage: str
    trends: tuple[Trend, ...]
    changes: pl.DataFrame = field(repr=False)
    figures: pl.DataFrame = field(repr=False)
    rules: pl.DataFrame = field(repr=False)
    teams: pl.DataFrame | None = field(repr=False)
    causes: pl.DataFrame = field(repr=False)
    revisions: pl.DataFrame = field(repr=False)
    finals: pl.DataFrame = field(repr=False)


def review(  # noqa: PLR0913  each is a choice of the caller's
    remembered: Remembered,
    *,
    standard: Standard,
    measure_ids: Collection[str],
    period: ReportingPeriod | None = None,
    stage: str | None = None,
    settings: TrendSettings = NO_SETTINGS,
) -> Review:
    """Return what a provider's months say up to a month.

    Args:
        remembered: What the history holds of the provider.
        standard: Defines the measures.
        measure_ids: Measures to look at.
        period: The month; the last one with a local figure at the stage where None.
        stage: Which local figures count; where None those that were last compared.
        settings: The trust's decisions on its charts.

    Raises:
        UsageError: A measure, also one of the settings, is not defined; or there is no local
            figure at the stage, of these measures, up to the period.
    """
    refuse_unknown((*measure_ids, *sorted(settings.measures)), standard)
    chosen, rules = list(measure_ids), load_trend_rules(standard)
    every = nw.from_native(remembered.series).filter(nw.col("measure_id").is_in(chosen))
    compared = nw.from_native(remembered.differences).filter(nw.col("measure_id").is_in(chosen))
    stage = stage or _compared_stage(compared, every)
    rows = _of_stage(every, stage, period)
    counted = rows.filter(~nw.col("local_exact").is_null() | ~nw.col("local_published").is_null())
    if counted.is_empty():
        raise _nothing_kept(every, stage)
    now = period or ReportingPeriod.of(counted.get_column("reporting_period_end").max())
    rows = rows.filter(nw.col("reporting_period_end") <= now.end)
    figures = counted.filter(nw.col("reporting_period_end") <= now.end).select(*FIGURE).unique()
    differences = compared.filter(nw.col("stage") == stage)
    steps = nw.from_native(remembered.steps).filter(
        nw.col("measure_id").is_in(chosen), nw.col("evidence") == "measured"
    )
    return Review(
        provider=str(figures.get_column("provider")[0]),
        period=now,
        stage=stage,
        trends=tuple(
            trend_of(
                rows.filter(*(nw.col(name) == figure[name] for name in FIGURE)).to_native(),
                standard.measures[figure["measure_id"]],
                rules=rules,
                settings=settings,
            )
            for figure in figures.sort(*FIGURE).iter_rows(named=True)
        ),
        changes=changes_between(_one_window(differences).to_native(), now.back(1), now),
        figures=_repeated(differences.filter(_differs()), FIGURE, now),
        rules=repeats(_sized(remembered.rule_counts), ("code", "level", "table"), now=now),
        teams=None
        if remembered.team_counts is None
        else repeats(_sized(remembered.team_counts), ("team",), now=now),
        causes=_repeated(steps, ("cause_id",), now),
        revisions=revisions_by_measure(_of_measures(remembered.revisions, chosen)),
        finals=_finals(rows, _of_measures(remembered.revisions, chosen), standard),
    )


def refuse_unknown(measure_ids: Iterable[str], standard: Standard) -> None:
    """Refuse measures that a standard does not have.

    Raises:
        UsageError: One of them is not defined.
    """
    for name in measure_ids:
        if name not in standard.measures:
            message = f"Measure '{name}' is not defined.{near_miss(name, standard.measures)}"
            raise UsageError(message)


def _compared_stage(compared: nw.DataFrame[Any], rows: nw.DataFrame[Any]) -> str:
    """Return the stage whose figures were last compared; without a comparison, a known one."""
    last = compared.filter(nw.col("reporting_period_end") == nw.col("reporting_period_end").max())
    there = set((rows if last.is_empty() else last).get_column("stage").to_list())
    return next((stage for stage in _STAGES if stage in there), _STAGES[0])


def _of_stage(
    rows: nw.DataFrame[Any], stage: str, period: ReportingPeriod | None
) -> nw.DataFrame[Any]:
    """Return one row for each figure and month: that of a stage, or what is published only."""
    ours = nw.col("stage") == stage
    local = ("local_exact", "local_published", "gap", "result")
    blanked = [
        nw.when(ours.fill_null(value=False)).then(nw.col(name)).alias(name) for name in local
    ]
    rows = _one_window(rows.with_columns(*blanked))
    return rows if period is None else rows.filter(nw.col("reporting_period_end") <= period.end)


def _one_window(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """Return one row for each figure and last day, one with a local figure where there is one.

    A measure can be published over windows of several lengths.
    """
    ordered = rows.sort(*FIGURE, "reporting_period_end", "local_exact", nulls_last=True)
    key = [*FIGURE, "reporting_period_end"]
    return ordered.unique(key, keep="first", maintain_order=True)


def _nothing_kept(rows: nw.DataFrame[Any], stage: str) -> UsageError:
    stages = sorted(set(rows.get_column("stage").drop_nulls().to_list()) - {stage})
    there = f" There are figures of: {', '.join(stages)}." if stages else ""
    return UsageError(
        f"The history holds no local figure of these measures at the stage '{stage}'.{there} Run"
        " 'mhsds-recon reconcile' for some months first, with the same --history."
    )


def _differs() -> nw.Expr:
    return nw.col("result").str.starts_with("differs")


def _repeated(rows: nw.DataFrame[Any], by: tuple[str, ...], now: ReportingPeriod) -> pl.DataFrame:
    """Return repeats of figures in differences or steps; the size is how many figures."""
    period = nw.col("reporting_period_end").dt.to_string("%Y-%m").alias("period")
    once = rows.select(period, *dict.fromkeys((*by, *FIGURE))).unique()
    return repeats(once.with_columns(size=nw.lit(1)).to_native(), by, now=now)


def _sized(rows: pl.DataFrame) -> pl.DataFrame:
    renamed: pl.DataFrame = nw.from_native(rows).rename({"rows": "size"}).to_native()
    return renamed


def _of_measures(rows: pl.DataFrame, measure_ids: Collection[str]) -> pl.DataFrame:
    own: pl.DataFrame = (
        nw.from_native(rows).filter(nw.col("measure_id").is_in(list(measure_ids))).to_native()
    )
    return own


def _finals(rows: nw.DataFrame[Any], revisions: pl.DataFrame, standard: Standard) -> pl.DataFrame:
    """Return the interval for the Final of each figure that is published as Performance yet."""
    revised: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    usable = nw.from_native(revisions).filter(~nw.col("revision").is_null())
    for *figure, was, became in usable.select(
        *FIGURE, "performance_value", "final_value"
    ).iter_rows():
        revised.setdefault(tuple(figure), []).append((was, became))
    waiting = rows.filter(nw.col("status") == "Performance", ~nw.col("published_value").is_null())
    found = []
    for row in waiting.iter_rows(named=True):
        key = tuple(row[name] for name in FIGURE)
        measure = standard.measures[row["measure_id"]]
        final = next_final(row["published_value"], revised.get(key, []), measure=measure)
        if final is not None:
            end = {"reporting_period_end": row["reporting_period_end"]}
            found.append(dict(zip(FIGURE, key, strict=True)) | end | asdict(final))
    table: pl.DataFrame = nw.from_dicts(found, _FINALS, backend="polars").to_native()
    return table
