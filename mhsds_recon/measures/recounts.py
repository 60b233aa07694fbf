"""Counting one history again and again, by variations of the national definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.counting import Count
from mhsds_recon.measures.methods import ALL_ROWS
from mhsds_recon.measures.plans import answer_all, derivations_of
from mhsds_recon.standard.variations import NATIONAL, combine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mhsds_recon.measures.figures import Figures
    from mhsds_recon.measures.plans import Ask, Values
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard.variations import Conditions, Variation

__all__ = ["Recounts"]

# Plans that run at the same time: more of them need more memory, and gain nothing.
_AT_ONCE = 3


class Recounts:
    """The figures of one history, counted nationally and by variations.

    What the conditions that differ have no part in is worked out once, and kept in memory; what
    they do not touch is not asked again.
    """

    def __init__(
        self, submissions: Submissions, measure_ids: Iterable[str], *, status: str = "Performance"
    ) -> None:
        """Take a history as counted nationally, and the measures to count."""
        self._base = submissions
        self._measure_ids = tuple(measure_ids)
        self._status = status
        self._values: Values = {}
        self._figures: dict[tuple[str, ...], Figures] = {}
        self._rows: dict[tuple[str, ...], dict[str, int]] = {}
        self._touched: dict[tuple[str, ...], frozenset[str]] = {}

    def national(self) -> Figures:
        """Return the figures of all measures as counted nationally."""
        if () not in self._figures:
            count = self._count(())
            asks = [*count.asks(), *_behind(count)]
            self._values = answer_all([(self._base, asks)])[0]
            self._figures[()] = count.figures(self._values, status=self._status)
        return self._figures[()]

    def varied(self, chosen: Iterable[Sequence[str]]) -> dict[tuple[str, ...], Figures]:
        """Return, by the ids of variations, the figures of the measures that they touch.

        Args:
            chosen: Variations that are to hold together, each time.

        Raises:
            UsageError: A variation is not defined, or two exclude each other.
        """
        wanted = list(dict.fromkeys(tuple(ids) for ids in chosen if ids))
        missing = [ids for ids in wanted if ids not in self._figures]
        if missing:
            self._keep_shared(missing)
            self.national()
            for group in self._groups(missing):
                self._answer(group)
        return {ids: self._figures[ids] for ids in wanted}

    def rows_changed(self, ids: Sequence[str]) -> dict[str, int]:
        """Return, by measure id, how many more or fewer rows variations count on, where they do."""
        self.varied([ids])
        return self._rows.get(tuple(ids), {})

    def touched(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the ids of the measures that variations may change."""
        self.varied([ids])
        return self._touched.get(tuple(ids), frozenset())

    def _variation(self, ids: tuple[str, ...]) -> Variation:
        return combine(ids, self._base.standard.variations)

    def _count(self, ids: tuple[str, ...], submissions: Submissions | None = None) -> Count:
        return Count.of(
            submissions or self._base,
            variation=self._variation(ids),
            measure_ids=self._measure_ids,
        )

    def _keep_shared(self, missing: Sequence[tuple[str, ...]]) -> None:
        """Keep what the counts to be made have in common with the national one."""
        by_conditions = {self._variation(ids).conditions for ids in missing} - {NATIONAL}
        national = [self._base] if len(by_conditions) < len(missing) else []
        varied = [self._base.asking(conditions) for conditions in by_conditions]
        asks = [ask for ids in ((), *missing) for ask in self._count(ids).asks()]
        for submissions in (*varied, *national):
            for ask in asks:
                for derivation in derivations_of(ask):
                    submissions.derive(derivation)
        shared = [each for submissions in varied for each in submissions.shared()]
        direct = [each for ask in asks for each in derivations_of(ask)] if national else []
        self._base.keep([*shared, *direct])

    def _groups(self, missing: Sequence[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
        """Yield sets of variations to answer together: those of the same conditions, and a few."""
        alike: dict[Conditions, list[tuple[str, ...]]] = {}
        for ids in missing:
            alike.setdefault(self._variation(ids).conditions, []).append(ids)
        sets = list(alike.values())
        for start in range(0, len(sets), _AT_ONCE):
            yield [ids for group in sets[start : start + _AT_ONCE] for ids in group]

    def _answer(self, group: Sequence[tuple[str, ...]]) -> None:
        histories = {NATIONAL: self._base}
        counts: dict[tuple[str, ...], Count] = {}
        for ids in group:
            asked = self._variation(ids).conditions
            if asked not in histories:
                histories[asked] = self._base.asking(asked)
            counts[ids] = self._count(ids, histories[asked])
        asks = {
            ids: [
                ask
                for ask in dict.fromkeys([*count.asks(), *_behind(count)])
                if not self._is_known(ask, count)
            ]
            for ids, count in counts.items()
        }
        answers = answer_all([(counts[ids].submissions, open_) for ids, open_ in asks.items()])
        for (ids, open_), values in zip(asks.items(), answers, strict=True):
            touched = counts[ids].only(open_)
            self._figures[ids] = touched.figures({**self._values, **values}, status=self._status)
            self._touched[ids] = frozenset(touched.chosen)
            self._rows[ids] = self._rows_changed(touched, {**self._values, **values})

    def _rows_changed(self, count: Count, values: Values) -> dict[str, int]:
        national = self._count(()).rows_behind()
        changed = {
            name: max(
                abs(_rows(values, ours) - _rows(self._values, theirs))
                for ours, theirs in zip(asks, national[name], strict=True)
            )
            for name, asks in count.rows_behind().items()
            if len(asks) == len(national.get(name, ())) > 0
        }
        return {name: rows for name, rows in changed.items() if rows}

    def _is_known(self, ask: Ask, count: Count) -> bool:
        """Return whether the national answer is the answer."""
        of_base = count.submissions is self._base
        return ask in self._values and (
            of_base or all(map(count.submissions.is_shared, derivations_of(ask)))
        )


def _behind(count: Count) -> Iterator[Ask]:
    for asks in count.rows_behind().values():
        yield from asks


def _rows(values: Values, ask: Ask) -> int:
    return int(values[ask].get((), {}).get(ALL_ROWS) or 0)
