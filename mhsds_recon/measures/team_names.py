"""What local teams are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.measures.derivations.team_links import team_services
from mhsds_recon.measures.levels import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.measures.submissions import Submissions

__all__ = ["names_of_teams"]

_TYPES = "ServiceTeamType"


def names_of_teams(submissions: Submissions) -> Mapping[str, str]:
    """Return what each team is called, by its CareProfTeamLocalID.

    MHS902 has no names: a team is called by the type of its service in the latest month that has
    the team, unless the reference file of team names has one.
    """
    types = {one.code: one.meaning for one in submissions.standard.code_lists[_TYPES].codes}
    plans = [submissions.derive(team_services)]
    if submissions.reference.team_names is not None:
        plans.append(submissions.reference.team_names)
    services, *named = submissions.engine.collect(plans, find_shared=False)
    names = {UNKNOWN: "No team recorded"}
    names |= {team: types.get(code) or code or team for team, code in services.iter_rows()}
    for rows in named:
        names |= {team: name for team, name in rows.iter_rows() if team and name}
    return names
