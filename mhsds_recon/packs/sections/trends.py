"""The section of trends: what each figure did over the months, as a chart, in words and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED, as_published
from mhsds_recon.packs.model import ChartPhase, Column, ControlChart, Point, Section, Table
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.trends import shown, without_small_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.words import Words
    from mhsds_recon.trends import Phase, Trend

__all__ = ["latest_month", "latest_signal", "trend_sentences", "trends_section"]

_COLUMNS = (
    Column(name="Month"),
    Column(name="Figure", kind="count"),
    Column(name="Average", kind="count"),
    Column(name="Lower limit", kind="count"),
    Column(name="Upper limit", kind="count"),
    Column(name="More than chance", kind="prose"),
)
_LINES = ("mean", "lower", "upper")


def trends_section(material: Material) -> Section:
    """Return section 4.14: a chart for each figure, the table beside it; small ones table only."""
    words, title = material.words, material.words.titles["trends"]
    trends = material.inputs.trends
    if not trends:
        return Section(id="trends", title=title, sentences=(words.say("trends_none"),))
    exact = not material.numbers.rounds
    seen = [trend if exact else without_small_numbers(trend) for trend in trends]
    named = {f"trend-{place}": trend for place, trend in enumerate(seen, start=1)}
    charts = (
        _chart(material, name, trend, exact=exact)
        for name, trend in named.items()
        if not trend.prefers_table
    )
    return Section(
        id="trends",
        title=title,
        sentences=(words.say("trends_intro"),),
        charts=tuple(charts),
        tables=tuple(_table(material, name, trend, exact=exact) for name, trend in named.items()),
        notes=tuple(_small(material, seen, exact=exact)),
    )


def trend_sentences(trend: Trend, words: Words, *, exact: bool) -> Iterator[str]:
    """Yield what a trend says of its latest month, its usual range and its lines.

    Args:
        trend: As ``without_small_numbers`` gives it, unless ``exact``.
        words: What to say.
        exact: Show exact values.
    """
    say, latest, phase = words.say, latest_month(trend, exact=exact), trend.phases[-1]
    if phase.limits is None:
        yield words.fill(words.no_limits[phase.no_limits or "too_few_points"], points=phase.points)
    else:
        yield say(
            "trend_usual",
            **{line: _amount(words, latest[line]) for line in _LINES},
            points=phase.points,
            since=words.month(phase.start.start),
        )
        if signal := latest_signal(trend, words, exact=exact):
            yield say("trend_signal", signal=signal)
        else:
            hidden = trend.variation == "not_told"
            yield say("trend_not_told" if hidden else "trend_common")
    for line in trend.phases[1:]:
        yield say("trend_new_line", since=words.month(line.start.start), reason=line.reason)
    if phase.limits is not None and trend.screens:
        yield say("trend_screened", count=phase.limits.screened)
    if trend.assurance is not None:
        yield say(
            "trend_target", target=f"{trend.target:g}", assurance=words.assurance[trend.assurance]
        )
    elif trend.target is not None:
        yield say("trend_target_alone", target=f"{trend.target:g}")
    if trend.prefers_table:
        yield say("trend_small")
    if unknown := trend.points["local_exact"].null_count():
        yield say("trend_unknown", count=unknown)


def latest_month(trend: Trend, *, exact: bool) -> dict[str, Any]:
    """Return the latest month with a local figure, as shown."""
    rows = shown(trend, exact=exact).to_dicts()
    return next((row for row in reversed(rows) if row["local"] is not None), rows[-1])


def latest_signal(trend: Trend, words: Words, *, exact: bool) -> str:
    """Return what is more than chance about the latest month, empty where nothing is."""
    latest = latest_month(trend, exact=exact)
    side = trend.points.filter(trend.points["period"] == latest["period"])["side"].item()
    if trend.phases[-1].limits is None or not side:
        return ""
    return _signal(words, str(latest["signals"]), side)


def _signal(words: Words, signals: str, side: int) -> str:
    return words.signals[f"{signals.split(', ', maxsplit=1)[0]}_{'high' if side > 0 else 'low'}"]


def _chart(material: Material, name: str, trend: Trend, *, exact: bool) -> ControlChart:
    words, rows = material.words, shown(trend, exact=exact).to_dicts()
    sides = trend.points["side"].to_list()
    latest = latest_month(trend, exact=exact)
    value = CANNOT_TELL if latest["local"] is None else _amount(words, latest["local"])
    first = words.say("trend_latest", month=_month(words, latest["period"]), value=value)
    return ControlChart(
        id=name,
        table=f"{name}-months",
        title=words.say(
            "trend_title",
            label=material.label(trend.measure.id),
            months=len(rows),
            month=_month(words, rows[-1]["period"]),
        ),
        alternative=" ".join((first, *trend_sentences(trend, words, exact=exact))),
        points=tuple(
            Point(
                label=row["period"],
                value=_number(row["local"]),
                signal=trend.icon(side) if side and row["local"] is not None else "",
            )
            for row, side in zip(rows, sides, strict=True)
        ),
        phases=tuple(
            _phase(phase, part, rows) for phase, part in zip(trend.phases, trend.parts, strict=True)
        ),
    )


def _phase(phase: Phase, part: slice, rows: Sequence[Mapping[str, str | None]]) -> ChartPhase:
    mean, lower, upper = (_number(rows[part.start][line]) for line in _LINES)
    return ChartPhase(
        first=part.start,
        last=part.start + phase.months - 1,
        mean=mean,
        lower=lower,
        upper=upper,
    )


def _table(material: Material, name: str, trend: Trend, *, exact: bool) -> Table:
    words, sides = material.words, trend.points["side"].to_list()
    rows = shown(trend, exact=exact).to_dicts()
    cells = [
        (
            _month(words, row["period"]),
            CANNOT_TELL if row["local"] is None else as_published(row["local"]).text,
            *("" if row[line] is None else as_published(row[line]).text for line in _LINES),
            _signal(words, row["signals"], side) if side else "",
        )
        for row, side in zip(rows, sides, strict=True)
    ]
    filled = [place for place in range(len(_COLUMNS)) if any(row[place] for row in cells)]
    return Table(
        id=f"{name}-months",
        caption=words.say("trend_table", label=material.label(trend.measure.id)),
        columns=tuple(_COLUMNS[place] for place in filled),
        rows=tuple(tuple(row[place] for place in filled) for row in cells),
    )


def _small(material: Material, trends: Sequence[Trend], *, exact: bool) -> Iterator[str]:
    """Yield what is said of a figure that has a table and no chart."""
    for trend in trends:
        if trend.prefers_table:
            said = " ".join(trend_sentences(trend, material.words, exact=exact))
            yield f"{material.label(trend.measure.id)}: {said}"


def _number(text: str | None) -> float | None:
    return None if text is None else as_published(text).number


def _amount(words: Words, text: str | None) -> str:
    if text is None:
        return words.say("trend_no_range")
    return words.say("fewer").lower() if text == SUPPRESSED else as_published(text).text


def _month(words: Words, period: str) -> str:
    return words.month(ReportingPeriod.parse(period).start)
