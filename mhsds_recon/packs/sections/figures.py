"""The sections of measures: one plain sentence each for the clinical lead, then a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.packs.sections.teams import age_table, team_notes, team_table

if TYPE_CHECKING:
    from mhsds_recon.packs.material import FigureLine, Material

__all__ = ["change_in_words", "group_section", "sentence"]

_BY_AGE = "access"
_PART_OF = {"access": ("education_support_teams",)}
_MONTHS = (
    Column(name="This month", kind="count"),
    Column(name="Last month", kind="count"),
    Column(name="Change", kind="change"),
)
_COLUMNS = (Column(name="What we count"), *_MONTHS)
_AREA_COLUMNS = (Column(name="Area"), Column(name="Kind of area"), *_MONTHS)


def group_section(material: Material, group: str) -> Section:
    """Return the section of a measure group (4.6 to 4.10)."""
    words, title = material.words, material.words.titles[group]
    if not material.is_asked(group):
        return Section(id=group, title=title, sentences=(words.say("group_none"),))
    parts = [part for part in (group, *_PART_OF.get(group, ())) if material.is_asked(part)]
    own = [line for part in parts for line in material.lines_of(part) if line.breakdown == PROVIDER]
    section = Section(id=group, title=title, sentences=(words.say("no_measures"),))
    if own:
        section = Section(
            id=group,
            title=title,
            sentences=tuple(
                sentence(material, line)
                for line in own
                if not (said := words.measures.get(line.measure_id)) or said.sentence
            ),
            tables=(
                _figures_table(material, group, own),
                *(table for part in parts for table in _area_tables(material, part)),
            ),
            notes=tuple(_notes(material, parts)),
        )
    return _divided(material, section)


def _notes(material: Material, groups: Sequence[str]) -> Iterator[str]:
    words = material.words
    yield words.say("figures_note" if material.numbers.rounds else "figures_note_internal")
    for group in groups:
        if f"note_{group}" in words.sentences:
            yield words.say(f"note_{group}")


def _figures_table(material: Material, group: str, lines: Sequence[FigureLine]) -> Table:
    return Table(
        id=f"{group}-figures",
        caption=f"{material.words.titles[group]}: {material.month}",
        columns=_COLUMNS,
        rows=tuple((material.label(line.measure_id), *_months(line)) for line in lines),
    )


def _area_tables(material: Material, group: str) -> Iterator[Table]:
    """Yield measures of a group by the areas that they are counted by."""
    words = material.words
    for place, (measure_id, lines) in enumerate(material.by_area(group), start=1):
        yield Table(
            id=f"{group}-areas-{place}",
            caption=words.say("levels_caption", label=material.label(measure_id)),
            columns=_AREA_COLUMNS,
            rows=tuple((line.level, words.areas[line.breakdown], *_months(line)) for line in lines),
        )


def _months(line: FigureLine) -> tuple[str, str, str]:
    return line.now.text, line.before.text, line.change.text


def _divided(material: Material, section: Section) -> Section:
    """Return a section with its measures by age and by local team, where those were counted."""
    teams, group = material.inputs.teams, section.id
    if teams is None:
        return section
    by_team = team_table(material, teams, group)
    by_age = age_table(material, teams, group) if group == _BY_AGE else None
    return replace(
        section,
        tables=(*section.tables, *(table for table in (by_age, by_team) if table is not None)),
        notes=(*section.notes, *(team_notes(material) if by_team is not None else ())),
    )


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
