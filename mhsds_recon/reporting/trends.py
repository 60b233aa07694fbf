"""Trends in plain words: what changed, whether it is more than chance, what comes back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mhsds_recon.packs.words import load_words
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.trends import shown, shown_repeats, without_small_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.trends import Phase, Review, Trend

__all__ = ["trends_text"]

_MOST_ROWS = 15
_SUPPRESSED = "*"
_VARIATION = {
    "common_cause": "usual ups and downs",
    "improvement_high": "improvement (high)",
    "improvement_low": "improvement (low)",
    "concern_high": "concern (high)",
    "concern_low": "concern (low)",
    "neither_high": "change (high)",
    "neither_low": "change (low)",
    "not_told": "small numbers",
}
_ASSURANCE = {
    "passing": "is met in every usual month",
    "failing": "is missed in every usual month, unless something changes",
    "hit_or_miss": "is met in some months and missed in others, by chance",
}
_SIGNALS = {
    ("outside_limits", 1): "above the usual range",
    ("outside_limits", -1): "below the usual range",
    ("rising_or_falling", 1): "one of seven or more months that each rise",
    ("rising_or_falling", -1): "one of seven or more months that each fall",
    ("near_limit", 1): "one of two in three months near the upper end of the usual range",
    ("near_limit", -1): "one of two in three months near the lower end of the usual range",
    ("one_side", 1): "one of seven or more months in a row above the average",
    ("one_side", -1): "one of seven or more months in a row below the average",
}
_NO_LIMITS = {
    "months_overlap": (
        "No usual range: each figure counts most months of the one before it again, so a range"
        " would be too narrow and rows of months would mean nothing."
    ),
    "too_few_points": "No usual range yet: it needs 15 months with a figure (so far {points}).",
    "no_neighbours": "No usual range: no two months known stand next to each other.",
}
_REPEATS = {
    "rule": ("rule that rows fail", "rows now"),
    "team": ("team whose rows fail rules", "rows now"),
    "cause": ("cause of differences", "figures now"),
}
_CHANGES = {
    "new": "new",
    "persisting": "still there",
    "closed": "closed",
    "not_compared": "no longer compared",
}


def trends_text(
    review: Review, written: Iterable[Path], *, exact: bool = False, width: int = WIDTH
) -> str:
    """Return the trends, the differences and what comes back, in words for a terminal.

    Args:
        review: What the months say.
        written: Where the tables are.
        exact: Show exact values.
        width: Columns of the terminal.
    """
    trends = [trend if exact else without_small_numbers(trend) for trend in review.trends]
    parts = [
        f"{review.provider}, months up to {_month(review.period)}",
        table(
            ("measure", "latest", "published", "average", "usual range", "variation"),
            [_row(trend, exact=exact) for trend in trends],
            width=width,
        ),
        *(
            f"{_title(trend)}\n{paragraph(' '.join(_sentences(trend, exact=exact)), width=width)}"
            for trend in trends
        ),
        _differences(review, width),
        *_coming_back(review, width, exact=exact),
        _finals(review, width),
        "\n".join(paths(written)),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(trend: Trend, *, exact: bool) -> tuple[str, ...]:
    latest = _latest(trend, exact=exact)
    lines = "" if latest["lower"] is None else f"{latest['lower']} to {latest['upper']}"
    variation = _VARIATION[trend.variation] if trend.variation else "no range"
    figures = (latest[name] or "" for name in ("local", "published", "mean"))
    return (trend.measure.id, *figures, lines, variation)


def _latest(trend: Trend, *, exact: bool) -> dict[str, str | None]:
    """Return the latest month with a local figure, as shown."""
    rows = shown(trend, exact=exact).to_dicts()
    return next((row for row in reversed(rows) if row["local"] is not None), rows[-1])


def _title(trend: Trend) -> str:
    level = "" if trend.levels[1] == "NONE" else f", {trend.levels[1]}"
    return f"{trend.measure.id}  {trend.measure.name}{level}"


def _sentences(trend: Trend, *, exact: bool) -> Iterator[str]:
    latest, phase = _latest(trend, exact=exact), trend.phases[-1]
    side = trend.points.filter(trend.points["period"] == latest["period"])["side"].item()
    if phase.limits is None:
        yield _NO_LIMITS[phase.no_limits or "too_few_points"].format(points=phase.points)
    else:
        yield (
            f"In a usual month it lies between {_amount(latest['lower'])} and"
            f" {_amount(latest['upper'])}, on average {_amount(latest['mean'])}"
            f" ({phase.points} months since {_month(phase.start)})."
        )
    if phase.limits is not None and side:
        signal = str(latest["signals"]).split(", ")[0]
        yield f"The latest month is {_SIGNALS[signal, side]}: look for the reason."
    elif trend.variation == "not_told":
        yield "Whether the latest month is unusual is not told: numbers too small to show decide."
    elif phase.limits is not None:
        yield "The latest month is not unusual: its ups and downs need no explanation."
    yield from (_new_line(phase) for phase in trend.phases[1:])
    if phase.limits is not None and trend.screens:
        yield (
            "Steps between months of more than 3.267 times the average step were left out of the"
            f" range: {phase.limits.screened}."
        )
    if trend.assurance is not None:
        yield f"The target of {trend.target:g} {_ASSURANCE[trend.assurance]}."
    if trend.prefers_table:
        yield "Fewer than 20 a month: read the table rather than a chart."
    unknown = trend.points["local_exact"].null_count()
    if unknown:
        yield f"Months without a local figure: {unknown}."


def _new_line(phase: Phase) -> str:
    return f"A new line starts in {_month(phase.start)}: {phase.reason}."


def _amount(shown_value: str | None) -> str:
    return "fewer than 5" if shown_value == _SUPPRESSED else str(shown_value)


def _differences(review: Review, width: int) -> str:
    counted = Counter(review.changes["change"])
    told = ", ".join(f"{counted[name]} {words}" for name, words in _CHANGES.items())
    line = f"Differences from the published figures since {_month(review.period.back(1))}: {told}."
    rows = [
        (row["measure_id"], row["secondary_level"], row["months_in_a_row"], row["since"])
        for row in review.figures.head(_MOST_ROWS).to_dicts()
    ]
    header = ("measure that differs", "level", "months in a row", "since")
    listed = table(header, rows, width=width) if rows else ""
    return "\n".join(part for part in (paragraph(line, width=width, indent=""), listed) if part)


def _coming_back(review: Review, width: int, *, exact: bool) -> Iterator[str]:
    """Yield a table of the rules, teams and causes of the month, the most lasting first."""
    repeats = shown_repeats(review, exact=exact)
    causes = load_causes()
    for kind, (what, size) in _REPEATS.items():
        rows = [
            (
                f"{row['what']} {causes[row['what']].name}" if kind == "cause" else row["what"],
                row["months_in_a_row"],
                row["since"],
                row["size"],
            )
            for row in repeats.filter(repeats["kind"] == kind).head(_MOST_ROWS).to_dicts()
        ]
        if rows:
            yield table((what, "months in a row", "since", size), rows, width=width)


def _finals(review: Review, width: int) -> str:
    rows = [
        (
            row["measure_id"],
            str(row["reporting_period_end"])[:7],
            f"{row['performance']:g}",
            f"{row['low']:g} to {row['high']:g}",
            f"{row['hits']} of {row['hits'] + row['misses']}",
        )
        for row in review.finals.tail(_MOST_ROWS).to_dicts()
    ]
    if not rows:
        return ""
    header = ("measure", "month", "performance", "Final may be", "holds in at least")
    note = paragraph(
        "From how the figure moved before: it holds if the next Final moves like earlier ones.",
        width=width,
        indent="",
    )
    return f"{table(header, rows, width=width)}\n{note}"


def _month(period: ReportingPeriod) -> str:
    return load_words().month(period.start)
