"""Whether the effect that an action was to have came, by the walks of later months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw

from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from mhsds_recon.actions.entries import Effect, Opened

__all__ = ["PROVIDER", "Came", "Finding", "findings_of"]

PROVIDER = "Provider"
_SHOWS = 5

Came = Literal["came", "came_in_part", "did_not_come", "cannot_tell"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What the last later comparison says of one effect.

    Attributes:
        effect: The effect that was expected.
        period: The reporting period that was compared; None where none was since.
        now: What is left of the difference, exact; None where nobody can tell.
        came: Whether it came. Differences below 5 are none, since publication rounds to 5.
    """

    effect: Effect
    period: ReportingPeriod | None
    now: float | None
    came: Came


def findings_of(opened: Opened, compared: Any, steps: Any) -> tuple[Finding, ...]:  # noqa: ANN401
    """Return for each expected effect what later months say.

    Args:
        opened: The action.
        compared: Native frame of figures that were compared, as ``History.differences`` gives
            them.
        steps: Native frame of the walks, as ``History.steps`` gives them.
    """
    end = ReportingPeriod.parse(opened.period).end
    later = (nw.col("breakdown") == PROVIDER) & (nw.col("reporting_period_end") > end)
    figures = nw.from_native(compared, eager_only=True).filter(later)
    walked = nw.from_native(steps, eager_only=True).filter(
        later, nw.col("cause_id") == opened.cause_id
    )
    return tuple(_finding(effect, figures, walked) for effect in opened.effects)


def _finding(effect: Effect, figures: nw.DataFrame[Any], walked: nw.DataFrame[Any]) -> Finding:
    own = nw.col("measure_id") == effect.measure_id
    ends = figures.filter(own).get_column("reporting_period_end")
    if ends.is_empty():
        return Finding(effect=effect, period=None, now=None, came="cannot_tell")
    last = ends.max()
    sizes = walked.filter(own, nw.col("reporting_period_end") == last).get_column("size")
    now = None if sizes.is_null().any() else float(sizes.sum() or 0)
    return Finding(
        effect=effect, period=ReportingPeriod.of(last), now=now, came=_came(effect.size, now)
    )


def _came(before: float, now: float | None) -> Came:
    if now is None:
        return "cannot_tell"
    if abs(now) < _SHOWS:
        return "came"
    return "came_in_part" if _as_shown(now) < _as_shown(before) else "did_not_come"


def _as_shown(size: float) -> int:
    return int((abs(size) + _SHOWS / 2) // _SHOWS)
