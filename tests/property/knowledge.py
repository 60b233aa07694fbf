"""What is known of unknown counts, and a solver that says for which of them only 1 to 4 is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import highspy

SMALL = range(1, 5)
MANY = 10**6
UNKNOWN, LISTED = (0, MANY), (1, 4)
Range = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What some unknowns, each times a number, add up to at least and at most."""

    parts: Mapping[str, float]
    low: float = 0.0
    high: float = 0.0

    def holds(self, values: Mapping[str, float]) -> bool:
        """Return whether some values add up so."""
        total = sum(times * values[name] for name, times in self.parts.items())
        return self.low - 1e-6 <= total <= self.high + 1e-6


@dataclass(kw_only=True)
class Knowledge:
    """What is known: the range of each unknown, and sums of them."""

    ranges: dict[str, Range] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    listed: dict[str, Range] = field(default_factory=dict)

    def learn(self, name: str, known: Range) -> None:
        """Add that an unknown lies in a range."""
        low, high = self.ranges.get(name, UNKNOWN)
        if known == LISTED:
            self.listed[name] = known
        self.ranges[name] = (max(low, known[0]), min(high, known[1]))

    def relate(self, parts: Mapping[str, float], low: float = 0.0, high: float = 0.0) -> None:
        """Add what unknowns add up to."""
        self.sums.append(Sum(parts=parts, low=low, high=high))

    def small(self) -> dict[str, Range]:
        """Return the unknowns of which only counts of 1 to 4 are left, with what is left.

        Where a list names only what is there, a star in it says 1 to 4 by itself: such a cell is
        among them where less than that is left.
        """
        found: dict[str, Range] = {}
        for names, sums in self._apart():
            ranges = {name: self.ranges.get(name, UNKNOWN) for name in names}
            found |= _only_small(ranges, sums)
        return {name: left for name, left in found.items() if left != self.listed.get(name)}

    def _apart(self) -> Iterator[tuple[set[str], list[Sum]]]:
        """Yield unknowns that hang together, with their sums."""
        leader = {name: name for name in self.ranges}

        def first(name: str) -> str:
            leader.setdefault(name, name)
            while leader[name] != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for one in self.sums:
            head, *others = one.parts
            for other in others:
                leader[first(other)] = first(head)
        groups: dict[str, tuple[set[str], list[Sum]]] = {}
        for name in leader:
            groups.setdefault(first(name), (set(), []))[0].add(name)
        for one in self.sums:
            groups[first(next(iter(one.parts)))][1].append(one)
        yield from groups.values()


def _only_small(ranges: Mapping[str, Range], sums: Sequence[Sum]) -> dict[str, Range]:
    if not sums:
        return {name: known for name, known in ranges.items() if known[0] >= 1 and known[1] <= 4}
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    unknowns = {
        name: model.addIntegral(lb=low, ub=high) for name, (low, high) in sorted(ranges.items())
    }
    for one in sums:
        total = sum(times * unknowns[name] for name, times in one.parts.items())
        model.addConstr(one.low <= total <= one.high)
    found = {}
    for name, unknown in unknowns.items():
        if ranges[name][0] >= 5:
            continue
        model.minimize(unknown)
        assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal, name
        least = round(model.val(unknown))
        if least in SMALL:
            model.maximize(unknown)
            most = round(model.val(unknown))
            if most in SMALL:
                found[name] = (least, most)
    return found
