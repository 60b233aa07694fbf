"""The maturity estimate as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.measures.maturity_shown import score_in_words
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mhsds_recon.measures.maturity import Maturity

__all__ = ["maturity_text"]

_ABOUT = (
    "An estimate, not the published score: the national index has its own list of items and of"
    " default codes that it allows, and is published later."
)
_HIDDEN = (
    "Counts are to the nearest 5; * stands for fewer than 5, or for a count that would tell a"
    " smaller one, and - for a result that the item does not publish. Where fewer than 5 rows keep"
    " an item from 100, its score is only said to be over what the counts shown allow."
)


def maturity_text(
    maturity: Maturity, written: Iterable[Path], *, exact: bool = False, width: int = WIDTH
) -> str:
    """Return the estimate, its items with those below the line first, and the paths.

    Args:
        maturity: The estimate.
        written: Where results are.
        exact: Whether to show exact counts and scores.
        width: Columns of the terminal.
    """
    shown = maturity.shown(exact=exact)
    about = "none" if shown.overall is None else f"{shown.overall:.1f}%"
    line = f"{maturity.line:g}%"
    items = sorted(shown.frame.iter_rows(named=True), key=_largest_gain_first)
    below = sum(bool(item["below_line"]) and item["is_counted"] for item in items)
    parts = [
        f"Estimated data quality maturity index of {maturity.provider}, {maturity.period}: {about}",
        paragraph(_ABOUT, width=width, indent=""),
        f"Items below {line}: {below} of {sum(item['is_counted'] for item in items)} counted.",
    ]
    if items:
        header = ("item", "name", "records", "missing", "invalid", "default", "score", "would add")
        parts.append(table(header, (_row(item) for item in items), width=width))
        gain = f"'would add': points of the whole, if the item reached {line}."
        parts.append(paragraph(gain, width=width, indent=""))
    if not exact:
        parts.append(paragraph(_HIDDEN, width=width, indent=""))
    if maturity.not_assessed:
        names = ", ".join(maturity.not_assessed)
        said = f"Not counted, because a reference file is absent: {names}."
        parts.append(paragraph(said, width=width, indent=""))
    parts.append(paragraph(f"Source: {maturity.source}", width=width, indent=""))
    return "\n\n".join([*parts, *(["\n".join(paths(written))] if written else [])])


def _largest_gain_first(item: Mapping[str, Any]) -> tuple[float, str]:
    return -(item["would_add"] or 0.0), item["item"]


def _row(item: Mapping[str, Any]) -> tuple[object, ...]:
    counts = (_number(item[name]) for name in ("records", "missing", "invalid", "default"))
    if not item["is_counted"]:
        gain = "too few"
    elif item["would_add"] is None:
        gain = "cannot tell"
    else:
        gain = f"{item['would_add']:.2f}" if item["would_add"] else ""
    return (item["item"], item["name"], *counts, score_in_words(item), gain)


def _number(shown: str) -> int | str:
    return int(shown) if shown.isdecimal() else shown
