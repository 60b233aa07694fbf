"""The table of local teams: one row each, with what services ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.measures import Figures
    from mhsds_recon.packs.material import Material

__all__ = ["team_notes", "team_table"]

_LOCAL_TEAM = "Local team"


def team_notes(material: Material) -> tuple[str, ...]:
    """Return how to read the table of teams."""
    say = material.words.say
    hidden = "teams_hidden" if material.numbers.rounds else "figures_note_internal"
    return (say("teams_local"), say("teams_overlap"), say(hidden))


def team_table(material: Material, teams: Figures) -> Table:
    """Return the measures of each team, all teams together first; teams all hidden are left out.

    Which measures there are, and what they are called, is said by the words. The public sees no
    team whose first measure, its caseload, is hidden.

    Args:
        material: What all sections draw on.
        teams: Figures for the provider and by local team, further ones hidden so that no small
            count can be had by subtraction.
    """
    columns = material.words.team_columns
    size = next(iter(columns))
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for figure in sorted(_figures(teams), key=_all_first):
        if figure["measure_id"] in columns:
            rows.setdefault(_team(material, figure), {})[figure["measure_id"]] = _shown(
                material, figure
            )
    lines = (
        (*team, *(values.get(measure_id, CANNOT_TELL) for measure_id in columns))
        for team, values in rows.items()
        if set(values.values()) != {SUPPRESSED}
        and not (material.numbers.is_public and values.get(size) == SUPPRESSED)
    )
    return Table(
        id="teams-figures",
        caption=f"{material.words.titles['teams']}: {material.month}",
        columns=(
            *(Column(name=name) for name in material.words.lists["team_columns"]),
            *(Column(name=name, kind="count") for name in columns.values()),
        ),
        rows=tuple(lines),
    )


def _figures(teams: Figures) -> Iterator[Mapping[str, Any]]:
    for row in teams.frame.iter_rows(named=True):
        if row["breakdown"] in (PROVIDER, _LOCAL_TEAM):
            yield row


def _all_first(figure: Mapping[str, Any]) -> tuple[bool, str]:
    return figure["breakdown"] != PROVIDER, figure["primary_level"]


def _team(material: Material, figure: Mapping[str, Any]) -> tuple[str, str]:
    if figure["breakdown"] == PROVIDER:
        return material.words.say("teams_all"), ""
    return figure["primary_level"], figure["primary_level_description"]


def _shown(material: Material, figure: Mapping[str, Any]) -> str:
    """Return a figure as text, where counts are hidden as disclosure control has left it.

    A value that does not exist is then hidden like a small one, so that neither tells.
    """
    measure = material.inputs.standard.measures[figure["measure_id"]]
    unit = "" if measure.disclosure.endswith("count") else measure.unit
    value = figure["exact_value"]
    if value is None and material.numbers.rounds:
        value = 0.0
    return material.numbers.share(value, figure["measure_value"], unit).text.strip()
