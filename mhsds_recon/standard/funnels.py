"""What a funnel is: the steps from local records to what a measure counts, as frozen objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from mhsds_recon.errors import near_miss
from mhsds_recon.standard.measures import Filter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.standard.measures import Measure

__all__ = [
    "Funnel",
    "FunnelFile",
    "FunnelStep",
    "FunnelUnit",
    "counted_unit",
    "first_own_step",
    "funnel_problems",
    "funnels_leading_to",
    "whole_funnels",
]


class FunnelUnit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is counted at every step: different values of ``key``, a column of the cohort."""

    name: str
    key: str


class FunnelStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a row must pass to go on.

    ``cause`` is the cause of difference (``variance_causes.csv``) that stands for the drop, and
    ``because`` says in plain words why someone drops out; the first step has neither. ``measure``
    is what is counted once this step is passed.
    """

    name: str
    where: tuple[Filter, ...]
    cause: str | None = None
    because: str = ""
    measure: str | None = None


class Funnel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The steps from the rows of a cohort to the rows that a measure counts.

    ``measure`` gives the period. A unit passes a step where one of its rows passes it and all
    steps before. ``team`` is the cohort's column with the local team. ``after`` names a funnel
    whose steps come first; loading puts them there.
    """

    id: str
    title: str
    measure: str
    cohort: str
    units: tuple[FunnelUnit, ...] = field(name="unit")
    team: str | None = None
    after: str | None = None
    steps: tuple[FunnelStep, ...] = field(name="step")


class FunnelFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of funnels."""

    funnels: tuple[Funnel, ...] = field(name="funnel", default=())


def counted_unit(funnel: Funnel, measures: Mapping[str, Measure]) -> FunnelUnit:
    """Return the unit of a funnel that its measure counts, the first one where it counts none."""
    key = getattr(measures[funnel.measure].count, "key", None)
    return next((unit for unit in funnel.units if unit.key == key), funnel.units[0])


def funnels_leading_to(name: str, funnels: Mapping[str, Funnel]) -> list[str]:
    """Return the funnels that end with a measure, else the first one on whose way it lies.

    Args:
        name: Of a measure, or of a funnel, which gives itself.
        funnels: With all their steps.
    """
    if name in funnels:
        return [name]
    ending = [funnel.id for funnel in funnels.values() if funnel.measure == name]
    passing = [
        funnel.id
        for funnel in funnels.values()
        if any(step.measure == name for step in funnel.steps)
    ]
    return ending or passing[:1]


def first_own_step(funnel: Funnel, others: Mapping[str, Funnel]) -> int:
    """Return the number of the step that a funnel's own steps start from.

    It is the last one of the funnel that it comes after, if that is one of the others.
    """
    before = others.get(funnel.after or "")
    return 0 if before is None else len(before.steps) - 1


def whole_funnels(funnels: Mapping[str, Funnel]) -> dict[str, Funnel]:
    """Return the funnels with the steps of those that they come after put first."""
    return {
        name: replace(
            funnel, steps=tuple(step for part in _chain(funnel, funnels) for step in part.steps)
        )
        for name, funnel in funnels.items()
    }


def _chain(funnel: Funnel, funnels: Mapping[str, Funnel]) -> list[Funnel]:
    """Return the funnels that one comes after, first one first, and itself; no one twice."""
    chain = [funnel]
    while (before := funnels.get(chain[0].after or "")) is not None and before not in chain:
        chain.insert(0, before)
    return chain


def funnel_problems(
    funnels: Mapping[str, Funnel], measures: Mapping[str, Measure]
) -> Iterator[str]:
    """Yield what whole funnels name that does not exist."""
    for funnel in funnels.values():
        where = f"funnels.toml, funnel {funnel.id}"
        if funnel.after is not None and funnel.after not in funnels:
            yield f"{where}: unknown funnel '{funnel.after}'.{near_miss(funnel.after, funnels)}"
        named = (funnel.measure, *(step.measure for step in funnel.steps if step.measure))
        for name in dict.fromkeys(named):
            if name not in measures:
                yield f"{where}: unknown measure '{name}'.{near_miss(name, measures)}"
        for number, step in enumerate(funnel.steps):
            if number > 0 and not (step.cause and step.because):
                yield f"{where}, step '{step.name}': has no cause, or does not say why in words."
