"""Referrals of children and young people for an eating disorder, and their treatment."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.activity import all_activity, has_mechanism, is_attended
from mhsds_recon.measures.derivations.procedures import contact_procedures
from mhsds_recon.measures.derivations.referrals import latest_referrals, referrals, teams
from mhsds_recon.measures.submissions import ANY_ROW, is_one_of
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions
    from mhsds_recon.standard import Standard
    from mhsds_recon.standard.dated_codes import DatedCode

__all__ = ["eating_disorder_referrals"]

_EATING_DISORDER = ("12",)
_PRIORITIES = ("1", "2", "3", "4")
_FIRST_RECEIVED = dt.date(2016, 1, 1)
_ACCESS_AND_SCHOOL_TEAMS = ("A18", "F01")
_REFERRAL = ["Person_ID", "ServiceRequestID"]


def eating_disorder_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the referrals for an eating disorder as last submitted, with their treatment.

    Treatment is an attended contact from the day of referral with a procedure and in a way that
    counted in the month of its submission. A contact with two such procedures is two treatments.
    Up to August 2025 another list of procedures was used, without regard to qualifiers.

    Returns:
        One row per referral received since 2016 with a priority: UniqMonthID, ServiceRequestID,
        Person_ID, ClinRespPriorityType, ReferralRequestReceivedDate, ServDischDate,
        AgeServReferRecDate, AgeRepPeriodEnd, is_access_or_school_team (a team of the referral, as
        last submitted, is a single point of access or works in schools), first_treatment,
        second_treatment, days_to_treatment, days_between_treatments, days_waiting (to the end of
        the counted period), and by the list up to August 2025 former_first_treatment and
        days_to_former_treatment.

    Source:
        Measures ED85 to ED107, steps 1 to 4 and the last edge case.
    """
    days = submissions.engine.days_between
    received = nw.col("ReferralRequestReceivedDate")
    latest = submissions.engine.share(_latest_referrals(submissions))
    return (
        latest.join(_treatments(submissions, latest), on="ServiceRequestID", how="left")
        .join(_of_access_or_school_teams(submissions, latest), on=_REFERRAL, how="left")
        .with_columns(
            nw.col("is_access_or_school_team").fill_null(value=False),
            days(received, nw.col("first_treatment")).alias("days_to_treatment"),
            days(nw.col("first_treatment"), nw.col("second_treatment")).alias(
                "days_between_treatments"
            ),
            days(received, nw.lit(submissions.period.end)).alias("days_waiting"),
            days(received, nw.col("former_first_treatment")).alias("days_to_former_treatment"),
        )
    )


def _latest_referrals(submissions: Submissions) -> nw.LazyFrame[Any]:
    asked = submissions.conditions
    first = _FIRST_RECEIVED if asked.received_since_2016_only else dt.date.min
    return (
        submissions.derive(latest_referrals)
        .filter(
            is_one_of("PrimReasonReferralMH", _EATING_DISORDER),
            *((is_one_of("ClinRespPriorityType", _PRIORITIES),) if asked.priority_needed else ()),
            nw.col("ReferralRequestReceivedDate").is_between(first, submissions.period.end),
        )
        .select(
            "UniqMonthID",
            "LocalPatientID",
            *_REFERRAL,
            "ClinRespPriorityType",
            "ReferralRequestReceivedDate",
            "ServDischDate",
            "AgeServReferRecDate",
            "AgeRepPeriodEnd",
        )
    )


def _of_access_or_school_teams(
    submissions: Submissions, latest: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Return the referrals with such a team, each team entry as last submitted."""
    asked_for = latest.select("ServiceRequestID")
    entry = ["ServiceRequestID", "is_own_team", "entry"]
    # A referral has one team of its own, and any number of others that are entries by themselves.
    other = nw.when(~nw.col("is_own_team")).then(nw.col("CareProfTeamLocalID"))
    months = submissions.derive(referrals).select("UniqMonthID", *_REFERRAL)
    return (
        submissions.derive(teams)
        .join(asked_for, on="ServiceRequestID", how="semi")
        .with_columns(other.alias("entry"))
        .unique(entry, keep="last", order_by=["UniqMonthID"])
        .filter(is_one_of("ServTeamTypeMH", _ACCESS_AND_SCHOOL_TEAMS))
        .join(months, on=["UniqMonthID", "ServiceRequestID"])
        .select(*_REFERRAL, is_access_or_school_team=nw.lit(value=True))
        .unique()
    )


def _treatments(submissions: Submissions, latest: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return first_treatment, second_treatment and former_first_treatment by referral."""
    # Unlike elsewhere, blanks between a procedure and its qualifiers are dropped.
    procedure = nw.col("Procedure").str.replace_all("(?s) *:.*", "").alias("without_qualifiers")
    standard = submissions.standard
    current = _counts(standard, "eating_disorder_treatment", "without_qualifiers")
    former = _counts(standard, "eating_disorder_treatment_to_august_2025", "Procedure")
    mechanism = _counts(standard, "eating_disorder_treatment_mechanism", "ConsMechanismMH")
    if not submissions.conditions.treatment_codes_only:
        current = former = ANY_ROW
    done = (
        _contacts(submissions)
        .join(latest.select(*_REFERRAL, "ReferralRequestReceivedDate"), on=_REFERRAL)
        .with_columns(procedure)
    )
    day = nw.col("ActivityDate")
    treatments = (
        done.filter(
            is_attended(submissions),
            has_mechanism(submissions, mechanism),
            current | former,
        )
        .with_columns(current.alias("is_current"), former.alias("is_former"))
        .filter(day.is_between(nw.col("ReferralRequestReceivedDate"), submissions.period.end))
        .with_columns(day.rank("ordinal").over("ServiceRequestID", "is_current").alias("place"))
    )
    return treatments.group_by("ServiceRequestID").agg(
        *(
            nw.when(nw.col("is_current") & (nw.col("place") == place)).then(day).min().alias(name)
            for place, name in ((1, "first_treatment"), (2, "second_treatment"))
        ),
        nw.when(nw.col("is_former")).then(day).min().alias("former_first_treatment"),
    )


def _contacts(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return what may be treatment: procedures, or every contact where no code is asked for."""
    if submissions.conditions.treatment_codes_only:
        return submissions.derive(contact_procedures)
    contacts = submissions.derive(all_activity).filter(~nw.col("is_indirect"))
    return contacts.with_columns(Procedure=nw.lit("", dtype=nw.String))


def _counts(standard: Standard, name: str, column: str) -> nw.Expr:
    """Return whether a code is in a list in the month of its submission."""
    dated = (_is_dated(column, code) for code in standard.codes_named(name))
    return reduce(or_, dated, nw.lit(value=False)).fill_null(value=False)


def _is_dated(column: str, code: DatedCode) -> nw.Expr:
    holds = nw.col(column) == code.code
    month = nw.col("UniqMonthID")
    if code.first_month is not None:
        holds &= month >= ReportingPeriod.parse(code.first_month).number
    if code.last_month is not None:
        holds &= month <= ReportingPeriod.parse(code.last_month).number
    return holds
