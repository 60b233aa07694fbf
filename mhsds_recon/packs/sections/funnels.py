"""Funnels in the sections of measures: where local records drop out on the way to the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mhsds_recon.measures.team_losses import team_losses
from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED, as_published
from mhsds_recon.packs.model import BarChart, ChartBar, Column, Table
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.funnels import counted_unit, first_own_step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import polars as pl

    from mhsds_recon.measures import Funnels
    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.model import Section
    from mhsds_recon.standard.funnels import Funnel, FunnelStep

__all__ = ["with_funnel_causes", "with_funnels"]

_CAUSE_COLUMNS = (
    Column(name="Funnel"),
    Column(name="Step", kind="prose"),
    Column(name="Drop out", kind="count"),
    Column(name="Cause", kind="code"),
    Column(name="What it is", kind="prose"),
    Column(name="Counts", kind="code"),
)


def with_funnels(material: Material, section: Section) -> Section:
    """Return a section of measures with the funnels that lead to them, where they were counted.

    It gains a sentence per funnel that starts from local records, a table of steps per funnel, one
    of teams, how to read them, and which funnels could not be counted.
    """
    found = material.inputs.funnels
    if found is None:
        return section
    shown = found.shown(exact=not material.numbers.rounds)
    funnels = _funnels(material, section.id, set(shown["funnel"]))
    sentences = (_sentence(material, one, shown) for one in funnels if one.after is None)
    charts: list[BarChart] = []
    tables: list[Table] = []
    for funnel in funnels:
        start = first_own_step(funnel, {one.id: one for one in funnels})
        charts.append(_bars(material, funnel, shown, start))
        tables.append(_steps_table(material, funnel, shown, start))
        tables += _teams_table(material, funnel, shown, start)
    return replace(
        section,
        sentences=(*section.sentences, *sentences),
        charts=(*section.charts, *charts),
        tables=(*section.tables, *tables),
        notes=tuple(
            dict.fromkeys(
                (*section.notes, *_notes(material, section.id, found, has_steps=bool(funnels)))
            )
        ),
    )


def with_funnel_causes(material: Material, section: Section) -> Section:
    """Return a section for analysts with the causes and measures of the steps of funnels."""
    found = material.inputs.funnels
    if found is None:
        return section
    standard = material.inputs.standard
    causes = load_causes(standard.version)
    shown = found.shown(exact=not material.numbers.rounds)
    there = {name: standard.funnels[name] for name in dict.fromkeys(shown["funnel"])}
    rows = []
    for funnel in there.values():
        main, steps = _main_unit(material, funnel), _steps(shown, funnel)
        for number in range(first_own_step(funnel, there) + 1, len(funnel.steps)):
            step = funnel.steps[number]
            cause = causes.get(step.cause or "")
            rows.append(
                (
                    funnel.title,
                    step.name,
                    _dropped(material, steps[main, number]["dropped"]),
                    step.cause or "",
                    "" if cause is None else cause.name,
                    step.measure or "",
                )
            )
    table = Table(
        id="funnel-causes",
        caption=material.words.say("causes_caption"),
        columns=_CAUSE_COLUMNS,
        rows=tuple(rows),
    )
    return replace(section, tables=(*section.tables, table) if rows else section.tables)


def _funnels(material: Material, group: str, names: Collection[str]) -> list[Funnel]:
    """Return those of some funnels that lead to a measure of a group."""
    standard = material.inputs.standard
    return [
        funnel
        for funnel in standard.funnels.values()
        if funnel.id in names and standard.measures[funnel.measure].group == group
    ]


def _notes(material: Material, group: str, found: Funnels, *, has_steps: bool) -> Iterator[str]:
    say = material.words.say
    if absent := _funnels(material, group, found.not_assessed):
        yield say("funnels_absent", titles="; ".join(funnel.title for funnel in absent))
    if has_steps:
        yield say("funnels_note")
        yield say("teams_overlap")
        if material.numbers.rounds:
            yield say("funnels_hidden")


def _main_unit(material: Material, funnel: Funnel) -> str:
    return counted_unit(funnel, material.inputs.standard.measures).name


def _bars(material: Material, funnel: Funnel, shown: pl.DataFrame, start: int) -> BarChart:
    words, unit, steps = material.words, _main_unit(material, funnel), _steps(shown, funnel)
    lefts = [as_published(steps[unit, number]["left"]) for number in range(len(funnel.steps))]
    return BarChart(
        id=f"{funnel.id}-bars",
        table=f"{funnel.id}-steps",
        title=words.say("funnels_caption", title=funnel.title),
        alternative=words.say(
            "bars_alternative",
            first=_amount(material, steps[unit, start]["left"]),
            unit=unit,
            counted=_amount(material, steps[unit, len(funnel.steps) - 1]["left"]),
        ),
        bars=tuple(
            ChartBar(label=_named(material, step), value=left.number, shown=left.text)
            for step, left in list(zip(funnel.steps, lefts, strict=True))[start:]
        ),
    )


def _named(material: Material, step: FunnelStep) -> str:
    name = f"{step.name[0].upper()}{step.name[1:]}"
    return material.words.say("funnels_counted", step=name) if step.measure else name


def _steps_table(material: Material, funnel: Funnel, shown: pl.DataFrame, start: int) -> Table:
    words = material.words
    units = tuple(dict.fromkeys((_main_unit(material, funnel), funnel.units[0].name)))
    steps = _steps(shown, funnel)
    rows = []
    for number, step in list(enumerate(funnel.steps))[start:]:
        first, *others = (steps[unit, number] for unit in units)
        name = _named(material, step)
        dropped, because = "", ""
        if number > start:
            dropped, because = _dropped(material, first["dropped"]), step.because
        left, *more = (as_published(row["left"]).text for row in (first, *others))
        rows.append((name, left, dropped, *more, because))
    return Table(
        id=f"{funnel.id}-steps",
        caption=words.say("funnels_steps_caption", title=funnel.title),
        columns=(
            Column(name="Step"),
            Column(name=f"{units[0].capitalize()} left", kind="count"),
            Column(name="Drop out", kind="count"),
            *(Column(name=f"{unit.capitalize()} left", kind="count") for unit in units[1:]),
            Column(name="Why", kind="prose"),
        ),
        rows=tuple(rows),
    )


def _teams_table(
    material: Material, funnel: Funnel, shown: pl.DataFrame, start: int
) -> Iterator[Table]:
    """Yield the teams of a funnel, unless it only goes on from another one that has them."""
    others = material.inputs.standard.funnels.values()
    if funnel.after is not None and all(other.after != funnel.id for other in others):
        return
    main = _main_unit(material, funnel)
    losses = [
        one
        for one in team_losses(shown, funnel.id, main, start)
        if not (material.numbers.is_public and one.first == SUPPRESSED)
    ]
    if not losses:
        return
    because = {step.name: step.because for step in funnel.steps}
    names = {} if material.inputs.funnels is None else material.inputs.funnels.team_names
    yield Table(
        id=f"{funnel.id}-teams",
        caption=material.words.say("funnels_teams_caption", title=funnel.title),
        columns=(
            Column(name="Team"),
            Column(name="Name or kind"),
            Column(name=f"{main.capitalize()} at first", kind="count"),
            Column(name="Count in the end", kind="count"),
            Column(name="Most drop out", kind="count"),
            Column(name="Why", kind="prose"),
        ),
        rows=tuple(
            (
                one.team,
                names.get(one.team, ""),
                as_published(one.first).text,
                as_published(one.counted).text,
                _dropped(material, one.dropped),
                because.get(one.step, ""),
            )
            for one in losses
        ),
    )


def _sentence(material: Material, funnel: Funnel, shown: pl.DataFrame) -> str:
    main, steps = _main_unit(material, funnel), _steps(shown, funnel)
    first, last = (
        _amount(material, steps[main, number]["left"]) for number in (0, len(funnel.steps) - 1)
    )
    return material.words.say(
        "funnels_sentence", title=funnel.title, first=first, unit=main, counted=last
    )


def _steps(shown: pl.DataFrame, funnel: Funnel) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """Return the steps of all teams together, by unit and number."""
    rows = shown.filter(shown["team"].is_null() & (shown["funnel"] == funnel.id))
    return {(row["unit"], row["number"]): row for row in rows.iter_rows(named=True)}


def _dropped(material: Material, shown: str | None) -> str:
    if shown is None:
        return CANNOT_TELL
    return material.words.say("funnels_few") if shown == SUPPRESSED else as_published(shown).text


def _amount(material: Material, shown: str) -> str:
    if shown == SUPPRESSED:
        return material.words.say("fewer").lower()
    number = as_published(shown).text
    return material.words.say("about_size", number=number) if material.numbers.rounds else number
