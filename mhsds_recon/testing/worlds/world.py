"""Pairs of worlds: what a trust holds and counts, and what the nation published of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, get_args

import polars as pl

from mhsds_recon.outputs import write_files
from mhsds_recon.standard.measures import months_of
from mhsds_recon.standard.publication import EXACT_VALUE, NO_LEVEL, PUBLISHED_COLUMNS, SUPPRESSED
from mhsds_recon.testing.trust import SyntheticTrust
from mhsds_recon.testing.worlds.plantable import PlantableCause, Stage
from mhsds_recon.testing.worlds.rows import Ground, Months, joined
from mhsds_recon.testing.worlds.stories import BASE, MEASURES, Counts, Story

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mhsds_recon.standard import Measure
    from mhsds_recon.testing.worlds.courses import Patient

__all__ = ["Planted", "World"]

_STAGES: tuple[Stage, ...] = get_args(Stage)
_SMALLEST_SHOWN = 5
_GROUND = Ground()
_ROOM = 1000
_ENDS: tuple[Stage, Stage] = ("warehouse", "published")
_WHOLE, _OF_PROVIDER = "Provider", "; Provider"


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A cause put into a world.

    Attributes:
        cause: The cause.
        times: How often; 6 or more cannot be lost in rounding.
        is_counted_otherwise: Whether the trust counts otherwise than the nation; else the rows
            are there and both count alike.
    """

    cause: PlantableCause
    times: int = 12
    is_counted_otherwise: bool = True


@dataclass(frozen=True, kw_only=True)
class World:
    """A trust and its published figures, which differ by the planted causes and by nothing else.

    All figures follow from the stories of its people; none is counted.

    Attributes:
        ground: The provider and its months.
        planted: The causes.
        measure_ids: The measures that are counted and published.
    """

    ground: Ground = _GROUND
    planted: tuple[Planted, ...] = ()
    measure_ids: tuple[str, ...] = MEASURES

    @cached_property
    def trust(self) -> SyntheticTrust:
        """What was submitted, with the reference files that fit."""
        return self._trust([each.cause.story.patients for each in self.planted])

    @cached_property
    def received(self) -> SyntheticTrust:
        """What the nation holds of it."""
        kept = [each.cause.received for each in self.planted]
        sent = [each.cause.story.patients for each in self.planted]
        return self._trust(
            [ours if own is None else own for own, ours in zip(kept, sent, strict=True)]
        )

    def added_to(self, months: Months) -> Months:
        """Return other submissions with the rows of the planted causes below theirs."""
        return joined(months, *self._parts([each.cause.story.patients for each in self.planted]))

    def _trust(self, patients: Sequence[tuple[Patient, ...]]) -> SyntheticTrust:
        return SyntheticTrust(
            provider=self.ground.provider,
            extracts=joined(_base(self.ground), *self._parts(patients)),
            reference=self.ground.setting.organisation.reference(),
        )

    def _parts(self, patients: Sequence[tuple[Patient, ...]]) -> list[Months]:
        return [
            self.ground.submitted(records, first=place * _ROOM)
            for place, (each, rows) in enumerate(zip(self.planted, patients, strict=True), start=1)
            if (records := (*rows * each.times, *each.cause.trigger))
        ]

    def values(self, stage: Stage) -> Mapping[tuple[str, str], int]:
        """Return the exact value at a stage by measure and level: the provider or a sub ICB."""
        found: Counter[tuple[str, str]] = Counter()
        start = 0
        for story, times in BASE:
            self._add(found, story, story.counts, range(start, start + times))
            start += times
        for each in self.planted:
            cause, places = each.cause, range(each.times)
            otherwise = each.is_counted_otherwise and not _is_after(stage, cause.lost_after)
            counted_in = cause.counted_in if otherwise else None
            self._add(found, cause.story, cause.story.counts, places, counted_in)
            if otherwise:
                self._add(found, cause.story, cause.sizes, places, counted_in)
        return found

    def size(self, planted: Planted, measure_id: str, level: str) -> int:
        """Return how much higher a planted cause makes a local figure than the published one."""
        alone = replace(self, planted=(planted,))
        local, published = (alone.values(stage)[measure_id, level] for stage in _ENDS)
        return local - published

    def counts(self) -> pl.DataFrame:
        """Return the warehouse's own counts in the published layout, with ``EXACT_VALUE``."""
        return pl.DataFrame(list(self._rows("warehouse")))

    def published(self) -> pl.DataFrame:
        """Return the published figures: below 5 suppressed, others to the nearest 5."""
        return pl.DataFrame(list(self._rows("published"))).drop(EXACT_VALUE)

    def write(self, folder: Path) -> None:
        """Write all that there is of the world under a folder, as CSV.

        These are ``extracts/YYYY-MM``, ``reference``, ``counts.csv``, ``published.csv``; an
        earlier version of the last month beside the later one, ``YYYY-MM.v2``, where a cause is
        that it was sent again; and ``portal``, the last month as the nation received it.

        Raises:
            OutputError: The folder cannot be written to.
        """
        last = str(self.ground.period)
        months = dict(self.trust.extracts)
        received = self.received.extracts[last]
        if any(each.cause.is_sent_again for each in self.planted):
            months |= {last: received, f"{last}.v2": months[last]}
        replace(self.trust, extracts=months).write(folder)
        write_files(
            folder / "portal",
            {f"{table}.csv": rows.write_csv for table, rows in received.items()},
        )
        write_files(
            folder,
            {
                "counts.csv": self.counts().write_csv,
                "published.csv": self.published().write_csv,
            },
        )

    def _add(
        self,
        found: Counter[tuple[str, str]],
        story: Story,
        counts: Counts,
        places: range,
        counted_in: int | None = None,
    ) -> None:
        one = story.patients[0]
        areas = Counter(
            self.ground.areas[counted_in]
            if counted_in is not None
            else self.ground.area(one, place * len(story.patients))
            for place in places
        )
        for measure_id, count in counts.items():
            found[measure_id, self.ground.provider] += count * len(places)
            for area, people in areas.items():
                found[measure_id, area] += count * people

    def _rows(self, stage: Stage) -> Iterator[dict[str, str]]:
        values = self.values(stage)
        own = self.ground.provider
        for measure_id in self.measure_ids:
            measure = self.ground.setting.standard.measures[measure_id]
            yield self._row(measure, _WHOLE, (own, NO_LEVEL), values[measure_id, own])
            for breakdown in measure.breakdowns:
                if breakdown.startswith("Sub ICB") and breakdown.endswith(_OF_PROVIDER):
                    for area in sorted(self.ground.areas):
                        yield self._row(measure, breakdown, (area, own), values[measure_id, area])

    def _row(
        self, measure: Measure, breakdown: str, levels: tuple[str, str], value: int
    ) -> dict[str, str]:
        start = self.ground.period.window(months_of(measure.period))[0].start
        shown = SUPPRESSED if value < _SMALLEST_SHOWN else str((value + 2) // 5 * 5)
        texts = (
            start.strftime("%d/%m/%Y"),
            self.ground.period.end.strftime("%d/%m/%Y"),
            "Performance",
            breakdown,
            *(text for level in levels for text in (level, level)),
            measure.id,
            measure.name,
            shown,
            str(value),
        )
        return dict(zip((*PUBLISHED_COLUMNS, EXACT_VALUE), texts, strict=True))


def _is_after(stage: Stage, last: Stage) -> bool:
    return _STAGES.index(stage) > _STAGES.index(last)


@cache
def _base(ground: Ground) -> Months:
    """Return what the people of every world submit."""
    patients = [one for story, times in BASE for one in story.patients * times]
    return joined(ground.standing(), ground.submitted(patients, first=1))
