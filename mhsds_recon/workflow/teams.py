"""Count measures by local team."""

from __future__ import annotations

from collections.abc import Iterable

from mhsds_recon.measures import Figures, divides_by_team
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.workflow.runs import Run

__all__ = ["count_teams"]


def count_teams(
    run: Run, period: ReportingPeriod, *, measure_ids: Iterable[str] | None = None
) -> Figures:
    """Return measures of a period for all teams together and for each local team.

    Beyond what disclosure control hides, further teams are hidden so that no small count can be
    had by subtraction. A child seen by several teams counts in each.

    Args:
        run: The extracts.
        period: The reporting period; later months are left out.
        measure_ids: Which measures, published or our own; all whose rows say a team where None.

    Raises:
        UsageError: A measure is not defined.
        ExtractError: There is no extract for the period.
    """
    standard = run.standard
    if measure_ids is None:
        measure_ids = [
            name for name, one in standard.measures.items() if divides_by_team(one, standard)
        ]
    local = (name for name, breakdown in standard.breakdowns.items() if breakdown.local)
    return run.count(period, measure_ids=measure_ids, breakdowns=["Provider", *local])
