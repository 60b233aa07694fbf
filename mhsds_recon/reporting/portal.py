"""What the ``portal`` command prints: how far the portal's verdicts and ours agree, in counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.portal import DISAGREEING
from mhsds_recon.reporting.layout import WIDTH, paragraph, paths, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mhsds_recon.portal import PortalComparison

__all__ = ["portal_text"]

_MOST_LINES = 15
_SHOWN = ("code", "table", "ours", "portal", "both", "only_ours", "only_portal", "result")


def portal_text(
    comparison: PortalComparison, written: Iterable[Path], *, width: int = WIDTH
) -> str:
    """Return notes, how many tables and rules came to each result, what disagrees, and paths."""
    kinds = {"rows": "tables", "rule": "rules"}
    counted = [(kinds[kind], result, lines) for kind, result, lines in comparison.counts().rows()]
    apart = [row for row in comparison.frame.iter_rows(named=True) if row["result"] in DISAGREEING]
    apart.sort(key=lambda row: -abs((row["ours"] or 0) - (row["portal"] or 0)))
    parts = [f"{comparison.provider} {comparison.period or 'period unreadable'}"]
    parts += [paragraph(note, width=width) for note in comparison.notes]
    parts += ["", table(("compared", "result", "lines"), counted, width=width)]
    if apart:
        rows = ([_cell(row[name]) for name in _SHOWN] for row in apart[:_MOST_LINES])
        parts += ["", table(_SHOWN, rows, width=width)]
    if len(apart) > _MOST_LINES:
        parts.append(f"... and {len(apart) - _MOST_LINES} more: see portal_comparison.csv.")
    return "\n".join([*parts, "", *paths(written)])


def _cell(value: str | int | None) -> str | int:
    return "" if value is None else value
