"""The sections of measures: one plain sentence each for the clinical lead, then a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Section, Table

if TYPE_CHECKING:
    from mhsds_recon.packs.material import FigureLine, Material

__all__ = ["change_in_words", "group_section", "sentence"]

_COLUMNS = (
    Column(name="Measure"),
    Column(name="For"),
    Column(name="This month", kind="count"),
    Column(name="Last month", kind="count"),
    Column(name="Change", kind="change"),
)


def group_section(material: Material, group: str) -> Section:
    """Return the section of a measure group (4.6, 4.7, 4.8 or 4.10)."""
    words = material.words
    lines = material.lines_of(group)
    title = words.titles[group]
    if not lines:
        return Section(id=group, title=title, sentences=(words.say("no_measures"),))
    table = Table(
        id=f"{group}-figures",
        caption=f"{title}: {material.month}",
        columns=_COLUMNS,
        rows=tuple(_row(material, line) for line in lines),
    )
    notes = [words.say("figures_note" if material.numbers.rounds else "figures_note_internal")]
    if f"note_{group}" in words.sentences:
        notes.append(words.say(f"note_{group}"))
    sentences = tuple(sentence(material, line) for line in lines if line.breakdown == PROVIDER)
    return Section(id=group, title=title, sentences=sentences, tables=(table,), notes=tuple(notes))


def _row(material: Material, line: FigureLine) -> tuple[str, ...]:
    label = material.label(line.measure_id)
    return (label, line.level, line.now.text, line.before.text, line.change.text)


def sentence(material: Material, line: FigureLine) -> str:
    """Return what a figure is, whether it changed, and whether it can be trusted."""
    say = material.words.say
    label = material.label(line.measure_id)
    if line.now.number is None and not line.now.is_suppressed:
        return say("figure_unknown", label=label)
    known = material.words.measures.get(line.measure_id)
    template = known.sentence if known else material.words.sentences["figure_fallback"]
    period = material.inputs.period
    statement = material.words.fill(
        template,
        Count=_amount(material, line),
        count=_amount(material, line),
        label=label,
        month=material.month,
        end=material.words.date(period.end),
    )
    trust = f" {say('too_low')}" if line.too_low else ""
    return f"{statement}, {change_in_words(material, line)}.{trust}"


def _amount(material: Material, line: FigureLine) -> str:
    if line.now.text == SUPPRESSED:
        return material.words.say("fewer")
    if material.numbers.rounds:
        return material.words.say("about", number=line.now.text)
    return line.now.text


def change_in_words(material: Material, line: FigureLine) -> str:
    """Return how a figure compares with last month's, as the end of a sentence."""
    say = material.words.say
    difference = line.change.number
    if difference is None:
        return say("change_unknown")
    if difference == 0:
        return say("within_five" if material.numbers.rounds else "same_as_before")
    key = "more_than_before" if difference > 0 else "fewer_than_before"
    size = line.change.text.lstrip("+-")
    return say(key, size=say("about_size", number=size) if material.numbers.rounds else size)
