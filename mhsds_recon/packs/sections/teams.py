"""Tables that divide a group's measures: by local team, and by age."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED
from mhsds_recon.packs.material import PROVIDER
from mhsds_recon.packs.model import Column, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mhsds_recon.measures import Figures
    from mhsds_recon.packs.material import Material

__all__ = ["TEAM_SIZE", "age_table", "team_notes", "team_table"]

TEAM_SIZE = "LOC04"
"""The measure by which a team is too small for the public: its caseload."""

_LOCAL_TEAM = "Local team"
_AGE = "Provider; Age Band"


def team_notes(material: Material) -> tuple[str, ...]:
    """Return how to read a table of teams."""
    keys = ("teams_local", "teams_overlap", *(("teams_hidden",) if material.numbers.rounds else ()))
    return tuple(map(material.words.say, keys))


def team_table(material: Material, teams: Figures, group: str) -> Table | None:
    """Return a group's measures of each team, all teams first; teams all hidden are left out.

    Which measures there are, and what they are called, is said by the words. The public sees no
    team whose caseload is hidden. None where no team can be shown.

    Args:
        material: What all sections draw on.
        teams: Figures for the provider and by local team, further ones hidden so that no small
            count can be had by subtraction.
        group: The measure group.
    """
    words, columns = material.words, material.words.team_columns.get(group, {})
    lines = []
    for team, values in _by_team(material, teams, {*columns, TEAM_SIZE}).items():
        cells = tuple(values.get(measure_id, CANNOT_TELL) for measure_id in columns)
        is_small = material.numbers.is_public and values.get(TEAM_SIZE) == SUPPRESSED
        if not (is_small or set(cells) <= {SUPPRESSED, CANNOT_TELL}):
            lines.append((*team, *cells))
    if not lines:
        return None
    return Table(
        id=f"{group}-by-team",
        caption=words.say("teams_caption", title=words.titles[group], month=material.month),
        columns=(
            *(Column(name=name) for name in words.lists["team_columns"]),
            *(Column(name=name, kind="count") for name in columns.values()),
        ),
        rows=tuple(lines),
    )


def _by_team(
    material: Material, teams: Figures, measure_ids: Collection[str]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return what is shown of some measures by team and its name, all teams first."""
    own = {line.measure_id: line.now.text for line in material.lines if line.breakdown == PROVIDER}
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for figure in sorted(_figures(teams), key=_all_first):
        if figure["measure_id"] in measure_ids:
            of_team = rows.setdefault(_team(material, figure), {})
            # The whole is shown as elsewhere in the pack, where more may be hidden of it.
            known = own.get(figure["measure_id"]) if figure["breakdown"] == PROVIDER else None
            of_team[figure["measure_id"]] = known or _shown(material, figure)
    return rows


def age_table(material: Material, teams: Figures, group: str) -> Table | None:
    """Return measures by the age of those counted, youngest first; None where they have none."""
    words, columns = material.words, material.words.age_columns
    rows: dict[str, dict[str, str]] = {}
    for figure in teams.frame.iter_rows(named=True):
        if figure["breakdown"] == _AGE and figure["measure_id"] in columns:
            band = rows.setdefault(figure["secondary_level"], {})
            band[figure["measure_id"]] = _shown(material, figure)
    if not rows:
        return None
    return Table(
        id=f"{group}-by-age",
        caption=words.say("ages_caption", title=words.titles[group], month=material.month),
        columns=(
            Column(name=words.lists["age_column"][0]),
            *(Column(name=name, kind="count") for name in columns.values()),
        ),
        rows=tuple(
            (band, *(rows[band].get(measure_id, CANNOT_TELL) for measure_id in columns))
            for band in sorted(rows, key=_youngest_first)
        ),
    )


def _youngest_first(band: str) -> tuple[bool, int]:
    age = re.match(r"\d+", band)
    return age is None, int(age[0]) if age else 0


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
