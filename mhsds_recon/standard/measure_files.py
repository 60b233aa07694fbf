"""Putting together what the files of measures say: sets replaced, dated definitions as one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from mhsds_recon.errors import near_miss
from mhsds_recon.standard.measures import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.standard.measures import Breakdown, Measure, MeasureFile

__all__ = ["assemble"]


def assemble(
    files: Iterable[MeasureFile],
) -> tuple[dict[str, Measure], dict[str, Breakdown], list[str]]:
    """Return the measures by id, the breakdowns by name, and what is wrong with them.

    Definitions of one id become one measure, the latest, that holds the others; sets among the
    breakdowns of a measure are replaced by what is in them.
    """
    read = list(files)
    breakdowns: dict[str, Breakdown] = {}
    problems: list[str] = []
    for breakdown in (one for file in read for one in file.breakdowns):
        if breakdown.name in breakdowns:
            problems.append(f"Breakdown '{breakdown.name}' is defined twice.")
        breakdowns[breakdown.name] = breakdown
    breakdowns = {name: _with_levels(one, breakdowns) for name, one in breakdowns.items()}
    sets = {one.name: one.breakdowns for file in read for one in file.breakdown_sets}
    by_id: dict[str, list[Measure]] = {}
    for measure in (one for file in read for one in file.measures):
        by_id.setdefault(measure.id, []).append(_expanded(measure, sets))
    measures = {key: _as_one(definitions) for key, definitions in by_id.items()}
    problems += _problems(by_id, breakdowns)
    return measures, breakdowns, problems


def _with_levels(breakdown: Breakdown, known: Mapping[str, Breakdown]) -> Breakdown:
    source = known.get(breakdown.as_in or "")
    if source is None:
        return breakdown
    return msgspec.structs.replace(
        breakdown, levels=source.levels, other=source.other, blank=source.blank
    )


def _expanded(measure: Measure, sets: Mapping[str, tuple[str, ...]]) -> Measure:
    names = dict.fromkeys(
        name for given in measure.breakdowns for name in sets.get(given, (given,))
    )
    return msgspec.structs.replace(measure, breakdowns=tuple(names))


def _as_one(definitions: list[Measure]) -> Measure:
    latest, *former = sorted(definitions, key=lambda one: one.first_month or "", reverse=True)
    return msgspec.structs.replace(latest, former=tuple(former))


def _problems(
    by_id: Mapping[str, list[Measure]], breakdowns: Mapping[str, Breakdown]
) -> Iterator[str]:
    for breakdown in breakdowns.values():
        if breakdown.as_in is not None and breakdown.as_in not in breakdowns:
            hint = near_miss(breakdown.as_in, breakdowns)
            yield f"Breakdown '{breakdown.name}': unknown breakdown '{breakdown.as_in}'.{hint}"
    for name, definitions in by_id.items():
        if _overlap(definitions):
            yield f"Measure {name} is defined twice for one month."
        for measure in definitions:
            for unknown in (one for one in measure.breakdowns if one not in breakdowns):
                hint = near_miss(unknown, breakdowns)
                yield f"Measure {name}: unknown breakdown '{unknown}'.{hint}"
            for other in _measures_named(measure):
                if other not in by_id:
                    yield f"Measure {name}: unknown measure '{other}'.{near_miss(other, by_id)}"


def _overlap(definitions: list[Measure]) -> bool:
    ordered = sorted(definitions, key=lambda one: one.first_month or "")
    return any(
        (earlier.last_month or "9999") >= (later.first_month or "")
        for earlier, later in pairwise(ordered)
    )


def _measures_named(measure: Measure) -> Iterator[str]:
    if isinstance(measure.count, Share):
        yield from (measure.count.numerator, measure.count.denominator)
    yield from measure.numerators
    if measure.denominator is not None:
        yield measure.denominator
