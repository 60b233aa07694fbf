"""Causes that nothing counted speaks for, but that the facts at hand make possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.reconciliation import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mhsds_recon.causes.given import Given
    from mhsds_recon.causes.values import Target, Values
    from mhsds_recon.standard import Measure, ReportingPeriod
    from mhsds_recon.standard.variations import DefinitionChange

__all__ = ["possible_steps"]

_WINDOW, _BOUNDARIES = "VC08", "VC23"
_RECENT_MONTHS = 3
_AREA = "ICB"


def possible_steps(
    given: Given, targets: Mapping[str, Sequence[Target]], held: Values, *, stage: str
) -> Iterator[Step]:
    """Yield the causes that may be behind figures which nothing measured accounts for.

    - A month that a measure looks back to and no extract covers: the publication may have it.
    - A change of definitions or boundaries in the months that the measure looks at, or lately.

    Args:
        given: What the walk starts from.
        targets: By measure, the published figures.
        held: The last figures held.
        stage: What the way to the publication is called.
    """
    for name, found in targets.items():
        measure = given.standard.measures[name]
        missing = given.figures.missing_months.get(name, ())
        changes = [one for one in given.standard.changes if _concerns(one, measure, given.period)]
        for target in found:
            if target.is_met_by(held):
                continue
            is_lower = target.about > (target.of(held).exact or 0.0)
            if missing and is_lower:
                months = ", ".join(map(str, missing))
                yield Step(
                    key=target.key,
                    cause_id=_WINDOW,
                    stage=stage,
                    evidence="possible",
                    direction="local_lower",
                    basis=f"no extract covers {months}",
                )
            for change in changes:
                if change.cause == _BOUNDARIES and _AREA not in target.breakdown:
                    continue
                yield Step(
                    key=target.key,
                    cause_id=change.cause,
                    stage=stage,
                    evidence="possible",
                    direction="local_lower" if is_lower else "local_higher",
                    basis=f"from {change.month}: {change.words}",
                )


def _concerns(change: DefinitionChange, measure: Measure, period: ReportingPeriod) -> bool:
    window = period.window(max(measure.months, _RECENT_MONTHS))
    in_window = str(window[0]) < change.month <= str(window[-1])
    return in_window and (not change.groups or measure.group in change.groups)
