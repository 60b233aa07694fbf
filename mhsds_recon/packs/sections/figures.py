"""The sections of measures: one plain sentence each for the clinical lead, then a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.teams import team_notes, team_table

if TYPE_CHECKING:
    from mhsds_recon.packs.material import FigureLine, Material

__all__ = ["change_in_words", "group_section", "sentence"]

_OF_TEAMS = "activity"
_COLUMNS = (
    Column(name="Measure"),
    Column(name="For"),
    Column(name="This month", kind="count"),
    Column(name="Last month", kind="count"),
    Column(name="Change", kind="change"),
)


def group_section(material: Material, group: str) -> Section:
    """Return the section of a measure group (4.6 to 4.10)."""
    words, title = material.words, material.words.titles[group]
    lines = material.lines_of(group)
    if not material.is_asked(group):
        return Section(id=group, title=title, sentences=(words.say("group_none"),))
    section = Section(id=group, title=title, sentences=(words.say("no_measures"),))
    if lines:
        own = [line for line in lines if line.breakdown == PROVIDER]
        section = Section(
            id=group,
            title=title,
            sentences=tuple(
                sentence(material, line)
                for line in own
                if not (said := words.measures.get(line.measure_id)) or said.sentence
            ),
            tables=(
                _figures_table(material, f"{group}-figures", f"{title}: {material.month}", own),
                *_levels_tables(material, group),
            ),
            notes=tuple(_notes(material, group)),
        )
    return _with_teams(material, section)


def _notes(material: Material, group: str) -> Iterator[str]:
    words = material.words
    yield words.say("figures_note" if material.numbers.rounds else "figures_note_internal")
    if f"note_{group}" in words.sentences:
        yield words.say(f"note_{group}")


def _levels_tables(material: Material, group: str) -> Iterator[Table]:
    """Yield the group's headline measure by every area that it is published by."""
    headline = material.words.groups[group].headline
    lines = [
        line
        for line in material.lines_of(group)
        if line.measure_id == headline and PROVIDER not in line.breakdown
    ]
    if lines:
        caption = material.words.say("levels_caption", label=material.label(headline))
        yield _figures_table(material, f"{group}-levels", caption, lines)


def _figures_table(
    material: Material, name: str, caption: str, lines: Sequence[FigureLine]
) -> Table:
    rows = tuple(_row(material, line) for line in lines)
    return Table(id=name, caption=caption, columns=_COLUMNS, rows=rows)


def _with_teams(material: Material, section: Section) -> Section:
    """Return the section of activity with the local teams; other sections as they are."""
    teams = material.inputs.teams
    if section.id != _OF_TEAMS or teams is None:
        return section
    return replace(
        section,
        tables=(*section.tables, team_table(material, teams)),
        notes=(*section.notes, *team_notes(material)),
    )


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
    fallback = material.words.sentences["figure_fallback"]
    template = (known.sentence if known else "") or fallback
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
