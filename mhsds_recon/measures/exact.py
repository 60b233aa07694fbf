"""Exact figures: the value of each measure at each level, from the answers of its cohort.

Where nothing was counted, the lines of the national code differ: BBRB figures are 0, whatever
their method, LEGACY ones have no value, and a data quality item without rows has no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mhsds_recon.measures.levels import Grouping, grouping_of
from mhsds_recon.measures.methods import ALL_ROWS, is_amount, is_count, rounded, share
from mhsds_recon.measures.plans import Ask
from mhsds_recon.standard.measures import (
    IsFilled,
    Mean,
    Percentile,
    Quality,
    Rows,
    Share,
    months_counted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.measures.plans import Values
    from mhsds_recon.standard import Measure
    from mhsds_recon.standard.measures import Breakdown, PeriodType

__all__ = ["Cell", "Figure", "asks_of", "figures_of", "rows_behind", "value_of"]

_ZERO_FOR_NOTHING = ("bbrb_count", "bbrb_percent")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A measure, counted over a period and divided by a breakdown.

    ``months`` is given where other months are counted than those of the period.
    """

    measure: Measure
    period: PeriodType
    breakdown: Breakdown
    months: int | None = None

    @property
    def is_published(self) -> bool:
        """Whether the period is the one that is published."""
        return self.period == self.measure.period

    @property
    def grouping(self) -> Grouping:
        """How the breakdown divides the measure's rows."""
        return grouping_of(self.breakdown, self.measure)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An exact value, with the counts that disclosure control looks at besides."""

    cell: Cell
    levels: tuple[str, ...]
    value: float | None
    numerator: float | None
    denominator: float | None


def asks_of(cell: Cell, measures: Mapping[str, Measure]) -> Iterator[Ask]:
    """Yield what has to be asked of cohorts to have the figures of a cell."""
    for measure in _concerned(cell.measure, measures):
        ask = _ask(measure, cell)
        if ask is not None:
            yield ask
    units = _units(cell)
    if units is not None:
        yield units


def rows_behind(cell: Cell, measures: Mapping[str, Measure]) -> Iterator[Ask]:
    """Yield what has to be asked to know how many rows of its cohorts a measure is counted on."""
    own = cell.measure.count
    names = (own.numerator, own.denominator) if isinstance(own, Share) else ()
    for measure in [measures[name] for name in names if name in measures] or [cell.measure]:
        ask = _ask(measure, cell)
        if ask is not None:
            method = Rows(cohort=ask.method.cohort, where=ask.method.where)
            yield replace(ask, method=method, grouping=Grouping())


def figures_of(
    cell: Cell,
    measures: Mapping[str, Measure],
    values: Values,
    there: Iterable[tuple[str, ...]] = (),
) -> Iterator[Figure]:
    """Yield the figures of a cell: one, or one per level that occurs or is ``there`` anyway."""
    if isinstance(cell.measure.count, Quality):
        yield from _quality_figures(cell, values)
        return
    exact = _Exact(cell=cell, measures=measures, values=values)
    always = frozenset(there)
    for levels in sorted(always.union(exact.levels())):
        value = exact.value(cell.measure, levels)
        if value is None and levels not in always and (levels or not cell.is_published):
            continue
        if value is None and _is_zero_for_nothing(cell):
            value = 0.0
        numerators = [exact.named(name, levels) or 0.0 for name in cell.measure.disclosed_by]
        units = _units(cell)
        if units is not None:
            numerators.append(values[units].get(levels, {}).get(ALL_ROWS) or 0.0)
        of = cell.measure.disclosed_of
        yield Figure(
            cell=cell,
            levels=levels,
            value=rounded(value, cell.measure.count),
            numerator=max(numerators, default=None),
            denominator=None if of is None else exact.named(of, levels),
        )


def value_of(cell: Cell, measures: Mapping[str, Measure], values: Values) -> float:
    """Return the value of a cell that is not divided; 0 where nothing was counted."""
    value = _Exact(cell=cell, measures=measures, values=values).value(cell.measure, ())
    return float(rounded(value, cell.measure.count) or 0.0)


def _is_zero_for_nothing(cell: Cell) -> bool:
    """Return whether nothing counted is 0. Of ours only amounts are: no wait is not a short one."""
    if cell.measure.local or cell.breakdown.local:
        return is_amount(cell.measure.count)
    return cell.measure.disclosure in _ZERO_FOR_NOTHING


def _concerned(measure: Measure, measures: Mapping[str, Measure]) -> Iterator[Measure]:
    """Yield a measure and those that it is made of or disclosed by."""
    yield measure
    others = [*measure.disclosed_by, measure.disclosed_of]
    if isinstance(measure.count, Share):
        others += [measure.count.numerator, measure.count.denominator]
    for name in dict.fromkeys(others):
        if name is not None and name in measures:
            yield from _concerned(measures[name], measures)


def _ask(measure: Measure, cell: Cell) -> Ask | None:
    if isinstance(measure.count, Share):
        return None
    own_periods = (measure.period, *measure.unpublished_periods)
    period = cell.period if cell.period in own_periods else measure.period
    return Ask(
        method=measure.count,
        months=months_counted(period) if cell.months is None else cell.months,
        grouping=cell.grouping,
        measure_id=measure.id,
    )


def _units(cell: Cell) -> Ask | None:
    """Ask how many rows a value stands for, where that is not among what discloses it.

    National rules look at some medians themselves; ours look at how many they are of.
    """
    ask = _ask(cell.measure, cell)
    if ask is None or not cell.breakdown.local or cell.measure.disclosed_by:
        return None
    if not isinstance(ask.method, Mean | Percentile):
        return None
    where = (*ask.method.where, IsFilled(column=ask.method.column))
    return replace(ask, method=Rows(cohort=ask.method.cohort, where=where))


@dataclass(frozen=True, kw_only=True)
class _Exact:
    """Values of measures at the levels of a cell; None where nothing was counted."""

    cell: Cell
    measures: Mapping[str, Measure]
    values: Values

    def levels(self) -> list[tuple[str, ...]]:
        """Return the levels at which anything was counted for the cell's measure."""
        own = [self.cell.measure]
        if isinstance(self.cell.measure.count, Share):
            own = list(_concerned(self.cell.measure, self.measures))
        asks = [ask for measure in own if (ask := _ask(measure, self.cell)) is not None]
        return sorted({levels for ask in asks for levels in self.values[ask]})

    def named(self, measure_id: str, levels: tuple[str, ...]) -> float | None:
        """Return the value of a measure by its id; None too where it is not in force."""
        measure = self.measures.get(measure_id)
        return None if measure is None else self.value(measure, levels)

    def value(self, measure: Measure, levels: tuple[str, ...]) -> float | None:
        """Return the value of a measure."""
        if isinstance(measure.count, Share):
            numerator = self.named(measure.count.numerator, levels)
            if numerator is None and measure.disclosure in _ZERO_FOR_NOTHING:
                numerator = 0.0
            return share(numerator, self.named(measure.count.denominator, levels))
        ask = _ask(measure, self.cell)
        value = None if ask is None else self.values[ask].get(levels, {}).get(ALL_ROWS)
        return None if value == 0 and is_count(measure.count) else value


def _quality_figures(cell: Cell, values: Values) -> Iterator[Figure]:
    ask = _ask(cell.measure, cell)
    if ask is None or not isinstance(ask.method, Quality):
        return
    for levels, parts in values[ask].items():
        total = parts[ALL_ROWS]
        if not total:
            continue
        for level in ask.method.levels:
            number = parts[level]
            value = share(number, total) if cell.breakdown.result == "percentage" else number
            yield Figure(
                cell=cell,
                levels=(*levels, level),
                value=value,
                numerator=number,
                denominator=total,
            )
