"""From what is held to what was published: earlier versions, months that are not there, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.causes.fitting import Candidate, find_fits
from mhsds_recon.causes.months import months_thin
from mhsds_recon.causes.rejections import count_months
from mhsds_recon.causes.values import size_of, values_of
from mhsds_recon.reconciliation import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from mhsds_recon.causes.fitting import Fit
    from mhsds_recon.causes.given import Given
    from mhsds_recon.causes.values import Key, Target, Value, Values
    from mhsds_recon.frames import Extract
    from mhsds_recon.measures import Figures
    from mhsds_recon.standard import ReportingPeriod

    Chosen = tuple[str, ...]
    Months = Mapping[ReportingPeriod, Extract]
    Targets = Mapping[str, Sequence[Target]]

__all__ = ["Nation", "Other", "months_left_out", "others_of"]

_VERSION, _WINDOW = "VC06", "VC08"
_FORMER = "former_definition"
_SAME = 1e-6
_EVIDENT = 0.5
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Other(Candidate):
    """A way in which the nation may have counted other rows, or otherwise.

    Attributes:
        month: The month of which it has other rows, or None.
        extract: These rows; None where the nation does not have the month.
        variation: The variation that it counts by, or None.
    """

    month: ReportingPeriod | None = None
    extract: Extract | None = None
    variation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Nation:
    """Counting as the nation may have done.

    Attributes:
        given: What the walk starts from.
        stage: What the way to the publication is called.
        months: The rows of each month as held.
        held: The figures counted from them.
        others: What may have been otherwise.
    """

    given: Given
    stage: str
    months: Months
    held: Figures
    others: Mapping[str, Other]
    _frames: dict[Chosen, dict[str, pl.DataFrame]] = field(default_factory=dict, repr=False)
    _known: dict[Chosen, dict[Key, Value]] = field(default_factory=dict, repr=False)

    def fits(self, targets: Targets, names: Iterable[str]) -> dict[str, Fit]:
        """Return which of some others meet the published figures, by measure."""
        return find_fits(
            targets,
            {name: self.others[name] for name in names},
            recount=lambda sets: self._values(list(sets), list(targets)),
            excludes=self._excludes,
            cohorts={name: _cohort(name, self.given) for name in targets},
        )

    def steps(self, targets: Targets, fits: Mapping[str, Fit]) -> Iterator[Step]:
        """Yield the steps to the published figures."""
        for name, fit in fits.items():
            chain = fit.sets[0] if fit.is_certain else ()
            walk = [chain[:place] for place in range(len(chain) + 1)]
            counted = self._values([*walk, *((one,) for one in chain)], list(targets))
            for target in targets[name]:
                yield from self._measured(target, chain, counted, fit)
                if not fit.is_certain:
                    yield from self._bounded(target, fit)

    def figures_after(self, fits: Mapping[str, Fit]) -> pl.DataFrame:
        """Return the last figures of all: those held, as far as nothing else is certain."""
        rows = nw.from_native(self.held.frame)
        certain = {name: fit.sets[0] for name, fit in fits.items() if fit.is_certain}
        parts = [rows.filter(~nw.col("measure_id").is_in(list(certain)))]
        for name, ids in certain.items():
            counted = nw.from_native(self._frames[ids][name])
            parts.append(counted.filter(nw.col("measure_id") == name).select(rows.columns))
        after: pl.DataFrame = nw.concat(parts).to_native()
        return after

    def _excludes(self, one: str, other: str) -> bool:
        ours, theirs = self.others[one], self.others[other]
        return ours.month is not None and ours.month == theirs.month

    def _values(
        self, sets: Sequence[Chosen], measure_ids: Sequence[str]
    ) -> Mapping[Chosen, Values]:
        """Return the values by sets of others, counted as far as they are not known yet."""
        self._known.setdefault((), values_of(self.held))
        for ids in filter(None, sets):
            frames = self._frames.setdefault(ids, {})
            missing = [name for name in measure_ids if name not in frames]
            if missing:
                figures = self._counted(ids, missing)
                frames.update(dict.fromkeys(missing, figures.frame))
                self._known.setdefault(ids, {}).update(values_of(figures))
        return self._known

    def _counted(self, ids: Chosen, measure_ids: Sequence[str]) -> Figures:
        chosen = [self.others[one] for one in ids]
        other = {one.month: one.extract for one in chosen if one.month is not None}
        months = {**self.months, **other}
        return count_months(
            self.given,
            {month: rows for month, rows in months.items() if rows is not None},
            measure_ids,
            [one.variation for one in chosen if one.variation is not None],
        )

    def _measured(
        self, target: Target, chain: Chosen, counted: Mapping[Chosen, Values], fit: Fit
    ) -> Iterator[Step]:
        held = target.of(counted[()])
        alone = sum(size_of(held, target.of(counted[(one,)])) for one in chain)
        overlaps = abs(alone - size_of(held, target.of(counted[chain]))) > _SAME
        for place, one in enumerate(chain):
            before, after = counted[chain[:place]], counted[chain[: place + 1]]
            size = size_of(target.of(before), target.of(after))
            if size:
                causes = [self.others[other].cause for other in chain if other != one]
                yield self._step(
                    target,
                    one,
                    evidence="measured",
                    size=size,
                    low=size,
                    high=size,
                    overlaps=", ".join(causes) if overlaps else None,
                    basis=f"{self.others[one].words}: a recount meets {fit.rests_on} published",
                )

    def _bounded(self, target: Target, fit: Fit) -> Iterator[Step]:
        held = self._known[()]
        missing = (target.of(held).exact or 0.0) - target.about
        if target.is_met_by(held) or not missing:
            return
        named = {one for ids in fit.sets for one in ids}
        for one in fit.active:
            if self.others[one].only_if_met and one not in named:
                continue
            effect = size_of(target.of(held), target.of(self._known[(one,)]))
            if effect * missing > 0:
                doubt = "it meets the figures, but so may chance" if named else "it may be a part"
                yield self._step(
                    target,
                    one,
                    evidence="bounded",
                    low=min(0.0, effect),
                    high=max(0.0, effect),
                    basis=f"{self.others[one].words}: {doubt}",
                )

    def _step(self, target: Target, one: str, **known: object) -> Step:
        other = self.others[one]
        return Step(
            key=target.key,
            cause_id=other.cause,
            stage=self.stage,
            variation=one,
            **known,  # type: ignore[arg-type]
        )


def others_of(
    given: Given, versions: Mapping[str, Extract], measure_ids: Iterable[str]
) -> dict[str, Other]:
    """Return what the nation may have counted otherwise, as far as something speaks for it.

    Args:
        given: What the walk starts from.
        versions: Other submissions for the reported month, by name.
        measure_ids: The measures that differ.
    """
    standard = given.standard
    measures = [standard.measures[name] for name in measure_ids]
    found = [
        Other(
            id=name,
            cause=_VERSION,
            words=f"the publication counts {name}, not the submission that is held",
            month=given.period,
            extract=extract,
            weight=_EVIDENT,
        )
        for name, extract in versions.items()
    ]
    found += [
        Other(id=one.id, cause=one.cause, words=one.words, variation=one.id)
        for one in standard.variations.values()
        if one.side == "national"
    ]
    former = standard.variations.get(_FORMER)
    if former and any(one.in_force_before(given.period) for one in measures):
        found.append(
            Other(
                id=former.id,
                cause=former.cause,
                words=former.words,
                variation=former.id,
                only_if_met=True,
            )
        )
    return {one.id: one for one in found}


def months_left_out(given: Given, months: Months, measure_ids: Iterable[str]) -> dict[str, Other]:
    """Return each other month of a year as one that the publication may lack.

    Those with few rows are bounded too where they do not meet the figures.
    """
    window = given.period.window(_MONTHS_OF_A_YEAR)[:-1]
    thin = months_thin(given, [given.standard.measures[name] for name in measure_ids])
    found = [
        Other(
            id=f"without {month}",
            cause=_WINDOW,
            words=f"the publication lacks {month}" + (f" ({thin[month]})" if month in thin else ""),
            month=month,
            only_if_met=month not in thin,
        )
        for month in window
        if month in months
    ]
    return {one.id: one for one in found}


def _cohort(measure_id: str, given: Given) -> str:
    return str(getattr(given.standard.measures[measure_id].count, "cohort", measure_id))
