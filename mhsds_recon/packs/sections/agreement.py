"""Pack B: reconciliation with the published figures, and the walk from ours to theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED, Shown, as_published
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.reconciliation.result import KEY_COLUMNS
from mhsds_recon.standard.causes import load_causes

if TYPE_CHECKING:
    from mhsds_recon.packs.material import Material
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard.causes import Cause

__all__ = ["reconciliation_section", "variance_section"]

_COLUMNS = (
    Column(name="Measure", kind="code"),
    Column(name="What it counts"),
    Column(name="Level"),
    Column(name="Ours", kind="count"),
    Column(name="Published", kind="published"),
    Column(name="Status and version"),
    Column(name="Published stands for", kind="published"),
    Column(name="Result"),
    Column(name="Gap", kind="change"),
    Column(name="Explained", kind="change"),
    Column(name="Residual", kind="change"),
)
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
_NONE = "none"
_DISCLOSURE = ("VC53", "VC54", "VC55")
_RULE_CODE = re.compile(r"\bMHS\w+")
_AGREE = frozenset({"agree", "agree_within_rounding", "suppressed_consistent"})
_DIFFERS = ("differs_unexplained", "differs_part_explained", "differs_explained")


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A step of a variance walk: its row, and its numbers as shown."""

    row: Mapping[str, Any]
    size: Shown
    rows: Shown


def reconciliation_section(material: Material, reconciliation: Reconciliation) -> Section:
    """Return section 4.12: every figure beside the published one, differences first."""
    say = material.words.say
    walks = _walks(material, reconciliation)
    rows = sorted(reconciliation.frame.iter_rows(named=True), key=_differences_first)
    title = material.words.titles["reconciliation"]
    if not rows:
        sentences = (say("reconciliation_none"),)
        return Section(id="reconciliation", title=title, sentences=sentences)
    results = [row["result"] for row in rows]
    summary = say(
        "reconciliation_summary",
        all=len(rows),
        agree=sum(result in _AGREE for result in results),
        differ=sum(result in _DIFFERS for result in results),
    )
    unexplained = say("reconciliation_unexplained", count=results.count(_DIFFERS[0]))
    note = "reconciliation_note" if material.numbers.rounds else "reconciliation_note_exact"
    table = Table(
        id="reconciled-figures",
        caption="Our figures beside the published ones",
        columns=_COLUMNS,
        rows=tuple(_row(material, row, walks.get(_key(row), ())) for row in rows),
    )
    return Section(
        id="reconciliation",
        title=title,
        sentences=(summary, unexplained),
        tables=(_results(material, results), table),
        notes=(say(note), say("source_published")),
    )


def variance_section(material: Material, reconciliation: Reconciliation) -> Section:
    """Return section 4.13: the causes of each difference in their fixed order."""
    say = material.words.say
    walks = _walks(material, reconciliation)
    title = material.words.titles["variance"]
    if not walks:
        found = set(reconciliation.frame.get_column("result"))
        key = "variance_unexplained" if found.intersection(_DIFFERS) else "variance_none"
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
        tables=(table,),
        notes=(say("variance_sizes"),) if material.numbers.rounds else (),
    )


def _key(row: Mapping[str, Any]) -> _Key:
    return tuple(row[name] for name in KEY_COLUMNS)


def _walks(material: Material, reconciliation: Reconciliation) -> dict[_Key, tuple[_Step, ...]]:
    """Return the steps of each differing figure, sizes as shown."""
    figures = {_key(row): row for row in reconciliation.frame.iter_rows(named=True)}
    walks: dict[_Key, list[Mapping[str, Any]]] = {}
    for row in reconciliation.variance.iter_rows(named=True):
        # What disclosure control itself does would say more than it lets through.
        if not (material.numbers.rounds and row["cause_id"] in _DISCLOSURE):
            walks.setdefault(_key(row), []).append(row)
    return {key: _steps(material, figures[key], rows) for key, rows in walks.items()}


def _steps(
    material: Material, figure: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> tuple[_Step, ...]:
    numbers = material.numbers
    hidden = numbers.rounds and SUPPRESSED in (figure["local_published"], figure["published"])
    unknown = Shown(text=CANNOT_TELL)
    measured = iter(numbers.sizes([row["size"] for row in rows if row["size"] is not None]))
    sizes = [_bound(material, row) if row["size"] is None else next(measured) for row in rows]
    return tuple(
        _Step(
            row=row,
            size=unknown if hidden else size,
            rows=unknown if hidden else numbers.count(row["rows"]),
        )
        for row, size in zip(rows, sizes, strict=True)
    )


def _bound(material: Material, row: Mapping[str, Any]) -> Shown:
    """Return the most that a step can be, as far as it is known."""
    if row["low"] is None or row["high"] is None:
        return Shown(text=CANNOT_TELL)
    most = material.numbers.count(max(abs(row["low"]), abs(row["high"])))
    return Shown(text=f"0 to {most.text}")


def _differences_first(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    result = row["result"]
    place = _DIFFERS.index(result) if result in _DIFFERS else len(_DIFFERS)
    return place, row["measure_id"], row["breakdown"], row["primary_level"]


def _results(material: Material, results: list[str]) -> Table:
    results = [_told_apart(material, result) for result in results]
    counted = {result: results.count(result) for result in material.words.results}
    return Table(
        id="results",
        caption="Results of the comparison",
        columns=(Column(name="Result"), Column(name="Figures", kind="tally")),
        rows=tuple(
            (material.words.results[result], str(count))
            for result, count in counted.items()
            if count
        ),
    )


def _row(material: Material, row: Mapping[str, Any], walk: tuple[_Step, ...]) -> tuple[str, ...]:
    ours = material.shown(row["measure_id"], row["local_exact"], row["local_published"])
    published = as_published(row["published"]) if row["published"] else Shown(text=CANNOT_TELL)
    return (
        row["measure_id"],
        material.label(row["measure_id"]),
        _level(row),
        ours.text,
        published.text,
        " ".join(filter(None, (row["status"], row["file_version"]))) or "-",
        _range(row["published_low"], row["published_high"]),
        material.words.results[_told_apart(material, row["result"])],
        *_differences(material, row, material.numbers.change(ours, published), walk),
    )


def _told_apart(material: Material, result: str) -> str:
    # 'Agree' says that ours is the published multiple of 5 exactly.
    return "agree_within_rounding" if material.numbers.rounds and result == "agree" else result


def _level(row: Mapping[str, Any]) -> str:
    levels = (row["primary_level"], row["secondary_level"])
    named = ", ".join(level for level in levels if level not in (None, "", "NONE"))
    return f"{row['breakdown']}: {named}"


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return CANNOT_TELL
    return f"{low:,.10g}" if low == high else f"{low:,.10g} to {high:,.10g}"


def _differences(
    material: Material, row: Mapping[str, Any], gap: Shown, walk: tuple[_Step, ...]
) -> tuple[str, str, str]:
    """Return gap, explained share and residual; ``-`` where there is no difference to explain."""
    if row["result"] not in _DIFFERS:
        return ("-", "-", "-")
    numbers = material.numbers
    if not numbers.rounds:
        explained, residual = numbers.sizes([row["explained"] or 0, row["residual"] or 0])
        return _range(row["gap_low"], row["gap_high"]), explained.text, residual.text
    measured = [step for step in walk if step.row["size"] is not None]
    if not measured:
        return gap.text, _NONE, gap.text
    if any(step.size.number is None for step in measured):
        return gap.text, CANNOT_TELL, CANNOT_TELL
    explained = numbers.total([step.size for step in measured])
    is_whole = row["result"] == "differs_explained"
    return gap.text, explained.text, _NONE if is_whole else numbers.change(gap, explained).text


def _step_row(material: Material, step: _Step, causes: Mapping[str, Cause]) -> tuple[str, ...]:
    row, words = step.row, material.words
    cause = causes.get(row["cause_id"])
    rules = row["rules"] or ""
    return (
        row["measure_id"],
        _level(row),
        row["cause_id"],
        "" if cause is None else cause.name,
        words.directions.get(row["direction"], row["direction"]),
        step.size.text,
        words.evidence.get(row["evidence"], row["evidence"]),
        step.rows.text,
        ", ".join(dict.fromkeys(_RULE_CODE.findall(rules))) if material.numbers.rounds else rules,
    )
