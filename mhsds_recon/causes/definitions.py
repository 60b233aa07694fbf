"""From the warehouse to the extract: what the trust counts otherwise than the nation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mhsds_recon.causes.fitting import Candidate, find_fits
from mhsds_recon.causes.given import between
from mhsds_recon.causes.values import (
    NOTHING,
    Target,
    breakdown_of,
    measure_of,
    size_of,
    values_of,
)
from mhsds_recon.reconciliation import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mhsds_recon.causes.declared import LocalDefinitions
    from mhsds_recon.causes.fitting import Fit
    from mhsds_recon.causes.values import Values
    from mhsds_recon.measures.recounts import Recounts
    from mhsds_recon.standard import Standard

    Chosen = tuple[str, ...]

__all__ = ["definition_steps", "warehouse_targets"]

_STAGE = between("warehouse", "extract")
_LATE_ENTRIES = "VC05"
_SAME = 1e-6


def warehouse_targets(
    counts: Values, extract: Values, standard: Standard, measure_ids: Iterable[str]
) -> dict[str, list[Target]]:
    """Return, by measure, the figures of the warehouse that a recount should come to.

    A level that the warehouse does not list, of a breakdown that it has, is one where it counts
    nobody.
    """
    wanted = [name for name in measure_ids if name in standard.measures]
    is_count = {name: standard.measures[name].disclosure.endswith("_count") for name in wanted}
    divided = {(measure_of(key), breakdown_of(key)) for key in counts}
    targets: dict[str, list[Target]] = {name: [] for name in wanted}
    for key in {**counts, **extract}:
        name = measure_of(key)
        if name not in is_count or (name, breakdown_of(key)) not in divided:
            continue
        target = Target(key=key, value=counts.get(key, NOTHING), is_count=is_count[name])
        if key in counts or is_count[name]:
            targets[name].append(target)
    return {name: found for name, found in targets.items() if found}


def definition_steps(
    targets: Mapping[str, Sequence[Target]],
    recounts: Recounts,
    *,
    standard: Standard,
    definitions: LocalDefinitions,
) -> list[Step]:
    """Return the steps from the warehouse's figures to those of the extract.

    Declared definitions are measured by a recount with them. What they leave is measured where a
    smallest set of further variations meets every figure of the measure and chance would not,
    else bounded by what each of them can account for.

    Args:
        targets: The figures of the warehouse, by measure.
        recounts: Of the extracts as submitted.
        standard: The variations.
        definitions: What the trust declares.
    """
    alike: dict[Chosen, dict[str, Sequence[Target]]] = defaultdict(dict)
    for name, found in targets.items():
        alike[definitions.of(name)][name] = found
    steps: list[Step] = []
    for declared, of_measures in alike.items():
        steps += _Warehouse(recounts=recounts, standard=standard, declared=declared).steps(
            of_measures
        )
    return steps


@dataclass(frozen=True, kw_only=True)
class _Warehouse:
    """Recounts as a warehouse with some declared definitions would count."""

    recounts: Recounts
    standard: Standard
    declared: Chosen
    _seen: dict[Chosen, Values] = field(default_factory=dict)

    def steps(self, targets: Mapping[str, Sequence[Target]]) -> list[Step]:
        candidates = self._candidates()
        fits = find_fits(
            targets,
            candidates,
            recount=self._counted,
            excludes=self._excludes,
            cohorts={name: self._cohort(name) for name in targets},
        )
        held = {
            name: self._ordered((*self.declared, *(fit.sets[0] if fit.is_certain else ())))
            for name, fit in fits.items()
        }
        walks = {name: [ids[place:] for place in range(len(ids) + 1)] for name, ids in held.items()}
        alone = [(one,) for ids in held.values() for one in ids]
        counted = self._all([*(ids for walk in walks.values() for ids in walk), *alone])
        steps: list[Step] = []
        for name, fit in fits.items():
            for target in targets[name]:
                steps += self._measured(target, held[name], counted, fit)
                if not fit.is_certain:
                    steps += self._bounded(target, fit, candidates)
        return steps

    def _candidates(self) -> dict[str, Candidate]:
        return {
            one.id: Candidate(id=one.id, cause=one.cause, words=one.words)
            for one in self.standard.variations.values()
            if one.side == "local"
            and one.id not in self.declared
            and not any(self._excludes(one.id, other) for other in self.declared)
        }

    @property
    def declared_in_order(self) -> Chosen:
        """The declared definitions in the order of the taxonomy."""
        return self._ordered(self.declared)

    def _excludes(self, one: str, other: str) -> bool:
        variations = self.standard.variations
        return variations[one].excludes(variations[other])

    def _cohort(self, measure_id: str) -> str:
        count = self.standard.measures[measure_id].count
        return getattr(count, "cohort", measure_id)

    def _ordered(self, ids: Iterable[str]) -> Chosen:
        order = list(self.standard.variations)
        return tuple(sorted(set(ids), key=order.index))

    def _counted(self, sets: Iterable[Chosen]) -> dict[Chosen, Values]:
        """Return the values by what is added to the declared definitions."""
        wanted = {ids: self._ordered((*self.declared, *ids)) for ids in sets}
        counted = self._all(wanted.values())
        return {ids: counted[whole] for ids, whole in wanted.items()}

    def _all(self, sets: Iterable[Chosen]) -> Mapping[Chosen, Values]:
        """Return the values by variations; what they leave alone is as nationally."""
        missing = [ids for ids in dict.fromkeys(sets) if ids not in self._seen]
        varied = self.recounts.varied(missing)
        if () not in self._seen:
            self._seen[()] = values_of(self.recounts.national())
        national = self._seen[()]
        for ids, figures in varied.items():
            touched = self.recounts.touched(ids)
            untouched = {
                key: value for key, value in national.items() if measure_of(key) not in touched
            }
            self._seen[ids] = untouched | values_of(figures)
        return self._seen

    def _measured(
        self, target: Target, held: Chosen, counted: Mapping[Chosen, Values], fit: Fit
    ) -> Iterator[Step]:
        """Yield the step of each definition held: the figure with it less that without."""
        name = measure_of(target.key)
        national = target.of(counted[()])
        alone = sum(size_of(target.of(counted[(one,)]), national) for one in held)
        overlaps = abs(alone - size_of(target.of(counted[held]), national)) > _SAME
        for place, one in enumerate(held):
            before, after = counted[held[place:]], counted[held[place + 1 :]]
            size = size_of(target.of(before), target.of(after))
            if not size:
                continue
            others = [self.standard.variations[other].cause for other in held if other != one]
            yield Step(
                key=target.key,
                cause_id=self.standard.variations[one].cause,
                stage=_STAGE,
                evidence="measured",
                size=size,
                low=size,
                high=size,
                rows=self.recounts.rows_changed((one,)).get(name),
                variation=one,
                overlaps=", ".join(others) if overlaps else None,
                basis=self._basis(one, fit),
            )

    def _basis(self, one: str, fit: Fit) -> str:
        words = self.standard.variations[one].words
        if one in self.declared:
            return f"declared by the trust: {words}"
        same = [ids[0] for ids in fit.sets if len(ids) == 1 and ids[0] != one]
        also = f"; counted by {' or '.join(same)} it comes to the same" if same else ""
        return f"{words}: a recount meets {fit.rests_on} compared{also}"

    def _bounded(
        self, target: Target, fit: Fit, candidates: Mapping[str, Candidate]
    ) -> Iterator[Step]:
        """Yield what each definition can account for of what is still missing."""
        without = self._seen[self.declared_in_order]
        missing = size_of(target.value, target.of(without))
        if target.value.exact is None and not target.is_met_by(without):
            missing = target.about - (target.of(without).exact or 0.0)
        if not missing:
            return
        named = {one for ids in fit.sets for one in ids}
        for one in (name for name in candidates if name in (named or fit.active)):
            with_it = self._seen[self._ordered((*self.declared, one))]
            effect = size_of(target.of(with_it), target.of(without))
            if effect * missing > 0 or (named and effect):
                yield Step(
                    key=target.key,
                    cause_id=candidates[one].cause,
                    stage=_STAGE,
                    evidence="bounded",
                    low=min(0.0, effect),
                    high=max(0.0, effect),
                    rows=self.recounts.rows_changed((one,)).get(measure_of(target.key)),
                    variation=one,
                    basis=self._doubt(one, fit, candidates),
                )
        if not named:
            yield Step(
                key=target.key,
                cause_id=_LATE_ENTRIES,
                stage=_STAGE,
                evidence="possible",
                direction="local_higher" if missing > 0 else "local_lower",
                basis="the warehouse may have changed since the extract was cut",
            )

    def _doubt(self, one: str, fit: Fit, candidates: Mapping[str, Candidate]) -> str:
        words = candidates[one].words
        if not fit.sets:
            return f"{words}: no definition, nor two or three together, meets the figures"
        if len(fit.sets) == 1:
            return (
                f"{words}: with {' and '.join(fit.sets[0])} a recount meets {fit.rests_on}"
                " compared, which is too little to be sure"
            )
        sets = " or ".join(" and ".join(ids) for ids in fit.sets)
        return f"{words}: {sets} alike meet {fit.rests_on} compared"
