"""Contacts and indirect activity with the local team that gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import activity
from mhsds_recon.measures.derivations.row_keys import row_key
from mhsds_recon.measures.derivations.team_links import by_team_of_contact

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = ["activity_by_team", "team_activity"]

activity_by_team = by_team_of_contact(activity)
"""Contacts and indirect activity, each with its team."""


def team_activity(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return contacts and indirect activity with their team, for counting where they drop out.

    Returns:
        One row per row of ``activity``: its columns, CareProfTeamLocalID (the team of the contact
        where one is given, else that of the referral of the same submission) and activity_key.
    """
    return submissions.derive(activity_by_team).with_columns(
        row_key("UniqMonthID", "row_number", nw.col("is_indirect")).alias("activity_key")
    )
