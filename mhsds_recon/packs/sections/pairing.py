"""Why scores form no pair: the last tables of the section of outcomes."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mhsds_recon.measures.pairing import ALL_TOOLS, PAIRED
from mhsds_recon.packs.disclosure import SUPPRESSED, Shown, as_published
from mhsds_recon.packs.model import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.model import Section

__all__ = ["with_pairing"]

_ByReason = dict[str | None, Shown]
_NOTHING = Shown(text="")
_IN_PAIRS = (None, PAIRED, "between")


def with_pairing(material: Material, section: Section) -> Section:
    """Return a section with its scores by the reason that they form no pair, and by tool."""
    found = material.inputs.pairing
    if found is None:
        return section
    rows = found.shown(exact=not material.numbers.rounds).sort("tool").iter_rows()
    tools: dict[str, _ByReason] = {
        tool: {reason: as_published(scores) for _, reason, scores in of_tool}
        for tool, of_tool in groupby(rows, key=itemgetter(0))
    }
    together = tools.pop(ALL_TOOLS, {})
    if not together.get(None, _NOTHING).number:
        return section
    # A tool of which nothing can be shown is not named.
    named = {tool: scores for tool, scores in tools.items() if scores[None].number}
    tables = (_reasons_table(material, together), _tools_table(material, named))
    return replace(section, tables=(*section.tables, *tables))


def _reasons_table(material: Material, scores: _ByReason) -> Table:
    words = material.words
    none = Shown(text=SUPPRESSED if material.numbers.rounds else "0")
    rows = ((meaning, scores.get(reason, none).text) for reason, meaning in words.pairing.items())
    return Table(
        id="pairing-reasons",
        caption=words.say("pairing_reasons"),
        columns=(Column(name="Score", kind="prose"), Column(name="Scores", kind="count")),
        rows=((words.say("pairing_all"), scores[None].text), *rows),
    )


def _tools_table(material: Material, tools: Mapping[str, _ByReason]) -> Table:
    words = material.words
    none = Shown(text=SUPPRESSED if material.numbers.rounds else "0")
    rows = []
    for tool, scores in tools.items():
        unpaired = {reason: one for reason, one in scores.items() if reason not in _IN_PAIRS}
        most = max(unpaired, key=lambda reason: unpaired[reason].number or 0, default=None)
        is_known = most is not None and bool(unpaired[most].number)
        main = (words.pairing[most], unpaired[most].text) if is_known and most else ("", "")
        rows.append((tool, scores[None].text, scores.get(PAIRED, none).text, *reversed(main)))
    return Table(
        id="pairing-tools",
        caption=words.say("pairing_tools"),
        columns=(
            Column(name="Tool"),
            Column(name="Scores", kind="count"),
            Column(name="In a pair", kind="count"),
            Column(name="Most are not", kind="count"),
            Column(name="Because", kind="prose"),
        ),
        rows=tuple(rows),
    )
