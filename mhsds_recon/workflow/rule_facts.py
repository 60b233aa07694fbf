"""What a pack tells of rules besides what they find: earlier months, effects, teams, people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mhsds_recon.effects import Effects, effects_of_rules
from mhsds_recon.packs.past import Past
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.measures import Distinct, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

    from mhsds_recon.workflow.history import Memory
    from mhsds_recon.workflow.runs import Run

__all__ = ["effects_in_short", "known_past"]


def known_past(run: Run, period: ReportingPeriod, *, memory: Memory | None = None) -> Past:
    """Return rows by table and rules that failed in the months before a period.

    A month comes from the extracts at hand, which the pack validates anyway, else from the
    history where it is remembered.

    Args:
        run: The provider's months.
        period: The reporting period.
        memory: Where earlier months may be remembered.
    """
    rows: dict[ReportingPeriod, dict[str, int]] = {}
    failed: dict[ReportingPeriod, Counter[tuple[str, str]]] = {}
    if memory is not None:
        provider = run.extracts[0].provider
        for one in _before(memory.history.table_counts(provider), period):
            month = ReportingPeriod.parse(one["period"])
            rows.setdefault(month, {})[one["table"]] = one["submitted"]
            failed.setdefault(month, Counter())
        for one in _before(memory.history.rule_counts(provider), period):
            month = ReportingPeriod.parse(one["period"])
            failed.setdefault(month, Counter())[one["code"], one["table"]] += one["rows"]
    for month, validation in run.validations(period.back(1)).items():
        rows[month] = dict(validation.accepted.select("table", "submitted").rows())
        failed[month] = Counter()
        for code, table, count in validation.counts().select("code", "table", "rows").rows():
            failed[month][code, table] += count
    return Past(rows=rows, failed=failed)


def effects_in_short(run: Run, period: ReportingPeriod, measure_ids: Iterable[str]) -> Effects:
    """Return what rules take from those published measures that are counts of people or rows.

    Shares, medians and sums are left out: to count those again takes all rows of all months.
    """
    measures = run.standard.measures
    counts = [
        name
        for name in measure_ids
        if isinstance(measures[name].count, Distinct | Rows) and not measures[name].local
    ]
    return effects_of_rules(
        list(run.validations(period).values()),
        standard=run.standard,
        period=period,
        reference=run.reference,
        measure_ids=counts,
        in_short=True,
    )


def _before(counts: pl.DataFrame, period: ReportingPeriod) -> Iterator[Mapping[str, Any]]:
    """Yield what is remembered of the months before a period."""
    for row in counts.iter_rows(named=True):
        if row["period"] is not None and row["period"] < str(period):
            yield row
