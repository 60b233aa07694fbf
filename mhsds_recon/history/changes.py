"""What a published file changes, and which reconciliations that reopens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.history.reading import FIGURE, latest
from mhsds_recon.published.ranking import best, rank
from mhsds_recon.reconciliation.comparing import same_figure
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from mhsds_recon.history.reading import Rows

__all__ = [
    "CHANGE_COLUMNS",
    "PublishedChanges",
    "Reopened",
    "changes",
    "counting",
    "outdated",
    "reopened",
    "same_text",
]

CHANGE_COLUMNS = (
    *FIGURE,
    "entry",
    "file",
    "kind",
    "status",
    "file_version",
    "published",
    "earlier_file",
    "earlier_status",
    "earlier_version",
    "earlier_published",
    "is_changed",
    "counts",
)

_ADHOC = "Adhoc"
_OWN = ("entry", "file", "status", "file_version", "published")


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """A reconciliation whose published figures are no longer the ones that count.

    Attributes:
        run: Number of the run that compared them.
        provider: Code of the provider.
        period: The reporting period.
        measure_ids: Measures with a figure that was compared with another value, or that was not
            there to be compared.
    """

    run: int
    provider: str
    period: ReportingPeriod
    measure_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedChanges:
    """What published files changed when they were added.

    Attributes:
        frame: One row per figure that an earlier file gave too: provider, levels and window,
            entry and file of the later one, kind, its status, file_version and published value,
            the same of the row that counted before (``earlier_…``), is_changed (the values
            differ) and counts (the later row counts from now on). The kind is ``reissue`` (a
            higher version), ``final``, ``performance`` or ``provisional`` (a higher status),
            ``adhoc``, ``changed`` (another value under the same status and version), ``repeat``
            (the same value under them) or ``late`` (a row of lower rank than one given before).
        added: Names of the files that were new.
        known: Names of those that the ledger held already.
        reopened: Reconciliations that the new files touch, and that no longer stand.
    """

    frame: pl.DataFrame = field(repr=False)
    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    reopened: tuple[Reopened, ...] = ()

    def counts(self) -> pl.DataFrame:
        """Return file, kind, figures, changed: how many figures came to each kind."""
        rows = nw.from_native(self.frame)
        changed = nw.col("is_changed").cast(nw.Int64).sum()
        counted = rows.group_by("file", "kind").agg(
            nw.len().cast(nw.Int64).alias("figures"), changed
        )
        return counted.rename({"is_changed": "changed"}).sort("file", "kind").to_native()


def counting(published: Rows) -> Rows:
    """Return the one row of each figure that counts: best rank, and of equals the last given.

    Args:
        published: FIGURE, entry, status, file_version and more.
    """
    return latest(best(published, FIGURE), FIGURE, by="entry")


def changes(published: Rows) -> Rows:
    """Return what each row changed that came after another one of its figure.

    Args:
        published: FIGURE, entry, file, status, file_version, published.

    Returns:
        CHANGE_COLUMNS, as ``PublishedChanges.frame`` says.
    """
    later = published.rename({name: f"later_{name}" for name in _OWN})
    pairs = later.join(published, on=list(FIGURE)).filter(nw.col("entry") < nw.col("later_entry"))
    step = (*FIGURE, "later_entry", "later_status")
    before = latest(best(pairs, step), step, by="entry")
    ranks = before.with_columns(
        rank=rank(nw.col("status"), nw.col("file_version")),
        later_rank=rank(nw.col("later_status"), nw.col("later_file_version")),
        is_changed=~same_text(nw.col("later_published"), nw.col("published")),
    )
    judged = ranks.with_columns(kind=_kind(), counts=nw.col("later_rank") >= nw.col("rank"))
    named = judged.drop("entry").rename(
        {
            "file": "earlier_file",
            "status": "earlier_status",
            "file_version": "earlier_version",
            "published": "earlier_published",
        }
    )
    own = named.rename({f"later_{name}": name for name in _OWN})
    return own.select(CHANGE_COLUMNS).sort(*FIGURE, "entry")


def reopened(
    published: Rows,
    compared: Rows,
    *,
    by: Collection[int] | None = None,
) -> tuple[Reopened, ...]:
    """Return the reconciliations that no longer stand, and for which measures.

    Args:
        published: FIGURE, entry, status, file_version, published.
        compared: FIGURE, stage, run, published; of every run.
        by: Only by figures that files of these entries give.
    """
    judged = latest(compared, (*FIGURE, "stage"))
    last = latest(
        judged.select("provider", "reporting_period_end", "run").unique(),
        ("provider", "reporting_period_end"),
    )
    now = counting(published).select(*FIGURE, now="published")
    was = latest(judged, FIGURE).select(*FIGURE, was="published").unique()
    if by is None:
        figures = nw.concat([now.select(FIGURE), was.select(FIGURE)]).unique()
    else:
        figures = published.filter(nw.col("entry").is_in(by)).select(FIGURE).unique()
    both = figures.join(now, on=list(FIGURE), how="left").join(was, on=list(FIGURE), how="left")
    apart = both.filter(~same_text(nw.col("now"), nw.col("was")))
    touched = apart.join(last, on=["provider", "reporting_period_end"])
    by_run = touched.select("run", "provider", "reporting_period_end", "measure_id").unique()
    measures: dict[tuple[int, str, ReportingPeriod], list[str]] = {}
    for run, provider, end, measure_id in by_run.sort(*by_run.columns).iter_rows():
        key = (run, provider, ReportingPeriod.of(end))
        measures.setdefault(key, []).append(measure_id)
    return tuple(
        Reopened(run=run, provider=provider, period=period, measure_ids=tuple(names))
        for (run, provider, period), names in measures.items()
    )


def outdated(published: Rows, compared: Rows) -> tuple[str, ...]:
    """Return the measures with a figure that counts and is not the one that was compared.

    Args:
        published: FIGURE, entry, status, file_version, published.
        compared: FIGURE, published; of one run. Measures that it did not compare are left out.
    """
    now = counting(published).select(*FIGURE, now="published")
    was = compared.select(*FIGURE, was="published").unique()
    known = now.filter(nw.col("measure_id").is_in(was["measure_id"].unique().to_list()))
    both = known.join(was, on=list(FIGURE), how="left")
    apart = both.filter(~same_text(nw.col("now"), nw.col("was")))
    return tuple(sorted(apart["measure_id"].unique().to_list()))


def _kind() -> nw.Expr:
    status, earlier = nw.col("later_status"), nw.col("status")
    lower = nw.col("later_rank") < nw.col("rank")
    return (
        nw.when(status == _ADHOC)
        .then(nw.lit("adhoc"))
        .when(lower)
        .then(nw.lit("late"))
        .when(status != earlier)
        .then(status.str.to_lowercase())
        .when(nw.col("later_rank") > nw.col("rank"))
        .then(nw.lit("reissue"))
        .when(nw.col("is_changed"))
        .then(nw.lit("changed"))
        .otherwise(nw.lit("repeat"))
    )


def same_text(one: nw.Expr, other: nw.Expr) -> nw.Expr:
    """Return whether two published texts say the same; blank is the same as blank."""
    return same_figure(one, other) | (one.is_null() & other.is_null())
