"""What all sections draw on: the inputs with words, numbers as shown and figures side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import SUPPRESSED, Numbers, Shown
from mhsds_recon.packs.inputs import PackInputs, profile_named
from mhsds_recon.packs.secondary import with_totals_safe
from mhsds_recon.packs.words import Words
from mhsds_recon.standard.publication import ENGLAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.measures import Figures
    from mhsds_recon.packs.model import GroupStatus
    from mhsds_recon.standard import Measure

__all__ = ["PROVIDER", "FigureLine", "Material", "gather"]

PROVIDER = "Provider"
_Key = tuple[str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class FigureLine:
    """A figure as shown, this month beside last month."""

    measure_id: str
    breakdown: str
    level: str
    now: Shown
    before: Shown
    change: Shown
    too_low: bool


@dataclass(frozen=True, kw_only=True)
class Material:
    """The inputs, how to speak and how to show numbers, and what was worked out from them."""

    inputs: PackInputs
    words: Words
    numbers: Numbers
    lines: tuple[FigureLine, ...]
    groups: tuple[GroupStatus, ...] = ()

    @property
    def month(self) -> str:
        """The reporting period as ``August 2026``."""
        return self.words.month(self.inputs.period.start)

    def label(self, measure_id: str) -> str:
        """Return a measure's short label, or its published name where there is none."""
        known = self.words.measures.get(measure_id)
        if known is not None:
            return known.label
        measure = self.inputs.standard.measures.get(measure_id)
        return measure_id if measure is None else measure.name

    def shown(self, measure_id: str, exact: float | None, published: str | None) -> Shown:
        """Return a figure of ours as shown."""
        measure = self.inputs.standard.measures.get(measure_id)
        return _shown(self.numbers, measure, exact, published)

    def lines_of(self, group: str) -> tuple[FigureLine, ...]:
        """Return the figures of a measure group, in the order of its measures."""
        wanted = self.words.groups[group].measures
        own = [line for line in self.lines if line.measure_id in wanted]
        return tuple(sorted(own, key=lambda line: wanted.index(line.measure_id)))

    def group_of(self, measure_id: str) -> str:
        """Return the measure group that a measure is shown in."""
        for group, words in self.words.groups.items():
            if measure_id in words.measures:
                return group
        return self.inputs.standard.measures[measure_id].group

    def by_area(self, group: str) -> Iterator[tuple[str, tuple[FigureLine, ...]]]:
        """Yield the measures of a group that are shown by area, with their figures."""
        for measure_id in self.words.groups[group].by_area:
            lines = [line for line in self.lines_of(group) if line.measure_id == measure_id]
            if found := tuple(line for line in lines if line.breakdown in self.words.areas):
                yield measure_id, found

    def is_asked(self, group: str) -> bool:
        """Return whether a decision is asked on a measure group.

        One that not every organisation has is asked about where it shows a figure above 0.
        """
        sometimes = self.words.groups[group].sometimes
        return not sometimes or any(line.now.number for line in self.lines_of(group))

    def headline(self, group: str) -> FigureLine | None:
        """Return the figure that stands for a group, or the group's first, or None."""
        own = [line for line in self.lines_of(group) if line.breakdown == PROVIDER]
        wanted = self.words.groups[group].headline
        return next((line for line in own if line.measure_id == wanted), own[0] if own else None)


def gather(inputs: PackInputs) -> Material:
    """Return the material of a pack; measure groups are assessed afterwards.

    Figures at England level are left out: they would hold this provider's records only.
    """
    numbers = Numbers(profile=profile_named(inputs.profile))
    if numbers.rounds:
        inputs = with_totals_safe(inputs, is_public=numbers.is_public)
    before = _by_key(inputs.previous_figures)
    lines = tuple(
        _line(inputs, numbers, row, before.get(key, {}))
        for key, row in sorted(_by_key(inputs.figures).items())
        if not row["breakdown"].startswith(ENGLAND)
        and row["measure_id"] in inputs.standard.measures
    )
    return Material(inputs=inputs, words=inputs.words, numbers=numbers, lines=lines)


def _by_key(figures: Figures | None) -> Mapping[_Key, Mapping[str, Any]]:
    if figures is None:
        return {}
    return {
        (row["measure_id"], row["breakdown"], row["primary_level"], row["secondary_level"]): row
        for row in figures.frame.iter_rows(named=True)
    }


def _line(
    inputs: PackInputs,
    numbers: Numbers,
    row: Mapping[str, Any],
    before: Mapping[str, Any],
) -> FigureLine:
    measure = inputs.standard.measures[row["measure_id"]]
    shown, earlier = (
        _shown(numbers, measure, month.get("exact_value"), month.get("measure_value"))
        for month in (row, before)
    )
    levels = (row["primary_level_description"], row["secondary_level_description"])
    return FigureLine(
        measure_id=measure.id,
        breakdown=row["breakdown"],
        level=", ".join(level for level in levels if level not in (None, "", "NONE")),
        now=shown,
        before=earlier,
        change=numbers.change(shown, earlier),
        too_low=bool(inputs.figures.missing_months.get(measure.id)),
    )


def _shown(
    numbers: Numbers, measure: Measure | None, exact: float | None, published: str | None
) -> Shown:
    if numbers.rounds and published == SUPPRESSED:
        return Shown(text=SUPPRESSED)
    if measure is None or measure.disclosure.endswith("count"):
        # Some national counts are null where nothing was counted, and published as a star.
        is_nothing = exact is None and published == SUPPRESSED
        return numbers.count(0 if is_nothing else exact)
    return numbers.share(exact, published, measure.unit)
