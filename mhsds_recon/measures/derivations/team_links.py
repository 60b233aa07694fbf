"""Which local teams rows belong to: those of their contact, of their referral or of their spell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.period import month_of
from mhsds_recon.measures.derivations.referrals import submitted_referrals, teams
from mhsds_recon.measures.derivations.spells import referrals_of_spells

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Derivation, Submissions

__all__ = ["by_team_of_contact", "by_team_of_referral", "by_team_of_spell", "team_services"]

TEAM = "CareProfTeamLocalID"
_REFERRAL = ["UniqMonthID", "ServiceRequestID"]


def by_team_of_contact(rows: Derivation) -> Derivation:
    """Return a derivation of the same contacts and indirect activity, each with its team.

    The team is the one that the contact names (then in OtherCareProfTeamLocalID, which becomes
    CareProfTeamLocalID), else that of its referral (MHS101) of the same submission.
    """

    def with_team(submissions: Submissions) -> nw.LazyFrame[Any]:
        of_referral = submissions.derive(submitted_referrals).select(
            *_REFERRAL, referral_team=nw.col(TEAM)
        )
        return (
            submissions.derive(rows)
            .join(of_referral, on=_REFERRAL, how="left")
            .with_columns(nw.coalesce("OtherCareProfTeamLocalID", "referral_team").alias(TEAM))
            .drop("referral_team", "OtherCareProfTeamLocalID")
        )

    return with_team


def by_team_of_referral(rows: Derivation) -> Derivation:
    """Return a derivation of the same rows, each once for every team of its referral.

    Teams are those of ``teams`` in the submission that the row is of; a row without a
    UniqMonthID is of the month that is counted.
    """

    def with_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
        one_each = submissions.derive(rows)
        if "UniqMonthID" in one_each.collect_schema().names():
            links = submissions.derive(teams).select(*_REFERRAL, TEAM).unique()
            return one_each.join(links, on=_REFERRAL, how="left")
        links = month_of(submissions, teams).select("ServiceRequestID", TEAM).unique()
        return one_each.join(links, on="ServiceRequestID", how="left")

    return with_teams


def by_team_of_spell(rows: Derivation, referrals_in_scope: Derivation) -> Derivation:
    """Return a derivation of the same spells, each once for every team of its referrals.

    Args:
        rows: Makes the spells.
        referrals_in_scope: Makes the referrals that spells are merged from, with their teams in
            scope; those of the last submission of a referral count.
    """

    def with_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
        spells = submissions.derive(rows)
        of_teams = submissions.derive(referrals_in_scope)
        links = referrals_of_spells(submissions, spells, of_teams).select("spell", TEAM).unique()
        return spells.join(links, on="spell", how="left")

    return with_teams


def team_services(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the service type of each team, of the latest month that has the team.

    Returns:
        One row per CareProfTeamLocalID of MHS902: ServTeamTypeMH.
    """
    rows = submissions.table("MHS902ServiceTeamDetails", text=(TEAM, "ServTeamTypeMH"))
    return (
        rows.filter(~nw.col(TEAM).is_null())
        .unique([TEAM], keep="last", order_by=["UniqMonthID", "row_number"])
        .select(TEAM, "ServTeamTypeMH")
    )
