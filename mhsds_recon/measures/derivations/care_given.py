"""What referrals were given: contacts attended, of which the first waits and the last contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import activity
from mhsds_recon.measures.derivations.outcomes import closed_referral_scores
from mhsds_recon.measures.derivations.period import is_open, month_of
from mhsds_recon.measures.derivations.referrals import referral_teams, referrals
from mhsds_recon.measures.derivations.team_links import by_team_of_referral
from mhsds_recon.measures.derivations.ward_stays import open_teams

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "caseload",
    "referral_contacts",
    "referral_contacts_by_team",
    "referral_decisions",
    "scores_by_tool",
]


def referral_contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return referrals as last submitted with the contacts that they were given.

    A contact is an attended one, by a mechanism that counts, from the day of the referral to the
    end of the period; indirect activity is none. Contacts submitted more than once count once.

    Returns:
        One row per ServiceRequestID: UniqMonthID, LocalPatientID, Person_ID,
        ReferralRequestReceivedDate, ServDischDate, ReferRejectionDate (of the referral itself),
        AgeServReferRecDate; first_contact, second_contact and last_contact (dates, null where
        there is none), contacts (how many, 0 where none), days_to_first_contact and
        days_to_second_contact (from the referral).
    """
    days = submissions.engine.days_between
    received = nw.col("ReferralRequestReceivedDate")
    latest = (
        submissions.derive(referral_teams)
        .filter(nw.col("is_own_team"))
        .unique("ServiceRequestID", keep="last", order_by=["UniqMonthID", "row_number"])
        .select(
            "UniqMonthID",
            "LocalPatientID",
            "Person_ID",
            "ServiceRequestID",
            "ReferralRequestReceivedDate",
            "ServDischDate",
            "ReferRejectionDate",
            "AgeServReferRecDate",
        )
    )
    return latest.join(
        submissions.derive(_contacts_of_referrals), on="ServiceRequestID", how="left"
    ).with_columns(
        nw.col("contacts").fill_null(0),
        days(received, nw.col("first_contact")).alias("days_to_first_contact"),
        days(received, nw.col("second_contact")).alias("days_to_second_contact"),
    )


referral_contacts_by_team = by_team_of_referral(referral_contacts)
"""Referrals with the contacts that they were given, by whomever, once for each of their teams."""


def caseload(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals open at the end of the month, with each team still open to them.

    Returns:
        One row per referral of the month without a discharge or rejection by its end, and team
        that neither closed nor rejected it (null where none is left): UniqMonthID,
        ServiceRequestID, LocalPatientID, Person_ID, CareProfTeamLocalID, AgeServReferRecDate and
        days_without_contact (at the end of the month, since the last contact of
        ``referral_contacts`` with any team; without one since the referral).
    """
    end = submissions.period.end
    contacts = submissions.derive(_contacts_of_referrals).select("ServiceRequestID", "last_contact")
    since = nw.coalesce("last_contact", "ReferralRequestReceivedDate")
    of_team = submissions.derive(open_teams).select("ServiceRequestID", "CareProfTeamLocalID")
    return (
        month_of(submissions, referral_teams)
        .filter(
            nw.col("is_own_team"),
            is_open("ServDischDate", end),
            is_open("ReferRejectionDate", end),
        )
        .select(
            "UniqMonthID",
            "ServiceRequestID",
            "LocalPatientID",
            "Person_ID",
            "ReferralRequestReceivedDate",
            "AgeServReferRecDate",
        )
        .unique()
        .join(of_team.unique(), on="ServiceRequestID", how="left")
        .join(contacts, on="ServiceRequestID", how="left")
        .with_columns(
            submissions.engine.days_between(since, nw.lit(end)).alias("days_without_contact")
        )
    )


def referral_decisions(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals submitted for the month with what each of their teams made of them.

    Returns:
        The rows of ``referral_teams`` of the month.
    """
    return month_of(submissions, referral_teams)


def scores_by_tool(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return discharged referrals with each of their scores and what gave it.

    Returns:
        The rows of ``closed_referral_scores`` with tool_and_rater, null where there is no score
        or the tool is in no list.
    """
    named = nw.concat_str(nw.col("tool_name"), nw.col("rater"), separator=", rated by ")
    return submissions.derive(closed_referral_scores).with_columns(named.alias("tool_and_rater"))


def _contacts_of_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return first, second and last contact and the number of contacts by ServiceRequestID."""
    received = (
        submissions.derive(referrals)
        .unique("ServiceRequestID", keep="last", order_by=["UniqMonthID", "row_number"])
        .select("ServiceRequestID", "ReferralRequestReceivedDate")
    )
    day = nw.col("ActivityDate")
    once = (
        submissions.derive(activity)
        .filter(nw.col("counts_as_contact"), ~nw.col("is_indirect"))
        .select("ServiceRequestID", "CareContactID", "ActivityDate")
        .unique()
        .join(received, on="ServiceRequestID")
        .filter(day.is_between(nw.col("ReferralRequestReceivedDate"), submissions.period.end))
        .with_columns(day.rank("ordinal").over("ServiceRequestID").alias("place"))
    )
    return once.group_by("ServiceRequestID").agg(
        *(
            nw.when(nw.col("place") == place).then(day).min().alias(name)
            for place, name in ((1, "first_contact"), (2, "second_contact"))
        ),
        last_contact=day.max(),
        contacts=nw.len().cast(nw.Int64),
    )
