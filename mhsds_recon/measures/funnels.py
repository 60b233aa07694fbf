"""Funnels: where people, referrals and scores drop out on the way to what a measure counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.errors import DefinitionError, UsageError, near_miss
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.filters import columns_of, passes_all
from mhsds_recon.measures.hiding import show_steps
from mhsds_recon.measures.submissions import NO_REFERENCE, gather
from mhsds_recon.measures.team_names import names_of_teams
from mhsds_recon.standard.measures import months_counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from mhsds_recon.frames import Extract, Reference
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.standard.funnels import Funnel, FunnelUnit

__all__ = ["Funnels", "assessed", "count_funnels", "funnels_of", "rows_passed"]

_NO_TEAM = "UNKNOWN"
_SCHEMA: dict[str, nw.dtypes.DType] = {
    "funnel": nw.String(),
    "team": nw.String(),
    "unit": nw.String(),
    "number": nw.Int64(),
    "step": nw.String(),
    "cause_id": nw.String(),
    "measure_id": nw.String(),
    "left": nw.Int64(),
    "dropped": nw.Int64(),
}


@dataclass(frozen=True, kw_only=True)
class Funnels:
    """How many units pass each step of each funnel, exactly: before disclosure control.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        frame: One row per funnel, team, unit and step: funnel (its id), team
            (CareProfTeamLocalID, or UNKNOWN; null for all teams together), unit, number (of the
            step, from 0), step, cause_id (null for the first step), measure_id (what is counted
            once the step is passed, null where nothing is), left and dropped (since the step
            before, null for the first). A unit of several teams is in each, so teams do not add
            up.
        not_assessed: Funnels that could not be counted, with the reason.
        team_names: What teams are called, where they were counted.
    """

    provider: str
    period: ReportingPeriod
    frame: pl.DataFrame = field(repr=False)
    not_assessed: Mapping[str, str]
    team_names: Mapping[str, str] = field(default_factory=dict)

    def shown(self, *, exact: bool = False) -> pl.DataFrame:
        """Return the frame with left and dropped as text, under disclosure control.

        A count is ``*`` below 5, else to the nearest 5, and ``*`` too where teams would tell it.
        What drops is the difference of two steps as shown: ``*`` where that is below 5, null
        where it cannot be told.

        Args:
            exact: Show exact counts.
        """
        if not exact:
            return show_steps(self.frame)
        counts = nw.col("left", "dropped").cast(nw.String)
        rows: pl.DataFrame = nw.from_native(self.frame).with_columns(counts).to_native()
        return rows

    def _repr_html_(self) -> str:
        html: str = self.shown()._repr_html_()
        return html

    def of(self, funnel_id: str, unit: str) -> pl.DataFrame:
        """Return the steps of one funnel for one unit, all teams together."""
        chosen = nw.from_native(self.frame).filter(
            nw.col("funnel") == funnel_id, nw.col("unit") == unit, nw.col("team").is_null()
        )
        return chosen.to_native()


def count_funnels(  # noqa: PLR0913  each is a choice of the caller's
    extracts: Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = NO_REFERENCE,
    funnel_ids: Iterable[str] | None = None,
    by_team: bool = False,
) -> Funnels:
    """Return how many units pass each step of funnels.

    Args:
        extracts: Monthly extracts of one provider, one per month.
        standard: Says what the steps are.
        period: The reporting period.
        reference: Reference files; a funnel whose measure needs one that is absent is named in
            the result.
        funnel_ids: Funnels to count; all by default.
        by_team: Whether to count for each local team as well.

    Raises:
        UsageError: A funnel is not defined.
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
        DefinitionError: A funnel names a column that its cohort does not have.
    """
    submissions = gather(extracts, standard=standard, period=period, reference=reference)
    return funnels_of(submissions, funnel_ids=funnel_ids, by_team=by_team)


def funnels_of(
    submissions: Submissions, *, funnel_ids: Iterable[str] | None = None, by_team: bool = False
) -> Funnels:
    """Return what ``count_funnels`` does, of submissions already gathered."""
    chosen, not_assessed = assessed(submissions, funnel_ids)
    rows: dict[str, list[dict[str, object]]] = {funnel.id: [] for funnel in chosen}
    # One cohort after the other: all at once would need the memory of all at once.
    for cohort in dict.fromkeys(funnel.cohort for funnel in chosen):
        of_cohort = [funnel for funnel in chosen if funnel.cohort == cohort]
        for funnel, row in _count(submissions, of_cohort, by_team=by_team):
            rows[funnel.id].append(row)
    flat = [row for of_funnel in rows.values() for row in of_funnel]
    frame = nw.from_dicts(flat, schema=_SCHEMA, backend="polars")
    return Funnels(
        provider=submissions.provider,
        period=submissions.period,
        frame=frame.to_native(),
        not_assessed=not_assessed,
        team_names=names_of_teams(submissions) if by_team else {},
    )


def _count(
    submissions: Submissions, funnels: Sequence[Funnel], *, by_team: bool
) -> Iterator[tuple[Funnel, dict[str, object]]]:
    """Yield each funnel of one cohort with its rows of the result."""
    (rows,) = submissions.engine.collect([_followed(submissions, funnels)], find_shared=False)
    followed = nw.from_native(rows)
    for funnel in funnels:
        for unit in funnel.units:
            for team in (None, funnel.team) if by_team and funnel.team else (None,):
                depths = _depths(followed, funnel, unit.key, team)
                by_depth = _units_by_depth(depths, all_together=team is None)
                for row in _rows(funnel, unit, by_depth):
                    yield funnel, row


def assessed(
    submissions: Submissions, funnel_ids: Iterable[str] | None = None
) -> tuple[list[Funnel], dict[str, str]]:
    """Return the funnels that can be counted, and why the others cannot.

    Raises:
        UsageError: A funnel is not defined.
    """
    chosen = _chosen(submissions.standard, funnel_ids)
    not_assessed = dict(_not_assessed(chosen, submissions))
    return [funnel for funnel in chosen if funnel.id not in not_assessed], not_assessed


def rows_passed(
    submissions: Submissions, funnel: Funnel, also: Mapping[str, nw.Expr] | None = None
) -> nw.LazyFrame[Any]:
    """Return how far each row of a funnel's cohort comes.

    Args:
        submissions: The submissions.
        funnel: The steps.
        also: What else to return of each row, by name.

    Returns:
        One row per row of the cohort that passes the first step: the keys of the funnel's units,
        its team (UNKNOWN where blank) and passed (how many steps, at least one): the step of that
        number, from 0, is where the row drops out. Not for display: keys are identifiers.

    Raises:
        DefinitionError: The funnel names a column that its cohort does not have.
    """
    return _followed(submissions, [funnel], also).rename({_passed(funnel): "passed"})


def _followed(
    submissions: Submissions,
    funnels: Sequence[Funnel],
    also: Mapping[str, nw.Expr] | None = None,
) -> nw.LazyFrame[Any]:
    """Return how far each row of a cohort comes in each of its funnels, where it starts in one."""
    rows = submissions.derive(COHORTS[funnels[0].cohort].derive)
    known = rows.collect_schema().names()
    columns: dict[str, nw.Expr] = {}
    for funnel in funnels:
        _check_columns(funnel, known)
        columns |= {unit.key: nw.col(unit.key) for unit in funnel.units}
        if funnel.team:
            columns[funnel.team] = nw.col(funnel.team).fill_null(_NO_TEAM)
        columns[_passed(funnel)] = _steps_passed(funnel, submissions)
    columns |= {name: value for name, value in (also or {}).items() if name not in columns}
    starts = [nw.col(_passed(funnel)) > 0 for funnel in funnels]
    return rows.select(value.alias(name) for name, value in columns.items()).filter(
        nw.any_horizontal(*starts, ignore_nulls=True)
    )


def _steps_passed(funnel: Funnel, submissions: Submissions) -> nw.Expr:
    window = submissions.period.window(
        months_counted(submissions.standard.measures[funnel.measure].period)
    )
    passed: nw.Expr = nw.lit(0, dtype=nw.Int64)
    for step in reversed(funnel.steps):
        passes = passes_all(step.where, window).fill_null(value=False)
        passed = nw.when(passes).then(passed + 1).otherwise(nw.lit(0, dtype=nw.Int64))
    return passed


def _passed(funnel: Funnel) -> str:
    return f"steps of {funnel.id}"


def _chosen(standard: Standard, funnel_ids: Iterable[str] | None) -> list[Funnel]:
    wanted = standard.funnels if funnel_ids is None else dict.fromkeys(funnel_ids)
    for name in wanted:
        if name not in standard.funnels:
            known = ", ".join(standard.funnels)
            hint = near_miss(name, standard.funnels)
            message = f"Unknown funnel '{name}'.{hint} Funnels that can be counted: {known}."
            raise UsageError(message)
    return [standard.funnels[name] for name in wanted]


def _not_assessed(funnels: Sequence[Funnel], submissions: Submissions) -> Iterator[tuple[str, str]]:
    for funnel in funnels:
        measure = submissions.standard.measures[funnel.measure].in_force(submissions.period)
        if measure is None:
            yield funnel.id, f"{funnel.measure} is not defined for {submissions.period}"
            continue
        absent = [
            need for need in measure.needs if getattr(submissions.reference, need, None) is None
        ]
        if absent:
            yield funnel.id, f"needs {' and '.join(absent)}"


def _check_columns(funnel: Funnel, known: Sequence[str]) -> None:
    named = (
        *(unit.key for unit in funnel.units),
        *((funnel.team,) if funnel.team else ()),
        *(columns_of(condition) for step in funnel.steps for condition in step.where),
    )
    problems = [
        f"Funnel {funnel.id}: cohort '{funnel.cohort}' has no column '{name}'."
        f"{near_miss(name, known)}"
        for name in dict.fromkeys(named)
        if name not in known
    ]
    if problems:
        raise DefinitionError(problems)


def _depths(
    rows: nw.DataFrame[pl.DataFrame], funnel: Funnel, key: str, team: str | None
) -> nw.DataFrame[pl.DataFrame]:
    """Return how many units come how far in a funnel, by team where one is given."""
    by_team = () if team is None else (team,)
    return (
        rows.filter(~nw.col(key).is_null(), nw.col(_passed(funnel)) > 0)
        .group_by(key, *by_team)
        .agg(passed=nw.col(_passed(funnel)).max())
        .group_by(*by_team, "passed")
        .agg(units=nw.len())
        .select(
            (nw.lit(None, dtype=nw.String) if team is None else nw.col(team)).alias("team"),
            "passed",
            "units",
        )
    )


def _units_by_depth(
    depths: nw.DataFrame[pl.DataFrame], *, all_together: bool
) -> dict[str | None, dict[int, int]]:
    """Return how many units come how far, by team; all together are there even where none is."""
    by_team: dict[str | None, dict[int, int]] = {None: {}} if all_together else {}
    for team, passed, units in depths.iter_rows():
        by_team.setdefault(team, {})[passed] = units
    return by_team


def _rows(
    funnel: Funnel, unit: FunnelUnit, by_team: dict[str | None, dict[int, int]]
) -> Iterator[dict[str, object]]:
    for team in sorted(by_team, key=str):
        before: int | None = None
        for number, step in enumerate(funnel.steps):
            left = sum(units for passed, units in by_team[team].items() if passed > number)
            yield {
                "funnel": funnel.id,
                "team": team,
                "unit": unit.name,
                "number": number,
                "step": step.name,
                "cause_id": step.cause,
                "measure_id": step.measure,
                "left": left,
                "dropped": None if before is None else before - left,
            }
            before = left
