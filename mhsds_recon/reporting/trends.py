"""Trends in plain words: what changed, whether it is more than chance, what comes back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mhsds_recon.packs.sections.trends import latest_month, trend_sentences
from mhsds_recon.packs.words import load_words
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.trends import shown_repeats, without_small_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.trends import Review, Trend

__all__ = ["trends_text"]

_MOST_ROWS = 15
_SUPPRESSED = "*"
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
    words = load_words()
    trends = [trend if exact else without_small_numbers(trend) for trend in review.trends]
    parts = [
        f"{review.provider}, months up to {_month(review.period)}",
        table(
            ("measure", "latest", "published", "average", "usual range", "variation"),
            [_row(trend, exact=exact) for trend in trends],
            width=width,
        ),
        *(
            f"{_title(trend)}\n{paragraph(' '.join(said), width=width)}"
            for trend in trends
            for said in [trend_sentences(trend, words, exact=exact)]
        ),
        _differences(review, width),
        *_coming_back(review, width, exact=exact),
        _finals(review, width),
        "\n".join(paths(written)),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(trend: Trend, *, exact: bool) -> tuple[str, ...]:
    latest = latest_month(trend, exact=exact)
    lines = "" if latest["lower"] is None else f"{latest['lower']} to {latest['upper']}"
    words = load_words()
    variation = words.say("trend_no_range")
    if trend.variation:
        variation = words.variation[trend.variation]
    figures = (latest[name] or "" for name in ("local", "published", "mean"))
    return (trend.measure.id, *figures, lines, variation)


def _title(trend: Trend) -> str:
    level = "" if trend.levels[1] == "NONE" else f", {trend.levels[1]}"
    return f"{trend.measure.id}  {trend.measure.name}{level}"


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
