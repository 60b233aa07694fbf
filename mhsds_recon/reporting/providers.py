"""Several providers in words: who is there, and what each reconciliation came to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mhsds_recon.packs.words import load_words
from mhsds_recon.reporting.layout import WIDTH, paths, table
from mhsds_recon.standard.publication import RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mhsds_recon.reconciliation import Coverage, Reconciliations

__all__ = ["coverage_text", "reconciliations_text"]

_STATES = {
    "missing": "missing: neither submitted nor published",
    "not_published": "submitted, but not in the published file",
    "rejected_not_published": "the file would be rejected, and nothing is published",
    "rejected_but_published": "published, though we would reject the file given here",
    "no_extract": "published; no extract given here",
    "complete": "submitted and published",
    "submitted": "submitted",
    "rejected": "the file would be rejected",
    "not_submitted": "not submitted",
}


def coverage_text(coverage: Coverage, written: Iterable[Path], *, width: int = WIDTH) -> str:
    """Return who is expected, submitted and published, and what became of each."""
    rows = coverage.frame.to_dicts()
    expected = [row for row in rows if row["expected"]]
    states = Counter(row["state"] for row in expected)
    counted = "; ".join(
        f"{states[state]} {words}" for state, words in _STATES.items() if states[state]
    )
    listed = [
        (
            row["provider"],
            row["name"],
            "yes" if row["expected"] else "no",
            _STATES[row["state"]],
            row["rejected_by"],
            " ".join(part for part in (row["status"], row["file_version"]) if part),
            row["published_figures"],
        )
        for row in rows
    ]
    header = ("provider", "name", "expected", "state", "rejected by", "published as", "figures")
    month = load_words().month(coverage.period.start)
    parts = [
        f"{month}: {len(expected)} providers expected. {counted}.",
        table(header, listed, width=width),
        "\n".join(paths(written)),
    ]
    return "\n\n".join(part for part in parts if part)


def reconciliations_text(
    each: Reconciliations, written: Iterable[Path], *, width: int = WIDTH
) -> str:
    """Return how many figures of each provider have each result, and who was not compared."""
    counts: dict[str, dict[str, int]] = {}
    for code, result, rows in each.counts().rows():
        counts.setdefault(code, {})[result] = rows
    found = [result for result in RESULTS if any(result in one for one in counts.values())]
    header = ("provider", *(result.replace("_", " ") for result in found))
    listed = [(code, *(one.get(name, 0) for name in found)) for code, one in counts.items()]
    told = [f"{code} was not compared: {reason}." for code, reason in each.not_compared.items()]
    parts = [table(header, listed, width=width) if listed else "", "\n".join(told)]
    return "\n\n".join([*(part for part in parts if part), "\n".join(paths(written))])
