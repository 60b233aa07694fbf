"""Why scores form no pair: the last tables of the section of outcomes."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mhsds_recon.measures.pairing import ALL_TOOLS, NOT_IN_LIST, PAIRED
from mhsds_recon.packs.disclosure import SUPPRESSED, Shown, as_published
from mhsds_recon.packs.model import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.model import Section

__all__ = ["with_pairing"]

_ByReason = dict[str | None, Shown]
_NOTHING = Shown(text="")
_IN_PAIRS = (None, PAIRED, "between")


def with_pairing(material: Material, section: Section) -> Section:
    """Return a section with its scores by the reason that they form no pair, by tool and team."""
    found = material.inputs.pairing
    if found is None:
        return section
    exact = not material.numbers.rounds
    tools = _by_level(found.shown(exact=exact))
    together = tools.pop(ALL_TOOLS, {})
    if not together.get(None, _NOTHING).number:
        return section
    teams = {
        f"{team} ({name})" if (name := found.team_names.get(team)) else team: scores
        for team, scores in _by_level(found.shown_by_team(exact=exact)).items()
    }
    say = material.words.say
    tables = [
        _reasons_table(material, together),
        _levels_table(material, "pairing-tools", say("pairing_tools"), tools),
        _levels_table(material, "pairing-teams", say("pairing_teams"), teams),
    ]
    return replace(
        section,
        sentences=(*section.sentences, _unlisted(material, together)),
        tables=(*section.tables, *(table for table in tables if table.rows)),
    )


def _by_level(shown: pl.DataFrame) -> dict[str, _ByReason]:
    """Return what is shown, by tool or team; one of which nothing can be shown is not named."""
    levels = {
        level: {reason: as_published(scores) for _, reason, scores in rows}
        for level, rows in groupby(shown.sort("level").iter_rows(), key=itemgetter(0))
    }
    return {level: scores for level, scores in levels.items() if scores[None].number}


def _unlisted(material: Material, scores: _ByReason) -> str:
    """Return how many scores are recorded that cannot flow."""
    words = material.words
    count = scores.get(NOT_IN_LIST, _none(material))
    if count.number is None:
        return words.say("pairing_unlisted_hidden")
    shown = words.say("about", number=count.text) if material.numbers.rounds else count.text
    return words.say("pairing_unlisted", Count=shown)


def _none(material: Material) -> Shown:
    """Return how no score is shown: where small numbers are hidden, like one of them."""
    return Shown(text=SUPPRESSED) if material.numbers.rounds else Shown(text="0", number=0)


def _reasons_table(material: Material, scores: _ByReason) -> Table:
    words, none = material.words, _none(material)
    rows = ((meaning, scores.get(reason, none).text) for reason, meaning in words.pairing.items())
    return Table(
        id="pairing-reasons",
        caption=words.say("pairing_reasons"),
        columns=(Column(name="Score", kind="prose"), Column(name="Scores", kind="count")),
        rows=((words.say("pairing_all"), scores[None].text), *rows),
    )


def _levels_table(
    material: Material, name: str, caption: str, levels: Mapping[str, _ByReason]
) -> Table:
    words, none = material.words, _none(material)
    rows = []
    for level, scores in levels.items():
        unpaired = {reason: one for reason, one in scores.items() if reason not in _IN_PAIRS}
        most = max(unpaired, key=lambda reason: unpaired[reason].number or 0, default=None)
        is_known = most is not None and bool(unpaired[most].number)
        main = (words.pairing[most], unpaired[most].text) if is_known and most else ("", "")
        rows.append((level, scores[None].text, scores.get(PAIRED, none).text, *reversed(main)))
    return Table(
        id=name,
        caption=caption,
        columns=(
            Column(name="Tool" if name == "pairing-tools" else "Team"),
            Column(name="Scores", kind="count"),
            Column(name="In a pair", kind="count"),
            Column(name="Most are not", kind="count"),
            Column(name="Why", kind="prose"),
        ),
        rows=tuple(rows),
    )
