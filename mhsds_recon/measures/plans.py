"""Plans: what is asked of each cohort, gathered so that its rows are gone through together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw
from msgspec import Struct

from mhsds_recon.errors import DefinitionError, near_miss
from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.dimensions import DIMENSIONS
from mhsds_recon.measures.filters import columns_of, passes_all
from mhsds_recon.measures.levels import TEAM_ID, UNKNOWN, Grouping, level_columns
from mhsds_recon.measures.methods import aggregates, columns_of_method
from mhsds_recon.standard.measures import Distinct, Filter, SubmittedInPeriod

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from mhsds_recon.measures.methods import Method
    from mhsds_recon.measures.submissions import Derivation, Submissions
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Ask", "Values", "answer", "answer_all", "derivations_of"]

_BEFORE_ALL = dt.date(1900, 1, 1)


class Ask(Struct, frozen=True, kw_only=True):
    """A value wanted of the rows of a cohort: a method over so many months, divided thus."""

    method: Method
    months: int
    grouping: Grouping
    measure_id: str


Values = dict[Ask, dict[tuple[str, ...], dict[str, float | None]]]
"""By ask and level, the parts of the value that the method gives."""


class _Batch(Struct, frozen=True, kw_only=True):
    """What asks have in common that are answered by one pass over the rows.

    Asks that look at the first row of each key only, ``first_of`` by a column, go together only
    where all their filters are the same: ``alone``.
    """

    cohort: str
    months: int
    grouping: Grouping
    of_submissions: bool
    first_of: tuple[str, str] | None
    alone: tuple[Filter, ...]


def answer(asks: Iterable[Ask], submissions: Submissions) -> Values:
    """Return the values asked for, by one collection of all plans.

    Raises:
        DefinitionError: A measure names a cohort or column that there is not.
    """
    return answer_all([(submissions, asks)])[0]


def answer_all(questions: Sequence[tuple[Submissions, Iterable[Ask]]]) -> list[Values]:
    """Return the values asked for of several histories, by one collection of all plans.

    Raises:
        DefinitionError: A measure names a cohort or column that there is not.
    """
    gathered = [
        (place, *batched) for place, one in enumerate(questions) for batched in _plans(*one)
    ]
    if not gathered:
        return [{} for _ in questions]
    engine = questions[0][0].engine
    collected = engine.collect([plan for *_, plan in gathered], find_shared=False)
    values: list[Values] = [{} for _ in questions]
    for (place, asks, _), rows in zip(gathered, collected, strict=True):
        values[place] |= _read(asks, rows)
    return values


def derivations_of(ask: Ask) -> Iterator[Derivation]:
    """Yield what an ask is answered from."""
    yield COHORTS[ask.method.cohort].derive
    for name, months in ask.grouping.of:
        yield DIMENSIONS[name].derive[months]


def _plans(
    submissions: Submissions, asks: Iterable[Ask]
) -> Iterator[tuple[list[Ask], nw.LazyFrame[Any]]]:
    batches: dict[_Batch, list[Ask]] = {}
    for ask in dict.fromkeys(asks):
        batches.setdefault(_batch(ask), []).append(ask)
    _check([ask for members in batches.values() for ask in members])
    for batch, members in batches.items():
        yield members, _plan(batch, members, submissions)


def _batch(ask: Ask) -> _Batch:
    first_of = None
    # A child seen by several teams counts in each of them, not in the first only.
    once_only = ask.grouping.columns and not ask.grouping.by_team
    if isinstance(ask.method, Distinct) and ask.method.first_by and once_only:
        first_of = (ask.method.key, ask.method.first_by)
    return _Batch(
        cohort=ask.method.cohort,
        months=ask.months,
        grouping=ask.grouping,
        of_submissions=any(isinstance(one, SubmittedInPeriod) for one in ask.method.where),
        first_of=first_of,
        alone=ask.method.where if first_of else (),
    )


def _plan(batch: _Batch, asks: Sequence[Ask], submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return one row per level with a column for each part of each ask."""
    window = submissions.period.window(batch.months)
    rows = _rows(batch, submissions)
    _check_columns(batch, asks, rows.collect_schema().names())
    shared = _shared([ask.method.where for ask in asks])
    if batch.first_of is not None:
        rows = submissions.derive(_FirstRows(batch))
    elif shared:
        rows = rows.filter(passes_all(shared, window))
    for dimension in batch.grouping.of:
        if batch.first_of is None or not _gives_first_level(dimension, batch.grouping):
            rows = _with_dimension(rows, *dimension, submissions)
    parts = [
        expression.alias(f"{place}|{part}")
        for place, ask in enumerate(asks)
        for part, expression in aggregates(ask.method, _remaining(ask, shared, window))
    ]
    if not batch.grouping.columns:
        # One group answers all parts in one pass; without groups each distinct count is its own.
        whole = nw.lit(value=True).alias("whole")
        return rows.with_columns(whole).group_by("whole").agg(*parts).drop("whole")
    levels = level_columns(batch.grouping)
    names = [f"level_{place}" for place in range(1, len(levels) + 1)]
    return rows.with_columns(*levels).drop_nulls(names).group_by(*names).agg(*parts)


def _rows(batch: _Batch, submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the rows of a cohort, by team where that is asked for."""
    cohort = COHORTS[batch.cohort]
    if not batch.grouping.by_team or cohort.by_team is None:
        return submissions.derive(cohort.derive)
    return submissions.derive(cohort.by_team).with_columns(nw.col(TEAM_ID).fill_null(UNKNOWN))


class _FirstRows:
    """A derivation: the first row of each key within a first level, whatever the second."""

    def __init__(self, batch: _Batch) -> None:
        within = tuple(one for one in batch.grouping.of if _gives_first_level(one, batch.grouping))
        grouping = Grouping(within=batch.grouping.within, of=within)
        self._batch = msgspec.structs.replace(batch, grouping=grouping)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _FirstRows) and other._batch == self._batch

    def __hash__(self) -> int:
        return hash(self._batch)

    def __call__(self, submissions: Submissions) -> nw.LazyFrame[Any]:
        batch = self._batch
        key, order = batch.first_of or ("", "")
        window = submissions.period.window(batch.months)
        rows = submissions.derive(COHORTS[batch.cohort].derive)
        if batch.alone:
            rows = rows.filter(passes_all(batch.alone, window))
        for dimension in batch.grouping.of:
            rows = _with_dimension(rows, *dimension, submissions)
        keys = [*batch.grouping.within, key]
        # A blank date comes first. The first day is found without sorting: what is left to sort
        # are the rows of that day.
        days = submissions.engine.share(rows.with_columns(nw.col(order).fill_null(_BEFORE_ALL)))
        first = days.group_by(*keys).agg(nw.col(order).min())
        return days.join(first, on=[*keys, order], how="semi").unique(
            keys, keep="first", order_by=["UniqMonthID", ROW_NUMBER]
        )


def _gives_first_level(dimension: tuple[str, str | None], grouping: Grouping) -> bool:
    return not set(DIMENSIONS[dimension[0]].columns).isdisjoint(grouping.within)


def _shared(conditions: Sequence[Sequence[Filter]]) -> tuple[Filter, ...]:
    first, *others = conditions
    return tuple(one for one in first if all(one in other for other in others))


def _remaining(
    ask: Ask, shared: Sequence[Filter], window: Sequence[ReportingPeriod]
) -> nw.Expr | None:
    own = [condition for condition in ask.method.where if condition not in shared]
    return passes_all(own, window) if own else None


def _with_dimension(
    rows: nw.LazyFrame[Any], name: str, months: str | None, submissions: Submissions
) -> nw.LazyFrame[Any]:
    dimension = DIMENSIONS[name]
    known = submissions.derive(dimension.derive[months])
    return rows.join(known, on=list(dimension.on[months]), how="left").with_columns(
        nw.col(*dimension.columns).fill_null(UNKNOWN)
    )


def _read(asks: Sequence[Ask], rows: pl.DataFrame) -> Values:
    levels = [name for name in rows.columns if name.startswith("level_")]
    values: Values = {ask: {} for ask in asks}
    if not levels and rows.is_empty():
        # Undivided figures are there even where there is no row, and so no group.
        rows = rows.clear(1)
    for row in rows.iter_rows(named=True):
        key = tuple(row[name] for name in levels)
        for name, value in row.items():
            if name not in levels:
                place, _, part = name.partition("|")
                values[asks[int(place)]].setdefault(key, {})[part] = value
    return values


def _check(asks: Sequence[Ask]) -> None:
    problems = [
        f"Measure {ask.measure_id}: unknown cohort '{ask.method.cohort}'."
        f"{near_miss(ask.method.cohort, COHORTS)}"
        for ask in asks
        if ask.method.cohort not in COHORTS
    ]
    if problems:
        raise DefinitionError(list(dict.fromkeys(problems)))


def _check_columns(batch: _Batch, asks: Sequence[Ask], known: Sequence[str]) -> None:
    joined = [(DIMENSIONS[name], months) for name, months in batch.grouping.of]
    given = {column for dimension, _ in joined for column in dimension.columns}
    for_levels = [
        *(column for column in batch.grouping.columns if column not in given),
        *(column for dimension, months in joined for column in dimension.on[months]),
    ]
    problems = [
        f"Measure {ask.measure_id}: cohort '{batch.cohort}' has no column '{column}'."
        f"{near_miss(column, known)}"
        for ask in asks
        for column in (
            *columns_of_method(ask.method),
            *map(columns_of, ask.method.where),
            *for_levels,
        )
        if column not in known
    ]
    if problems:
        raise DefinitionError(problems)
