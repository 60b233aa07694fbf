"""Weighing rules: what each one costs the measures, found by counting again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.effects.places import merge, month_of, rows_between, without
from mhsds_recon.effects.recounting import is_of_people, recount_all, recount_around
from mhsds_recon.effects.rejections import gather_rejections
from mhsds_recon.effects.result import Effects
from mhsds_recon.effects.touching import can_touch, may_cost_more, tables_below
from mhsds_recon.frames import Reference
from mhsds_recon.measures import measures_counted, months_read, submissions_of, tables_read
from mhsds_recon.standard.measures import Distinct, Rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import polars as pl

    from mhsds_recon.effects.places import Places
    from mhsds_recon.effects.rejections import Rejections
    from mhsds_recon.measures import Submissions
    from mhsds_recon.standard import Measure, ReportingPeriod, Standard
    from mhsds_recon.validation import Validation

__all__ = ["effects_of_rules"]

_NO_REFERENCE = Reference()
# Of the rows of the tables read; beyond it the rows concerned are soon nearly all.
_SHARE = 0.02
# In short, so many rules at most, and all rows are counted again for so many that this comes to
# no more rows: about half a second for each million.
_MOST_RULES = 20
_MOST_ROWS = 4_000_000
_LOST = {
    "people": ("MHS001MPI",),
    "referrals": ("MHS101Referral",),
    "contacts": ("MHS201CareContact",),
    "scores": ("MHS606CodedScoreAssessmentRefer", "MHS607CodedScoreAssessmentAct"),
}
_FRAME = {
    **dict.fromkeys(("code", "level", "table", "element"), nw.String()),
    **dict.fromkeys(("rows", "rows_rejected", "rows_cascade", *_LOST), nw.Int64()),
    "largest_effect": nw.Float64(),
    "measure_id": nw.String(),
    "measures_changed": nw.Int64(),
}
_MEASURES = {
    **dict.fromkeys(("code", "table", "element", "measure_id"), nw.String()),
    "rows_read": nw.Int64(),
    **dict.fromkeys(("removed_alone", "gained_by_fixing"), nw.Float64()),
    **dict.fromkeys(("can_touch", "at_least"), nw.Boolean()),
}


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """What one rule takes away.

    Attributes:
        own: How many rows it rejects of itself.
        rows: How many rows go from each table because of it.
        rows_read: By measure id: how many of them the measure would have read.
        removed_alone: By measure id.
        gained_by_fixing: By measure id.
        is_weighed: Whether the measures were counted again without its rows.
    """

    own: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)
    rows_read: Mapping[str, int] = field(default_factory=dict)
    removed_alone: Mapping[str, float] = field(default_factory=dict)
    gained_by_fixing: Mapping[str, float] = field(default_factory=dict)
    is_weighed: bool = True


def effects_of_rules(  # noqa: PLR0913  each is a choice of the caller's
    validations: Sequence[Validation],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = _NO_REFERENCE,
    measure_ids: Iterable[str] | None = None,
    in_short: bool = False,
) -> Effects:
    """Return what every rule with findings costs the measures of a period.

    Which rows go is decided by the rules alone, also where a file as a whole is rejected.

    Args:
        validations: One per month, of one provider; months after the period are left out.
        standard: Rules and measures.
        period: The reporting period that is counted.
        reference: Reference files to count with; measures that need another are left out.
        measure_ids: The measures to weigh rules for; the headline ones by default.
        in_short: Leave out what fixing would gain. Weigh the 20 rules that take most rows with
            them; of those that concern very many, the fewer the more rows were submitted.

    Raises:
        UsageError: A measure is not defined.
        ExtractError: A month's header cannot be read, there is no extract for the period, two for
            one month, or more than one provider.
    """
    validations = [each for each in validations if month_of(each) <= period]
    submissions = submissions_of(
        [each.extract for each in validations], period, reference, standard
    )
    measures = measures_counted(
        submissions, _headline(standard) if measure_ids is None else measure_ids
    )
    rejections = gather_rejections(validations, standard)
    costs = _costs(rejections, validations, submissions, measures, in_short=in_short)
    found = _findings(validations)
    return Effects(
        period=period,
        frame=_frame([_rule_row(one, costs.get(one["code"], _Cost())) for one in found], _FRAME),
        measures=_frame(
            [
                _measure_row(
                    one, costs.get(one["code"], _Cost()), measure, standard, in_short=in_short
                )
                for one in found
                for measure in measures
            ],
            _MEASURES,
        ),
    )


def _headline(standard: Standard) -> list[str]:
    return [name for name, measure in standard.measures.items() if measure.headline]


def _costs(
    rejections: Rejections,
    validations: Sequence[Validation],
    submissions: Submissions,
    measures: Sequence[Measure],
    *,
    in_short: bool,
) -> dict[str, _Cost]:
    """Return the cost of every rule that starts a rejection, by its code."""
    standard = submissions.standard
    read = frozenset().union(*(tables_read(measure, standard) for measure in measures))
    above = [name for name in standard.tables if not read.isdisjoint(tables_below(name, standard))]
    alone = {code: rejections.alone(code) for code in rejections.codes}
    accepted = {} if in_short else rejections.all_but(None, above)
    fixed = {} if in_short else {code: rejections.all_but(code, above) for code in alone}
    changed = {
        code: _of(read, merge([rows, without(accepted, fixed[code])] if fixed else [rows]))
        for code, rows in alone.items()
    }
    submitted = _submitted(validations, read)
    wide = {code for code, rows in changed.items() if _is_wide(rows, _SHARE * submitted, standard)}
    weighed = set(changed)
    if in_short:
        weighed = _heaviest(changed, wide, _MOST_ROWS // max(submitted, 1))
    around = merge(changed[code] for code in sorted(weighed - wide))
    add_up = all(isinstance(measure.count, Distinct | Rows) for measure in measures)
    near = recount_around(around, submissions, measures, standard) if add_up else None
    far = recount_all(submissions, measures, standard) if wide & weighed or near is None else near
    reach = {measure.id: _reach(measure, submissions, standard) for measure in measures}
    costs = {}
    for code, gone in alone.items():
        recount = far if near is None or code in wide else near
        is_weighed = code in weighed
        costs[code] = _Cost(
            own=sum(map(len, rejections.starting(code).values())),
            rows={table: len(rows) for table, rows in gone.items()},
            rows_read={
                name: sum(rows_between(rows, months) for rows in _of(tables, gone).values())
                for name, (tables, months) in reach.items()
            },
            removed_alone=_less(recount.values({}), recount.values(gone)) if is_weighed else {},
            gained_by_fixing=(
                _less(recount.values(fixed[code]), recount.values(accepted)) if fixed else {}
            ),
            is_weighed=is_weighed,
        )
    return costs


def _heaviest(changed: Mapping[str, Places], wide: Collection[str], most_wide: int) -> set[str]:
    """Return the codes of the rules that take most rows with them, so many wide ones at most."""
    rows = {code: sum(map(len, each.values())) for code, each in changed.items()}
    heaviest = sorted(rows, key=lambda code: (-rows[code], code))
    too_wide = [code for code in heaviest if code in wide][most_wide:]
    return set([code for code in heaviest if code not in too_wide][:_MOST_RULES])


def _reach(
    measure: Measure, submissions: Submissions, standard: Standard
) -> tuple[Collection[str], Sequence[ReportingPeriod]]:
    """Return the tables and months that a measure reads."""
    months = months_read(measure, submissions.period, min(submissions.extracts), standard)
    return tables_read(measure, standard), months


def _less(values: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    return {name: value - others[name] for name, value in values.items()}


def _of(tables: Collection[str], places: Places) -> Places:
    return {table: rows for table, rows in places.items() if table in tables}


def _is_wide(rows: Places, many: float, standard: Standard) -> bool:
    """Return whether so much changes that looking for what it concerns does not pay."""
    concerns_all = any(not is_of_people(table, standard) for table in rows)
    return concerns_all or sum(map(len, rows.values())) > many


def _submitted(validations: Sequence[Validation], tables: Collection[str]) -> int:
    """Return how many rows of some tables were submitted in all months."""
    accepted = nw.concat([nw.from_native(each.accepted, eager_only=True) for each in validations])
    of_tables = accepted.filter(nw.col("table").is_in(list(tables)))
    return int(of_tables.get_column("submitted").sum())


def _findings(validations: Sequence[Validation]) -> list[dict[str, Any]]:
    """Return code, level, table, element and rows of the rules with findings in any month."""
    counts = nw.concat([nw.from_native(each.counts(), eager_only=True) for each in validations])
    rule = ["code", "level", "table", "element"]
    summed = counts.group_by(rule).agg(nw.col("rows").sum().cast(nw.Int64))
    return list(summed.sort(rule).iter_rows(named=True))


def _rule_row(one: Mapping[str, Any], cost: _Cost) -> dict[str, Any]:
    sizes = {
        name: max(abs(lost), abs(cost.gained_by_fixing.get(name, 0.0)))
        for name, lost in cost.removed_alone.items()
    }
    changed = [name for name, size in sizes.items() if size]
    return {
        **one,
        "rows_rejected": cost.own,
        "rows_cascade": sum(cost.rows.values()) - cost.own,
        **{
            name: sum(cost.rows.get(table, 0) for table in tables) for name, tables in _LOST.items()
        },
        "largest_effect": max(sizes.values(), default=0.0) if cost.is_weighed else None,
        "measure_id": max(changed, key=sizes.__getitem__, default=None),
        "measures_changed": len(changed),
    }


def _measure_row(
    one: Mapping[str, Any],
    cost: _Cost,
    measure: Measure,
    standard: Standard,
    *,
    in_short: bool,
) -> dict[str, Any]:
    rule = standard.rules.get(one["code"])
    return {
        "code": one["code"],
        "table": one["table"],
        "element": one["element"],
        "measure_id": measure.id,
        "rows_read": cost.rows_read.get(measure.id, 0),
        "removed_alone": cost.removed_alone.get(measure.id, 0.0) if cost.is_weighed else None,
        "gained_by_fixing": cost.gained_by_fixing.get(measure.id, None if in_short else 0.0),
        "can_touch": rule is not None and can_touch(rule, measure, standard),
        "at_least": rule is not None and may_cost_more(rule, measure, standard),
    }


def _frame(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    columns = {name: [row[name] for row in rows] for name in schema}
    frame: pl.DataFrame = nw.from_dict(columns, schema=schema, backend="polars").to_native()
    return frame
