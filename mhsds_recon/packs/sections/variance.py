"""The walk from our figures to the published ones: its steps, its bridges and its table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from mhsds_recon.measures import months_read
from mhsds_recon.packs.disclosure import (
    CANNOT_TELL,
    SMALLEST_SHOWN,
    SUPPRESSED,
    Shown,
    as_published,
    tells_a_part,
)
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import ChartStep, Column, Section, Table, WalkChart
from mhsds_recon.packs.sections.checks import failures_of
from mhsds_recon.reconciliation.result import KEY_COLUMNS
from mhsds_recon.standard.causes import load_causes

if TYPE_CHECKING:
    from mhsds_recon.packs.material import Material
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.standard.causes import Cause

__all__ = ["DIFFERS", "Step", "key_of", "level_of", "variance_section", "walks_of"]

DIFFERS = ("differs_unexplained", "differs_part_explained", "differs_explained")
"""Results that say that a figure differs, the worst first."""

_WALK_COLUMNS = (
    Column(name="Measure", kind="code"),
    Column(name="Level"),
    Column(name="Cause", kind="code"),
    Column(name="What it is"),
    Column(name="Direction"),
    Column(name="Size", kind="change"),
    Column(name="Evidence"),
    Column(name="Rows", kind="count"),
    Column(name="Rules", kind="code"),
)
_Key = tuple[Any, ...]
_ByRule: TypeAlias = "Mapping[ReportingPeriod, Mapping[str, Sequence[Shown]]]"
_DISCLOSURE = ("VC53", "VC54", "VC55")
_SEVERAL, _ROUNDING = 2, 2
_RULE_CODE = re.compile(r"\bMHS\w+")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a variance walk: its row, and its numbers as shown."""

    row: Mapping[str, Any]
    size: Shown
    rows: Shown


def variance_section(material: Material) -> Section:
    """Return section 4.13: the causes of each difference in their fixed order."""
    say, title = material.words.say, material.words.titles["variance"]
    reconciliation = material.inputs.reconciliation
    if reconciliation is None:
        return Section(id="variance", title=title, sentences=(say("variance_pack_a"),))
    walks = walks_of(material, reconciliation)
    if not walks:
        found = set(reconciliation.frame.get_column("result"))
        key = "variance_unexplained" if found.intersection(DIFFERS) else "variance_none"
        return Section(id="variance", title=title, sentences=(say(key),))
    causes = load_causes(material.inputs.standard.version)
    table = Table(
        id="variance-walk",
        caption="Causes of each difference, in order",
        columns=_WALK_COLUMNS,
        rows=tuple(_step_row(material, step, causes) for walk in walks.values() for step in walk),
    )
    return Section(
        id="variance",
        title=title,
        sentences=(say("variance_order"),),
        charts=tuple(_bridges(material, reconciliation, walks)),
        tables=(table,),
        notes=(say("variance_sizes"),) if material.numbers.rounds else (),
    )


def key_of(row: Mapping[str, Any]) -> _Key:
    """Return what tells a figure of a reconciliation from the others."""
    return tuple(row[name] for name in KEY_COLUMNS)


def level_of(row: Mapping[str, Any]) -> str:
    """Return the breakdown and levels of a figure in words."""
    levels = (row["primary_level"], row["secondary_level"])
    named = ", ".join(level for level in levels if level not in (None, "", "NONE"))
    return f"{row['breakdown']}: {named}"


def walks_of(material: Material, reconciliation: Reconciliation) -> dict[_Key, tuple[Step, ...]]:
    """Return the steps of each differing figure, sizes as shown."""
    figures = {key_of(row): row for row in reconciliation.frame.iter_rows(named=True)}
    walks: dict[_Key, list[Mapping[str, Any]]] = {}
    for row in reconciliation.variance.iter_rows(named=True):
        # What disclosure control itself does would say more than it lets through.
        if not (material.numbers.rounds and row["cause_id"] in _DISCLOSURE):
            walks.setdefault(key_of(row), []).append(row)
    by_rule = _rows_by_rule(material)
    return {key: _steps(material, figures[key], rows, by_rule) for key, rows in walks.items()}


def _steps(
    material: Material,
    figure: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    by_rule: _ByRule,
) -> tuple[Step, ...]:
    numbers = material.numbers
    hidden = numbers.rounds and SUPPRESSED in (figure["local_published"], figure["published"])
    unknown = Shown(text=CANNOT_TELL)
    measured = iter(numbers.sizes([row["size"] for row in rows if row["size"] is not None]))
    sizes = [_bound(material, row) if row["size"] is None else next(measured) for row in rows]
    hidden |= numbers.rounds and _small_ones_fill(figure, sizes)
    steps = []
    for row, size in zip(rows, sizes, strict=True):
        counted = numbers.count(row["rows"])
        whole = replace(size, number=abs(size.number or 0) or None)
        if hidden or _tells_a_rule(material, row, (whole, counted), by_rule):
            steps.append(Step(row=row, size=unknown, rows=unknown))
        else:
            steps.append(Step(row=row, size=size, rows=counted))
    return tuple(steps)


def _rows_by_rule(material: Material) -> _ByRule:
    """Return by month the rows that fail each rule, as each month's pack shows them."""
    found: dict[ReportingPeriod, dict[str, list[Shown]]] = {}
    for month, rules in material.inputs.past.failed.items():
        for (code, _), count in rules.items():
            by_code = found.setdefault(month, {})
            by_code.setdefault(code, []).append(material.numbers.count(count))
    now = found[material.inputs.period] = {}
    for failure, shown in failures_of(material):
        now.setdefault(failure["code"], []).append(shown)
    return found


def _tells_a_rule(
    material: Material, row: Mapping[str, Any], counts: Iterable[Shown], by_rule: _ByRule
) -> bool:
    """Return whether a step tells more of the rows of a rule behind it than the rule shows."""
    codes, inputs = _codes(row), material.inputs
    if not codes or not material.numbers.rounds:
        return False
    measure = inputs.standard.measures[row["measure_id"]]
    months = months_read(measure, inputs.period, min(by_rule), inputs.standard)
    parts = [
        part for month in months for code in codes for part in by_rule.get(month, {}).get(code, ())
    ]
    return any(tells_a_part(count, parts) for count in counts)


def _codes(row: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(_RULE_CODE.findall(row["rules"] or "")))


def _small_ones_fill(figure: Mapping[str, Any], sizes: Sequence[Shown]) -> bool:
    """Return whether small steps must be so large to make up a difference that it tells them."""
    ends = [as_published(figure[name] or "").number for name in ("local_published", "published")]
    small = [size for size in sizes if size.number == 0]
    if None in ends or len(small) < _SEVERAL:
        return False
    drawn = [size.number for size in sizes if size.number]
    least = abs((ends[0] or 0) - (ends[1] or 0) - sum(drawn)) - _ROUNDING * (2 + len(drawn))
    return least + SMALLEST_SHOWN - 1 > (SMALLEST_SHOWN - 1) * len(small)


def _bound(material: Material, row: Mapping[str, Any]) -> Shown:
    """Return the most that a step can be, as far as it is known."""
    if row["low"] is None or row["high"] is None:
        return Shown(text=CANNOT_TELL)
    most = material.numbers.count(max(abs(row["low"]), abs(row["high"])))
    return Shown(text=f"0 to {most.text}")


def _step_row(material: Material, step: Step, causes: Mapping[str, Cause]) -> tuple[str, ...]:
    row, words = step.row, material.words
    cause = causes.get(row["cause_id"])
    rules = row["rules"] or ""
    return (
        row["measure_id"],
        level_of(row),
        row["cause_id"],
        "" if cause is None else cause.name,
        words.directions.get(row["direction"], row["direction"]),
        step.size.text,
        words.evidence.get(row["evidence"], row["evidence"]),
        step.rows.text,
        ", ".join(_codes(row)) if material.numbers.rounds else rules,
    )


def _bridges(
    material: Material, reconciliation: Reconciliation, walks: Mapping[_Key, tuple[Step, ...]]
) -> Iterator[WalkChart]:
    """Yield a bridge for each differing figure of the whole provider, all as shown."""
    causes = load_causes(material.inputs.standard.version)
    rows = sorted(reconciliation.frame.iter_rows(named=True), key=lambda row: row["measure_id"])
    for row in rows:
        if row["result"] not in DIFFERS or row["breakdown"] != PROVIDER:
            continue
        ours = material.shown(row["measure_id"], row["local_exact"], row["local_published"])
        published = as_published(row["published"])
        if ours.number is not None and published.number is not None:
            yield _bridge(material, row, (ours, published), walks.get(key_of(row), ()), causes)


def _bridge(
    material: Material,
    row: Mapping[str, Any],
    ends: tuple[Shown, Shown],
    walk: tuple[Step, ...],
    causes: Mapping[str, Cause],
) -> WalkChart:
    say, (ours, published) = material.words.say, ends
    drawn = [step for step in walk if step.size.number is not None]
    steps = [_taken_away(step, causes) for step in drawn]
    gap = material.numbers.change(ours, published)
    residual = material.numbers.change(gap, material.numbers.total([step.size for step in drawn]))
    if residual.number:
        shown = material.numbers.change(Shown(text="", number=0), residual)
        is_explained = row["result"] == "differs_explained"
        left = say("walk_rounding" if is_explained else "walk_residual")
        steps.append(ChartStep(label=left, value=shown.number or 0, shown=shown.text))
    told = " ".join(say("walk_step", label=step.label, shown=step.shown) for step in steps)
    if len(drawn) < len(walk):
        told = f"{told} {say('walk_undrawn')}"
    label = material.label(row["measure_id"])
    return WalkChart(
        id=f"walk-{row['measure_id']}-{row['secondary_level']}",
        title=say("walk_title", label=label),
        alternative=say(
            "walk_alternative", ours=ours.text, published=published.text, steps=told
        ).strip(),
        steps=(
            _end(say("walk_ours"), ours),
            *steps,
            _end(say("walk_published"), published),
        ),
    )


def _taken_away(step: Step, causes: Mapping[str, Cause]) -> ChartStep:
    """Return a cause as what it takes away from our figure, or adds to it, on the way."""
    cause = causes.get(step.row["cause_id"])
    value = -(step.size.number or 0)
    shown = step.size.text if not value else f"{value:+,.10g}"
    return ChartStep(
        label=step.row["cause_id"] if cause is None else cause.name, value=value, shown=shown
    )


def _end(label: str, shown: Shown) -> ChartStep:
    return ChartStep(label=label, value=shown.number or 0, shown=shown.text, is_total=True)
