"""Counting measures: what each asks of its cohort, and the figures made of the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.measures.exact import Cell, asks_of, figures_of, rows_behind, value_of
from mhsds_recon.measures.figures import Figures, NotAssessed
from mhsds_recon.measures.layout import lay_out as lay_out_figures
from mhsds_recon.measures.levels import TEAM
from mhsds_recon.measures.plans import answer
from mhsds_recon.measures.reading import divides_by_team, months_read
from mhsds_recon.measures.skeleton import levels_there
from mhsds_recon.measures.submissions import NO_REFERENCE, gather
from mhsds_recon.measures.team_names import names_of_teams
from mhsds_recon.standard.measures import Breakdown
from mhsds_recon.standard.variations import AS_NATIONALLY, combine, varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mhsds_recon.frames import Extract, Reference
    from mhsds_recon.measures.plans import Ask, Values
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import Measure, ReportingPeriod, Standard
    from mhsds_recon.standard.variations import Variation

__all__ = ["Count", "count", "count_values", "measures_counted", "submissions_of"]

_WINDOWS = ("month", "rolling quarter", "rolling 12 months")


def count(  # noqa: PLR0913  each is a choice of the caller's
    extracts: Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = NO_REFERENCE,
    measure_ids: Iterable[str] | None = None,
    breakdowns: Iterable[str] | None = None,
    status: str = "Performance",
    variations: Iterable[str] = (),
    as_of: ReportingPeriod | None = None,
) -> Figures:
    """Return the measures of one provider for a reporting period.

    Only extracts up to the period are used, as in the publication. Rows are counted as given:
    pass accepted extracts to count what the national database would hold.

    Args:
        extracts: Monthly extracts of one provider, one per month.
        standard: Says how each measure is counted.
        period: The reporting period.
        reference: Reference files; without postcodes everybody counts as resident in England.
            What cannot be counted without one is named in the result.
        measure_ids: Measures to count; all published ones by default.
        breakdowns: What to divide each measure by: those of these that it has, and local ones by
            which its rows can be divided. By default all that it has; a published one by published
            ones only.
        status: STATUS of the rows.
        variations: Ids of the standard's variations to count by, all of them at once; by default
            the measures are counted as nationally.
        as_of: Let extracts up to this month in, as if counted after it. It matters to measures
            that look at all contacts, scores and hospital spells ever sent, whatever their month:
            those of the outcomes of closed referrals.

    Raises:
        UsageError: A measure, breakdown or variation is not defined, two variations exclude
            each other, or ``as_of`` is before the period.
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
        DefinitionError: A measure names a cohort that there is not, or a column that its cohort
            does not have.
    """
    variation = combine(variations, standard.variations)
    submissions = gather(
        extracts,
        standard=standard,
        period=period,
        reference=reference,
        asked=variation.conditions,
        as_of=as_of,
    )
    counted = Count.of(
        submissions, variation=variation, measure_ids=measure_ids, breakdowns=breakdowns
    )
    return counted.figures(answer(counted.asks(), submissions), status=status)


@dataclass(frozen=True, kw_only=True)
class Count:
    """What has to be asked of a history to count measures, before it is answered.

    Attributes:
        submissions: The history.
        measures: Every definition in force, by its id.
        chosen: Ids of the measures to count.
        cells: What is counted.
        not_assessed: What is not, for want of a definition or a reference file.
    """

    submissions: Submissions
    measures: Mapping[str, Measure]
    chosen: Sequence[str]
    cells: Sequence[Cell]
    not_assessed: Sequence[NotAssessed]

    @classmethod
    def of(
        cls,
        submissions: Submissions,
        *,
        variation: Variation = AS_NATIONALLY,
        measure_ids: Iterable[str] | None = None,
        breakdowns: Iterable[str] | None = None,
    ) -> Count:
        """Return the count of some measures, by a variation of their definitions.

        Raises:
            UsageError: A measure or a breakdown is not defined.
        """
        standard = submissions.standard
        chosen = _chosen(standard, measure_ids)
        in_force = _in_force(standard, submissions.period, variation)
        wanted = (
            None if breakdowns is None else _named(breakdowns, standard.breakdowns, "breakdown")
        )
        cells, not_assessed = _cells(chosen, wanted, in_force, submissions, variation)
        return cls(
            submissions=submissions,
            measures=in_force,
            chosen=chosen,
            cells=cells,
            not_assessed=not_assessed,
        )

    def asks(self) -> Iterator[Ask]:
        """Yield what is asked of cohorts, perhaps more than once."""
        for cell in self.cells:
            yield from asks_of(cell, self.measures)

    def rows_behind(self) -> dict[str, tuple[Ask, ...]]:
        """Return, by measure id, what is asked to know how many rows it is counted on."""
        whole = {cell.measure.id: cell for cell in self.cells if cell.is_published}
        return {name: tuple(rows_behind(cell, self.measures)) for name, cell in whole.items()}

    def only(self, asks: Iterable[Ask]) -> Count:
        """Return the count of those measures that some asks are made for."""
        asked = set(asks)
        touched = {
            cell.measure.id
            for cell in self.cells
            if not asked.isdisjoint(asks_of(cell, self.measures))
        }
        return replace(
            self,
            chosen=[name for name in self.chosen if name in touched],
            cells=[cell for cell in self.cells if cell.measure.id in touched],
        )

    def figures(self, values: Values, *, status: str) -> Figures:
        """Return the figures, from the answers."""
        submissions = self.submissions
        by_team = any(cell.grouping.by_team for cell in self.cells)
        teams = names_of_teams(submissions) if by_team else {}
        there = levels_there(
            self.cells, self.measures, values, teams=teams, standard=submissions.standard
        )
        found = [
            figure
            for cell in self.cells
            for figure in figures_of(
                cell, self.measures, values, there.get(cell.breakdown.name, ())
            )
        ]
        lay_out = partial(lay_out_figures, submissions=submissions, status=status, teams=teams)
        return Figures(
            provider=submissions.provider,
            period=submissions.period,
            frame=lay_out([one for one in found if one.cell.is_published]),
            unpublished=lay_out([one for one in found if not one.cell.is_published]),
            missing_months={
                measure_id: missing
                for measure_id in self.chosen
                if measure_id in self.measures
                and (missing := tuple(_missing_months(self.measures[measure_id], submissions)))
            },
            not_assessed=tuple(self.not_assessed),
        )


def count_values(measures: Sequence[Measure], submissions: Submissions) -> dict[str, float]:
    """Return the exact value of each measure for the provider by its id.

    Where nothing was counted it is 0. That of a data quality item is its number of rows.
    """
    in_force = _in_force(submissions.standard, submissions.period)
    whole = Breakdown(name="Provider", first="Provider")
    cells = [Cell(measure=measure, period=measure.period, breakdown=whole) for measure in measures]
    values = answer((ask for cell in cells for ask in asks_of(cell, in_force)), submissions)
    return {cell.measure.id: value_of(cell, in_force, values) for cell in cells}


def measures_counted(submissions: Submissions, measure_ids: Iterable[str]) -> list[Measure]:
    """Return the definitions in force of measures for which no reference file is wanting.

    Raises:
        UsageError: A measure is not defined.
    """
    in_force = _in_force(submissions.standard, submissions.period)
    return [
        in_force[name]
        for name in _chosen(submissions.standard, measure_ids)
        if name in in_force and not _absent(in_force[name].needs, submissions.reference)
    ]


def submissions_of(
    extracts: Sequence[Extract],
    period: ReportingPeriod,
    reference: Reference,
    standard: Standard,
) -> Submissions:
    """Return a provider's extracts up to a reporting period as one history."""
    return gather(extracts, standard=standard, period=period, reference=reference)


def _chosen(standard: Standard, measure_ids: Iterable[str] | None) -> list[str]:
    if measure_ids is None:
        return [name for name, measure in standard.measures.items() if not measure.local]
    return _named(measure_ids, standard.measures, "measure")


def _named(names: Iterable[str], defined: Mapping[str, object], kind: str) -> list[str]:
    """Return names once each, if all are defined."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in defined:
            known = ", ".join(defined)
            hint = near_miss(name, defined)
            message = f"Unknown {kind} '{name}'.{hint} Defined: {known}."
            raise UsageError(message)
    return wanted


def _in_force(
    standard: Standard, period: ReportingPeriod, variation: Variation = AS_NATIONALLY
) -> Mapping[str, Measure]:
    found = {name: measure.in_force(period) for name, measure in standard.measures.items()}
    if variation.former:
        found |= {
            name: before
            for name, measure in standard.measures.items()
            if (before := measure.in_force_before(period)) is not None
        }
    return {
        name: msgspec.structs.replace(measure, count=varied(measure.count, variation))
        for name, measure in found.items()
        if measure is not None
    }


def _cells(
    chosen: Sequence[str],
    wanted: Sequence[str] | None,
    in_force: Mapping[str, Measure],
    submissions: Submissions,
    variation: Variation,
) -> tuple[list[Cell], list[NotAssessed]]:
    """Return what is counted, and what is not for want of a definition or a reference file."""
    cells: list[Cell] = []
    refused: list[NotAssessed] = []
    for measure_id in chosen:
        measure = in_force.get(measure_id)
        if measure is None:
            reason = f"not defined for {submissions.period}"
            refused.append(NotAssessed(measure_id=measure_id, breakdown="all", reason=reason))
            continue
        standard = submissions.standard
        for name in standard.breakdowns_of(measure) if wanted is None else wanted:
            breakdown = standard.breakdowns[name]
            if name not in measure.breakdowns and not _is_for_any(breakdown):
                continue
            refusal = _refusal(measure, breakdown, submissions)
            if refusal is not None:
                refused.append(NotAssessed(measure_id=measure_id, breakdown=name, reason=refusal))
                continue
            also = () if breakdown.local else measure.unpublished_periods
            cells += (
                Cell(
                    measure=measure,
                    period=period,
                    breakdown=breakdown,
                    months=variation.months if period in _WINDOWS else None,
                )
                for period in (measure.period, *also)
            )
    return cells, refused


def _is_for_any(breakdown: Breakdown) -> bool:
    return breakdown.local and breakdown.second is None


def _refusal(measure: Measure, breakdown: Breakdown, submissions: Submissions) -> str | None:
    """Return why a measure cannot be divided by a breakdown, None where it can."""
    absent = _absent((*measure.needs, *breakdown.needs), submissions.reference)
    if absent:
        return f"needs {' and '.join(absent)}"
    if TEAM in breakdown.of and not divides_by_team(measure, submissions.standard):
        return "its rows say no team"
    return None


def _absent(needs: Iterable[str], reference: Reference) -> list[str]:
    return [need for need in dict.fromkeys(needs) if getattr(reference, need, None) is None]


def _missing_months(measure: Measure, submissions: Submissions) -> list[ReportingPeriod]:
    """Return the months that the measure looks at and no extract covers."""
    first = min(submissions.extracts)
    months = months_read(measure, submissions.period, first, submissions.standard)
    return [month for month in months if month not in submissions.extracts]
