"""Rule failures: what each rule asks, whom it hits, since when, and what it takes away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mhsds_recon.measures.hiding import HIDES_BELOW, SPARE
from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED, Shown
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.checks import (
    failures_of,
    fix_of,
    follows_others,
    meaning_of,
    rejects,
)

if TYPE_CHECKING:
    from mhsds_recon.packs.material import Material

__all__ = ["failures_section", "shown_effects"]

_RULE_COLUMNS = (
    Column(name="Rule", kind="code"),
    Column(name="What it means", kind="prose"),
    Column(name="Level"),
    Column(name="Table"),
    Column(name="Rows", kind="count"),
    Column(name="People", kind="count"),
    Column(name="Largest effect", kind="change"),
)
_TIME_COLUMNS = (
    Column(name="Rule", kind="code"),
    Column(name="First month seen"),
    Column(name="Months in a row", kind="tally"),
    Column(name="Teams most affected", kind="code"),
    Column(name="Measures it can touch", kind="code"),
    Column(name="How to fix it", kind="prose"),
)
_EFFECT_COLUMNS = (
    Column(name="Rule", kind="code"),
    Column(name="Measure", kind="code"),
    Column(name="What it counts"),
    Column(name="Change of the figure", kind="change"),
    Column(name="Evidence"),
)
_NONE = "-"
_MOST_TEAMS, _MOST_MEASURES = 3, 4
_Rule = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class _Effect:
    """What a rule takes from a measure: as shown, and how large it is, to sort by only."""

    measure_id: str
    text: str
    size: float
    at_least: bool


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What is known of each rule, by code and table.

    Attributes:
        material: What all sections draw on.
        effects: What it takes from measures, as far as that is shown.
        hidden: Measures of which no effect is shown.
    """

    material: Material
    effects: Mapping[_Rule, tuple[_Effect, ...]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    @cached_property
    def rules(self) -> Mapping[_Rule, Mapping[str, Any]]:
        """What each rule takes away in all."""
        found = self.material.inputs.effects
        rows = () if found is None else found.frame.iter_rows(named=True)
        return {(row["code"], row["table"]): row for row in rows}

    @cached_property
    def people(self) -> Mapping[_Rule, int]:
        """How many people have rows that fail each rule."""
        found = self.material.inputs.people_by_rule
        rows = () if found is None else found.select("code", "table", "people").rows()
        return {(code, table): people for code, table, people in rows}

    @cached_property
    def teams(self) -> Mapping[_Rule, list[tuple[str, Shown]]]:
        """The teams whose rows fail each rule, where their rows are shown, most rows first."""
        found, teams = self.material.inputs.failures_by_team, defaultdict(list)
        for row in () if found is None else found.iter_rows(named=True):
            shown = self.material.numbers.count(row["rows"])
            if row["team"] is not None and shown.number:
                teams[_key(row)].append((row["team"], shown))
        return {
            rule: sorted(each, key=lambda one: (-(one[1].number or 0), one[0]))
            for rule, each in teams.items()
        }

    @cached_property
    def touched(self) -> Mapping[_Rule, list[str]]:
        """The measures that each rule could touch, on any data."""
        found, touched = self.material.inputs.effects, defaultdict(list)
        for row in () if found is None else found.measures.iter_rows(named=True):
            if row["can_touch"]:
                touched[_key(row)].append(row["measure_id"])
        return touched

    @property
    def not_weighed(self) -> int:
        """How many rules were not weighed."""
        return sum(row["largest_effect"] is None for row in self.rules.values())

    def largest(self, rule: _Rule) -> _Effect | None:
        """Return the largest effect of a rule that is shown."""
        effects = self.effects.get(rule, ())
        return max(effects, key=lambda one: one.size, default=None)

    def weight(self, rule: _Rule) -> float:
        """Return by what to sort a rule: its largest effect of those shown, or its rows."""
        row = self.rules.get(rule)
        if row is not None and row["largest_effect"] is None:
            taken = self.material.numbers.count(row["rows_rejected"] + row["rows_cascade"])
            return taken.number or 0
        largest = self.largest(rule)
        return 0 if largest is None else largest.size


def failures_section(material: Material) -> Section:
    """Return section 4.5: rules that failed, those first that take most from a measure.

    The order goes by what is shown, and by effects of 5 or more: that of hidden counts would tell
    them apart.
    """
    say = material.words.say
    title = material.words.titles["rule-failures"]
    facts = _facts(material)
    failures = sorted(
        failures_of(material),
        key=lambda failure: (
            -facts.weight(_key(failure[0])),
            not rejects(failure[0]),
            follows_others(material, failure[0]["code"]),
            -(failure[1].number or 0),
            failure[0]["code"],
            failure[0]["table"],
        ),
    )
    if not failures:
        return Section(id="rule-failures", title=title, sentences=(say("failures_none"),))
    rejecting = sum(rejects(failure) for failure, _ in failures)
    sentence = say("failures_some", rejecting=rejecting, warning=len(failures) - rejecting)
    return Section(
        id="rule-failures",
        title=title,
        sentences=(sentence, *_effect_sentences(material, facts)),
        tables=(
            Table(
                id="failed-rules",
                caption=say("failures_caption"),
                columns=_RULE_COLUMNS,
                rows=tuple(_rule_row(material, facts, *failure) for failure in failures),
            ),
            Table(
                id="failed-rules-over-time",
                caption=say("failures_time_caption"),
                columns=_TIME_COLUMNS,
                rows=tuple(_time_row(material, facts, failure) for failure, _ in failures),
            ),
            *_effect_table(material, facts),
        ),
        notes=_notes(material),
    )


def _key(failure: Mapping[str, Any]) -> _Rule:
    return failure["code"], failure["table"]


def _facts(material: Material) -> _Facts:
    """Return what each rule takes from measures, as far as it may be shown."""
    found = material.inputs.effects
    if found is None or material.numbers.is_public:
        return _Facts(material=material)
    by_measure: dict[str, list[Mapping[str, Any]]] = {}
    for one in found.measures.iter_rows(named=True):
        if one["removed_alone"] is not None and (one["rows_read"] or one["removed_alone"]):
            by_measure.setdefault(one["measure_id"], []).append(one)
    effects: dict[_Rule, list[_Effect]] = {}
    hidden = []
    for measure_id, rows in by_measure.items():
        # A figure less what a rule takes: it changes by as much, the other way.
        changes = [-row["removed_alone"] or 0.0 for row in rows]
        texts = shown_effects(material, changes)
        if texts is None:
            hidden.append(measure_id)
        for row, change, text in zip(rows, changes, texts or [""] * len(rows), strict=True):
            if text:
                effect = _Effect(
                    measure_id=measure_id, text=text, size=abs(change), at_least=row["at_least"]
                )
                effects.setdefault(_key(row), []).append(effect)
    return _Facts(
        material=material,
        effects={rule: tuple(each) for rule, each in effects.items()},
        hidden=tuple(hidden),
    )


def shown_effects(material: Material, changes: Sequence[float]) -> list[str] | None:
    """Return what is shown of the effects of rules on one measure, empty for small ones.

    The variance walk may show what all rules take together. Where that could be made up of small
    effects alone nothing is shown. Else, where any is small, only which are not: they have no
    upper end, so nothing follows for the small ones.

    Args:
        material: What all sections draw on.
        changes: By how much each rule that rejects rows of the measure changes its figure.

    Returns:
        None where nothing may be shown.
    """
    numbers, say = material.numbers, material.words.say
    shown = numbers.sizes(changes)
    if numbers.rounds:
        together = numbers.count(abs(sum(changes))).number or 0
        if max(together - 2, HIDES_BELOW) <= SPARE * len(changes):
            return None
        if not all(one.number for one in shown):
            words = {True: say("effect_lower"), False: say("effect_higher")}
            return [words[one.number < 0] if one.number else "" for one in shown]
    return [one.text if one.number else "" for one in shown]


def _rule_row(
    material: Material, facts: _Facts, failure: Mapping[str, Any], rows: Shown
) -> tuple[str, ...]:
    rule = _key(failure)
    return (
        failure["code"],
        meaning_of(material, failure["code"]),
        material.words.levels[failure["level"]],
        failure["table"],
        rows.text,
        _people(material, facts, rule),
        _largest(material, facts, failure),
    )


def _people(material: Material, facts: _Facts, rule: _Rule) -> str:
    if material.inputs.people_by_rule is None:
        return CANNOT_TELL
    return material.numbers.count(facts.people[rule]).text if rule in facts.people else _NONE


def _largest(material: Material, facts: _Facts, failure: Mapping[str, Any]) -> str:
    """Return the largest effect of a rule, in words where no number can be shown."""
    row = facts.rules.get(_key(failure))
    if not rejects(failure):
        return material.words.say("effect_of_warning")
    if row is None or row["largest_effect"] is None:
        return CANNOT_TELL
    largest = facts.largest(_key(failure))
    if largest is not None:
        return largest.text
    hides = facts.hidden or material.numbers.is_public
    return SUPPRESSED if hides else material.numbers.sizes([0.0])[0].text


def _time_row(material: Material, facts: _Facts, failure: Mapping[str, Any]) -> tuple[str, ...]:
    say, period = material.words.say, material.inputs.period
    seen = material.inputs.past.recurrence(_key(failure), period)
    first, in_a_row = CANNOT_TELL, CANNOT_TELL
    if seen is not None:
        month = material.words.month(seen.first.start)
        is_first_known = seen.first == min(material.inputs.past.failed)
        first = say("seen_or_earlier", month=month) if is_first_known else month
        in_a_row = str(seen.in_a_row)
        if seen.may_be_longer:
            in_a_row = say("months_or_more", months=in_a_row)
    return (
        failure["code"],
        first,
        in_a_row,
        _teams(material, facts, _key(failure)),
        _touched(material, facts, _key(failure)),
        fix_of(material, failure["code"]),
    )


def _teams(material: Material, facts: _Facts, rule: _Rule) -> str:
    """Return the teams with most rows, as far as each may be named; their rows are not told."""
    if material.inputs.failures_by_team is None:
        return CANNOT_TELL
    shown = [] if material.numbers.is_public else facts.teams.get(rule, [])[:_MOST_TEAMS]
    rounds = material.numbers.rounds
    named = (team if rounds else f"{team}: {rows.text}" for team, rows in shown)
    return ", ".join(named) or _NONE


def _touched(material: Material, facts: _Facts, rule: _Rule) -> str:
    """Return the measures that a rule could touch on any data, in short."""
    if material.inputs.effects is None:
        return CANNOT_TELL
    names = facts.touched.get(rule, [])
    more = len(names) - _MOST_MEASURES
    listed = ", ".join(names[:_MOST_MEASURES])
    return material.words.say("and_more", listed=listed, more=more) if more > 0 else listed or _NONE


def _effect_table(material: Material, facts: _Facts) -> tuple[Table, ...]:
    say = material.words.say
    ordered = sorted(facts.effects.items(), key=lambda one: (-facts.weight(one[0]), one[0]))
    rows = tuple(
        (
            code,
            one.measure_id,
            material.label(one.measure_id),
            one.text,
            say("effect_at_least" if one.at_least else "effect_measured"),
        )
        for (code, _), effects in ordered
        for one in sorted(effects, key=lambda each: -each.size)
    )
    table = Table(
        id="rule-effects", caption=say("effects_caption"), columns=_EFFECT_COLUMNS, rows=rows
    )
    return (table,) if rows else ()


def _effect_sentences(material: Material, facts: _Facts) -> Iterator[str]:
    say = material.words.say
    if material.inputs.effects is None:
        yield say("effects_none")
        return
    if material.numbers.is_public:
        yield say("effects_public")
        return
    if not facts.effects:
        yield say("effects_small" if material.numbers.rounds else "effects_nothing")
    if facts.hidden:
        yield say("effects_hidden", count=len(facts.hidden))
    if facts.not_weighed:
        yield say("effects_not_weighed", count=facts.not_weighed)


def _notes(material: Material) -> tuple[str, ...]:
    say = material.words.say
    hidden = "failures_hidden" if material.numbers.rounds else "figures_note_internal"
    return (say("failures_note"), say("effects_note"), say(hidden))
