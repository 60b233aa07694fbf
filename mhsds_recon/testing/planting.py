"""Planting the documented faults, and the account of what each one costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.standard import REJECTING_LEVELS
from mhsds_recon.testing.cast import earlier_month
from mhsds_recon.testing.plants import PLANTS, SHAPE, Plant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mhsds_recon.standard import Standard
    from mhsds_recon.testing.plants import Tables
    from mhsds_recon.testing.setting import Setting

__all__ = ["PlantedError", "describe_planted", "plant_errors"]

_PATIENTS, _REFERRALS = "MHS001MPI", "MHS101Referral"


@dataclass(frozen=True, kw_only=True)
class PlantedError:
    """A fault in a synthetic trust and what it must cost.

    Attributes:
        name: Short name.
        description: What was done, in plain words.
        code: Code of the rule that finds it, or ``shape``.
        level: Level of that rule, or ``shape``.
        table: The table that was changed.
        period: The month of the extract, ``YYYY-MM``.
        rows: Findings that the rule must have: rows, or one for a column or table as a whole.
        rows_lost: By table, submitted rows that are not accepted because of it, those included
            that fall because their parent did.
        loss: By measure, how much lower the provider's exact value for the last period is
            than without the fault; negative where it is higher. Measures not named lose nothing.
    """

    name: str
    description: str
    code: str
    level: str
    table: str
    period: str
    rows: int
    rows_lost: Mapping[str, int] = field(default_factory=dict)
    loss: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Hit:
    """A fault that has been put into a month, and the rows it was put on."""

    plant: Plant
    period: str
    key: str
    values: pl.Series


def plant_errors(
    setting: Setting, extracts: Mapping[str, Mapping[str, pl.DataFrame]], ids: pl.Series
) -> tuple[dict[str, Tables], tuple[PlantedError, ...]]:
    """Return the extracts with every fault in, and what each fault is.

    Faults of the earlier month are left out where there is only one month.

    Args:
        setting: Standard, organisation, months and seed.
        extracts: The clean extracts, by period and table.
        ids: Patient identifiers of the prescribed people, in the order of ``stories``.
    """
    faulty: dict[str, Tables] = {period: dict(tables) for period, tables in extracts.items()}
    history = len(setting.periods) > 1
    hits = []
    for plan in PLANTS:
        victims, ids = ids.head(plan.victims), ids.slice(plan.victims)
        earlier = plan.story is not None and plan.story.earlier
        if earlier and not history:
            continue
        period = str(setting.periods[earlier_month(setting) if earlier else -1])
        key, values = plan.fault(faulty[period], victims)
        hits.append(_Hit(plant=plan, period=period, key=key, values=values))
    # Only now, when all faults of a month are in, can the rows be counted.
    return faulty, tuple(
        _account(setting.standard, faulty[hit.period], hit, history=history) for hit in hits
    )


def _account(standard: Standard, tables: Tables, hit: _Hit, *, history: bool) -> PlantedError:
    """Return what a fault is and costs; ``history`` says whether earlier months were submitted."""
    plan = hit.plant
    per_victim = dict(plan.loss) | (dict(plan.loss_with_history) if history else {})
    named = pl.col(hit.key).is_in(hit.values.implode())
    rows = tables[plan.table].select(pl.arg_where(named)).to_series()
    rejects = plan.level in REJECTING_LEVELS
    return PlantedError(
        name=plan.name,
        description=plan.description,
        code=plan.code,
        level=plan.level,
        table=plan.table,
        period=hit.period,
        rows=1 if plan.code == SHAPE else len(rows),
        rows_lost=_cascade(standard, tables, plan.table, set(rows)) if rejects else {},
        loss={measure: lost * plan.victims for measure, lost in per_victim.items()},
    )


def _cascade(standard: Standard, tables: Tables, table: str, rows: set[int]) -> dict[str, int]:
    """Return how many rows of each table fall when some rows of one table do.

    Children fall with their last parent; a patient falls with the last referral. Walks a handful
    of rows, by position.
    """
    lost: dict[str, set[int]] = {table: rows}
    waiting = [table]
    while waiting:
        name = waiting.pop()
        for child, key in _below(standard, name):
            gone = _orphans(tables[name], lost[name], tables[child], key)
            if gone - lost.get(child, set()):
                lost[child] = lost.get(child, set()) | gone
                waiting.append(child)
    return {name: len(lost[name]) for name in standard.tables if name in lost}


def _below(standard: Standard, name: str) -> Iterator[tuple[str, str]]:
    """Yield the tables whose rows need a row of this one, and the key that links them."""
    if name == _REFERRALS:
        yield _PATIENTS, "LocalPatientID"
    for child in standard.tables.values():
        if child.parent == name and child.parent_key:
            yield child.name, child.parent_key


def _orphans(parents: pl.DataFrame, lost: set[int], children: pl.DataFrame, key: str) -> set[int]:
    """Return the positions of rows that have no parent left of those that they had."""
    position = pl.int_range(pl.len())
    gone = position.is_in(sorted(lost))
    keys = parents.filter(gone).select(key).join(parents.filter(~gone), on=key, how="anti")
    orphans = children.select(key, row=position).join(keys, on=key, how="semi")
    return set(orphans["row"])


def describe_planted(planted: Iterable[PlantedError]) -> str:
    """Return a Markdown table of planted errors: what, where, rows lost and effect."""
    lines = [
        "| error | month | rule | table | rows | rows lost | loss |",
        "|---|---|---|---|---|---|---|",
    ]
    for error in planted:
        rows_lost = ", ".join(f"{table[:6]} {rows}" for table, rows in error.rows_lost.items())
        loss = ", ".join(f"{measure} {lost}" for measure, lost in error.loss.items())
        lines.append(
            f"| {error.name}: {error.description} | {error.period} | {error.code} ({error.level}) "
            f"| {error.table} | {error.rows} | {rows_lost or 'none'} | {loss or 'none'} |"
        )
    return "\n".join(lines) + "\n"
