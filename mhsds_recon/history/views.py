"""What is asked of the history, made of its rows: pure functions over frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.history.changes import counting, same_text
from mhsds_recon.history.reading import FIGURE, latest

if TYPE_CHECKING:
    from mhsds_recon.history.reading import Rows

__all__ = ["STAGED", "differences", "revisions", "series"]

STAGED = (*FIGURE, "stage")
"""What identifies a figure of the trust's own."""

_SERIES = (
    *STAGED,
    "run",
    "local_exact",
    "local_published",
    "status",
    "file_version",
    "published",
    "published_value",
    "gap",
    "result",
    "reopened",
)
_MEASURED = ("result", "published", "gap_low", "gap_high", "explained", "residual")


def series(published: Rows, local: Rows, compared: Rows) -> Rows:
    """Return local figures beside the published ones that count, as ``History.series`` says.

    Args:
        published: As ``reading.published_rows`` gives them.
        local: As ``reading.local_rows`` gives them.
        compared: As ``reading.comparison_rows`` gives them.
    """
    theirs = counting(published).drop("entry", "file")
    ours = latest(local, STAGED)
    last = latest(compared, STAGED).select(*STAGED, "result", was="published")
    both = ours.join(theirs, on=list(FIGURE), how="left")
    only_theirs = theirs.join(ours, on=list(FIGURE), how="anti")
    rows = nw.concat([both, only_theirs], how="diagonal").join(last, on=list(STAGED), how="left")
    value = read_numbers(nw.col("published"))
    still = same_text(nw.col("published"), nw.col("was"))
    return (
        rows.with_columns(
            published_value=value,
            gap=nw.col("local_exact") - value,
            reopened=~nw.col("result").is_null() & ~still,
        )
        .select(_SERIES)
        .sort(*STAGED)
    )


def revisions(published: Rows) -> Rows:
    """Return figures with a Performance and a Final value, as ``History.revisions`` says."""

    def of(status: str) -> Rows:
        name = status.lower()
        rows = counting(published.filter(nw.col("status") == status))
        return rows.select(
            *FIGURE,
            nw.col("published").alias(name),
            read_numbers(nw.col("published")).alias(f"{name}_value"),
            nw.col("file_version").alias(f"{name}_version"),
        )

    both = of("Performance").join(of("Final"), on=list(FIGURE))
    revision = nw.col("final_value") - nw.col("performance_value")
    return both.with_columns(revision=revision).sort(*FIGURE)


def differences(local: Rows, compared: Rows) -> Rows:
    """Return the last comparison of each figure and stage, as ``History.differences`` says."""
    rows = latest(compared, STAGED).join(local, on=[*STAGED, "run"], how="left")
    result, *others = _MEASURED
    columns = (*STAGED, "run", result, "local_exact", "local_published", *others)
    return rows.select(columns).sort(*STAGED)
