"""Which causes a difference comes from: the smallest set with which a recount meets every figure.

A recount that comes to the very figures is evidence only as far as chance would not come to them.
So a set is certain where it meets all compared figures of a measure, no other set of its size
does, and the figures leave so much room that less than one in ten such coincidences is expected.
What is certain for one measure is believed of others that it meets too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from mhsds_recon.causes.values import breakdown_of, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mhsds_recon.causes.values import Target, Values

    Chosen = tuple[str, ...]

__all__ = ["Candidate", "Fit", "find_fits"]

_LARGEST_SET = 3
_CHANCE = 0.1
# Joint recounts of each size: the sets whose single effects add up nearest to what is missing.
_TRIED = {2: 24, 3: 16}
_TRIED_OF_MEASURE = 6


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A cause that a recount can add or take away.

    Attributes:
        id: Its name.
        cause: The cause of difference that it stands for.
        words: What a count with it does.
        only_if_met: Whether it is thought of only where it meets the figures.
        weight: How much of a candidate it is when chance is weighed: less than 1 where something
            besides the figures speaks for it.
    """

    id: str
    cause: str
    words: str
    only_if_met: bool = False
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What recounts say about one measure.

    Attributes:
        sets: The smallest sets of candidates that meet every figure; none where none does.
        is_certain: Whether the first of them is what the difference comes from.
        figures: How many figures were compared.
        differing: How many of them differ without any candidate.
        active: The candidates that change a figure.
    """

    sets: tuple[Chosen, ...]
    is_certain: bool
    figures: int
    differing: int
    active: tuple[str, ...]

    @property
    def rests_on(self) -> str:
        """How many figures the evidence rests on, in words."""
        figures = "the one figure" if self.figures == 1 else f"all {self.figures} figures"
        return f"{figures} ({self.differing} of them otherwise different)"


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A measure: its targets, and what each candidate changes of them."""

    targets: Sequence[Target]
    missing: Sequence[float]
    effects: Mapping[str, Sequence[float]]
    differing: int
    fits: list[Chosen] = field(default_factory=list)


def find_fits(
    targets: Mapping[str, Sequence[Target]],
    candidates: Mapping[str, Candidate],
    *,
    recount: Callable[[Iterable[Chosen]], Mapping[Chosen, Values]],
    excludes: Callable[[str, str], bool],
    cohorts: Mapping[str, str],
) -> dict[str, Fit]:
    """Return, by measure, the sets of candidates that meet its figures.

    Args:
        targets: By measure, the figures to meet; those it meets already among them.
        candidates: By id, in the order of the taxonomy.
        recount: Gives the values by sets of candidates; of the empty set, those without any.
        excludes: Whether two candidates cannot hold together.
        cohorts: What each measure is counted in; measures of one cohort are not independent.
    """
    counted = dict(recount([(), *((name,) for name in candidates)]))
    cases = {name: _case(targets[name], counted, candidates) for name in targets if targets[name]}
    for case in cases.values():
        case.fits.extend(_that_meet(case, [(name,) for name in case.effects], counted))
    for size in range(2, _LARGEST_SET + 1):
        open_ = {name: case for name, case in cases.items() if not case.fits and case.differing}
        known = {name for case in cases.values() for ids in case.fits[:1] for name in ids}
        sets = _nearest(open_, size, known, excludes, list(candidates))
        counted |= recount(sets)
        for case in open_.values():
            active = [ids for ids in sets if set(ids) <= set(case.effects)]
            case.fits.extend(_that_meet(case, active, counted))
    certain = _certain(cases, excludes, cohorts, candidates)
    return {
        name: Fit(
            sets=tuple(sorted(case.fits, key=lambda ids: ids not in certain.get(name, ()))),
            is_certain=bool(certain.get(name)),
            figures=len(case.targets),
            differing=case.differing,
            active=tuple(case.effects),
        )
        for name, case in cases.items()
    }


def _case(
    targets: Sequence[Target], counted: Mapping[Chosen, Values], candidates: Iterable[str]
) -> _Case:
    without = counted[()]
    effects = {}
    for name in candidates:
        changed = [size_of(one.of(counted[(name,)]), one.of(without)) for one in targets]
        if any(changed):
            effects[name] = changed
    return _Case(
        targets=targets,
        missing=[one.about - (one.of(without).exact or 0.0) for one in targets],
        effects=effects,
        differing=sum(not one.is_met_by(without) for one in targets),
    )


def _that_meet(
    case: _Case, sets: Iterable[Chosen], counted: Mapping[Chosen, Values]
) -> list[Chosen]:
    return [ids for ids in sets if all(one.is_met_by(counted[ids]) for one in case.targets)]


def _nearest(
    cases: Mapping[str, _Case],
    size: int,
    known: set[str],
    excludes: Callable[[str, str], bool],
    order: Sequence[str],
) -> list[Chosen]:
    """Return the sets to recount: those made of known candidates, then those that add up nearest.

    Effects need not add up, where two causes concern the same people; so not only exact sums are
    looked at.
    """
    scores: dict[Chosen, float] = {}
    for case in cases.values():
        whole = sum(map(abs, case.missing)) or 1.0
        found: dict[Chosen, float] = {}
        for ids in combinations(sorted(case.effects, key=order.index), size):
            if any(excludes(*pair) for pair in combinations(ids, 2)):
                continue
            sums = map(sum, zip(*(case.effects[name] for name in ids), strict=True))
            found[ids] = (
                sum(abs(total - wanted) for total, wanted in zip(sums, case.missing, strict=True))
                / whole
            )
            if known.issuperset(ids):
                found[ids] = -1.0
        for ids in sorted(found, key=found.__getitem__)[:_TRIED_OF_MEASURE]:
            scores[ids] = min(scores.get(ids, math.inf), found[ids])
    return sorted(scores, key=scores.__getitem__)[: _TRIED[size]]


def _certain(
    cases: Mapping[str, _Case],
    excludes: Callable[[str, str], bool],
    cohorts: Mapping[str, str],
    candidates: Mapping[str, Candidate],
) -> dict[str, list[Chosen]]:
    """Return the fits by measure that chance does not account for.

    What is proven on some measures is believed on others, so that these need to prove only what
    it leaves.
    """
    certain: dict[str, list[Chosen]] = {}
    believed: set[str] = set()
    while True:
        open_ = {name: case for name, case in cases.items() if name not in certain}
        found = {name: fits for name, case in open_.items() if (fits := _supported(case, believed))}
        proofs: dict[frozenset[str], list[tuple[str, float, float]]] = defaultdict(list)
        for name, case in open_.items():
            fits = [] if name in found else _least_new(case, believed, candidates)
            if fits:
                left = frozenset(fits[0]) - believed
                weights = {
                    one: candidates[one].weight for one in case.effects if one not in believed
                }
                tried = _sets_up_to(weights, len(left), excludes)
                known = [one for one in fits[0] if one in believed]
                proofs[left].append((cohorts.get(name, name), _room(case, known), tried))
                found.setdefault(name, fits)
        proven = {left for left, proof in proofs.items() if _is_proven(proof)}
        for name, fits in found.items():
            left = frozenset(fits[0]) - believed
            if not left or left in proven:
                certain[name] = fits
        news = {one for left in proven for one in left}
        if not news - believed and not any(name in certain for name in open_):
            return certain
        believed |= news


def _supported(case: _Case, believed: set[str]) -> list[Chosen]:
    """Return the one set that meets the figures and is believed already, if it is one only."""
    supported = [ids for ids in case.fits if believed.issuperset(ids)]
    return supported if len(supported) == 1 else []


def _least_new(
    case: _Case, believed: set[str], candidates: Mapping[str, Candidate]
) -> list[Chosen]:
    """Return the sets that ask for least beyond what is believed, if they are of one cause."""
    new = {ids: len(set(ids) - believed) for ids in case.fits}
    least = [ids for ids in case.fits if new[ids] == min(new.values())]
    causes = {tuple(candidates[one].cause for one in ids) for ids in least}
    return least if len(causes) == 1 else []


def _is_proven(proof: Sequence[tuple[str, float, float]]) -> bool:
    """Return whether so many sets would hardly meet the figures of some measures by chance.

    Measures of one cohort look at the same rows, so of these the second counts half and no other
    counts.
    """
    by_cohort: dict[str, list[float]] = defaultdict(list)
    for cohort, bits, _ in proof:
        by_cohort[cohort].append(bits)
    best = (sorted(bits, reverse=True) for bits in by_cohort.values())
    room = sum(bits[0] + sum(bits[1:2]) / 2 for bits in best)
    return max(tried for *_, tried in proof) <= _CHANCE * 2**room


def _room(case: _Case, known: Sequence[str]) -> float:
    """Return how much the figures of the richest breakdown can tell apart, in bits.

    Gaps of any size and either sign are thought possible, small ones more than large ones; so a
    figure that is met tells the more the larger its gap is.
    """
    by_breakdown: dict[str, float] = defaultdict(float)
    for place, target in enumerate(case.targets):
        gap = case.missing[place] - sum(case.effects[one][place] for one in known)
        by_breakdown[breakdown_of(target.key)] += math.log2(1 + 2 * abs(gap) / target.resolution)
    return max(by_breakdown.values(), default=0.0)


def _sets_up_to(
    weights: Mapping[str, float], size: int, excludes: Callable[[str, str], bool]
) -> float:
    """Return how many sets of that many candidates or fewer there are, by their weights."""
    return sum(
        math.prod(weights[name] for name in ids)
        for number in range(1, size + 1)
        for ids in combinations(weights, number)
        if not any(excludes(*pair) for pair in combinations(ids, 2))
    )
