"""Counting measures again without some rows, on the rows that this can concern.

A figure is a number of different keys. Where rows go, it changes only through rows that share an
identifier with them, directly or over other rows, in any month. So counting these alone gives the
same difference as counting everything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.effects.places import place_in
from mhsds_recon.frames import ROW_NUMBER, PolarsEngine
from mhsds_recon.measures import Submissions, count_values, elements_read, tables_read
from mhsds_recon.measures.derivations import people, places_of_postcodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mhsds_recon.effects.places import Frame, Places
    from mhsds_recon.standard import Measure, Standard

__all__ = ["Recount", "is_of_people", "recount_all", "recount_around"]

_PATIENTS = "MHS001MPI"
_PLACE = "place"
_MONTH = ("UniqMonthID", "ReportingPeriodEndDate", ROW_NUMBER)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Remaining(Submissions):
    """A history without some of its rows; ``history`` is by table, with every row's place."""

    history: Mapping[str, nw.LazyFrame[Any]]
    gone: Mapping[str, nw.LazyFrame[Any]]

    def rows(
        self, name: str, elements: Sequence[str], *, this_month: bool = False
    ) -> nw.LazyFrame[Any]:
        rows = self.history[name]
        if this_month:
            rows = rows.filter(nw.col("UniqMonthID") == self.period.number)
        if name in self.gone:
            rows = rows.join(self.gone[name], left_on=_PLACE, right_on=ROW_NUMBER, how="anti")
        return rows.select(*_MONTH, *elements)


class Recount:
    """Measures that can be counted again and again, each set of missing rows once."""

    def __init__(
        self,
        base: Submissions,
        history: Mapping[str, nw.LazyFrame[Any]],
        measures: Sequence[Measure],
        standard: Standard,
    ) -> None:
        """Take the rows by table, with their place, that every measure is to be counted on."""
        self._base = base
        self._history = history
        self._reading = {measure: tables_read(measure, standard) for measure in measures}
        self._shared: dict[Any, nw.LazyFrame[Any]] = {}
        if base.reference.postcodes is not None:
            places = base.engine.collect([base.derive(places_of_postcodes)])[0]
            self._shared[places_of_postcodes] = base.engine.scan(places.lazy())
        self._counted: dict[tuple[object, ...], float] = {}

    def values(self, gone: Places) -> dict[str, float]:
        """Return the value of every measure without the rows at these places."""
        wanted = {
            measure: (measure.id, *_fingerprint(gone, tables))
            for measure, tables in self._reading.items()
        }
        missing = [measure for measure, key in wanted.items() if key not in self._counted]
        if missing:
            counted = count_values(missing, self._without(gone))
            self._counted |= {wanted[measure]: counted[measure.id] for measure in missing}
        return {measure.id: self._counted[key] for measure, key in wanted.items()}

    def _without(self, gone: Places) -> Submissions:
        base = self._base
        return _Remaining(
            provider=base.provider,
            period=base.period,
            extracts=base.extracts,
            reference=base.reference,
            standard=base.standard,
            engine=base.engine,
            history=self._history,
            gone={
                table: base.engine.scan(rows.to_native().lazy())
                for table, rows in gone.items()
                if table in self._history
            },
            _derived=dict(self._shared),
        )


def recount_all(
    submissions: Submissions, measures: Sequence[Measure], standard: Standard
) -> Recount:
    """Return a recount of all rows, left where they are."""
    history = {
        table: _with_place(submissions.rows(table, elements))
        for table, elements in _elements(measures, standard).items()
    }
    return Recount(submissions, history, measures, standard)


def recount_around(
    places: Places, submissions: Submissions, measures: Sequence[Measure], standard: Standard
) -> Recount:
    """Return a recount of the rows that have to do with the rows at these places.

    Differences between its values are those of ``recount_all``, as long as only rows at these
    places are taken away, and none of a table that is not about people.
    """
    elements = _elements(measures, standard)
    links = {table: _identifiers(table, standard) for table in elements}
    of_people = [table for table in elements if is_of_people(table, standard)]
    relations = _collect(
        submissions,
        {
            table: _with_place(submissions.table(table, text=links[table])).select(
                nw.col(_PLACE).alias(ROW_NUMBER), *links[table]
            )
            for table in of_people
        },
    )
    known_as = submissions.derive(people).select("LocalPatientID", "Person_ID").unique()
    near = _near(relations, _collect(submissions, {"": known_as})[""], places)
    plans = {
        table: _with_place(submissions.rows(table, names)) for table, names in elements.items()
    }
    for table in of_people:
        near_rows = submissions.engine.scan(near[table].to_native().lazy())
        plans[table] = plans[table].join(near_rows, left_on=_PLACE, right_on=ROW_NUMBER, how="semi")
    collected = _collect(submissions, plans)
    history = {table: rows.lazy() for table, rows in collected.items()}
    return Recount(_in_memory(submissions), history, measures, standard)


def is_of_people(table: str, standard: Standard) -> bool:
    """Return whether the rows of a table belong to patients, not to teams, wards or staff."""
    return standard.tables[table].group_root == _PATIENTS


def _in_memory(submissions: Submissions) -> Submissions:
    """Return the submissions for rows that have been collected, whatever engine did it."""
    files = {
        one.name: value
        for one in fields(submissions.reference)
        if isinstance(value := getattr(submissions.reference, one.name), nw.LazyFrame)
    }
    collected = submissions.engine.collect(list(files.values()))
    in_memory = {
        name: PolarsEngine().scan(rows.lazy()) for name, rows in zip(files, collected, strict=True)
    }
    reference = replace(submissions.reference, **in_memory)  # type: ignore[arg-type]
    return replace(submissions, engine=PolarsEngine(), reference=reference, _derived={})


def _elements(measures: Sequence[Measure], standard: Standard) -> dict[str, list[str]]:
    """Return the elements that the measures read, and the identifiers, by table."""
    elements: dict[str, set[str]] = {}
    for measure in measures:
        for table, names in elements_read(measure, standard).items():
            elements.setdefault(table, set()).update(names, _identifiers(table, standard))
    return {table: sorted(names) for table, names in elements.items()}


def _identifiers(table: str, standard: Standard) -> list[str]:
    """Return the elements by which rows of a table belong to each other and to others."""
    known = standard.tables[table]
    own = known.primary_key if len(known.primary_key) == 1 else ()
    parent = (known.parent_key,) if known.parent_key else ()
    return sorted({*own, *parent})


def _near(relations: Places, names: Frame, places: Places) -> dict[str, Frame]:
    """Return the places of rows that share identifiers with given ones, over any other rows."""
    values: dict[str, Frame] = {}
    for table, rows in relations.items():
        if table in places:
            _note(values, rows.join(places[table], on=ROW_NUMBER, how="semi"))
    size = -1
    while size != (size := sum(map(len, values.values()))):
        for rows in (*relations.values(), names):
            _note(values, _sharing(rows, values))
    return {table: _sharing(rows, values).select(ROW_NUMBER) for table, rows in relations.items()}


def _note(values: dict[str, Frame], rows: Frame) -> None:
    """Add the identifiers of rows to those that are known."""
    for name in rows.columns:
        if name != ROW_NUMBER:
            found = rows.select(name).drop_nulls()
            known = [values[name]] if name in values else []
            values[name] = nw.concat([*known, found]).unique()


def _sharing(rows: Frame, values: Places) -> Frame:
    """Return the rows that have a known identifier."""
    names = [name for name in rows.columns if name in values]
    shared = [rows.join(values[name], on=name, how="semi") for name in names]
    return nw.concat(shared).unique() if shared else rows.head(0)


def _with_place(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return rows.with_columns(place_in(nw.col("UniqMonthID"), nw.col(ROW_NUMBER)).alias(_PLACE))


def _collect(submissions: Submissions, plans: Mapping[str, nw.LazyFrame[Any]]) -> dict[str, Frame]:
    collected = submissions.engine.collect(list(plans.values()))
    frames = (nw.from_native(rows, eager_only=True) for rows in collected)
    return dict(zip(plans, frames, strict=True))


def _fingerprint(gone: Places, tables: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield a table and a digest of the places that go from it, for each that loses any."""
    for table in sorted(tables):
        if table in gone:
            places = gone[table].get_column(ROW_NUMBER).sort().to_numpy()
            yield table, hashlib.blake2b(places.tobytes()).digest()
