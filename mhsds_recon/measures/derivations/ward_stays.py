"""Ward stays, whose service they belong to, and the days they take up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.last_rows import last_submitted
from mhsds_recon.measures.derivations.period import (
    is_open,
    month_of,
    patients_in_month,
)
from mhsds_recon.measures.derivations.referrals import is_team_for_young, referrals, teams
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from mhsds_recon.measures.submissions import Submissions

__all__ = [
    "bed_days",
    "hospital_spells",
    "open_teams",
    "open_ward_stays",
    "starting_ward_stays",
    "ward_stays",
]

_YOUNG_OR_LD = ("700", "711")
_FLAGS = ("ward_is_ld", "ward_is_cyp", "ward_is_adult")
_STAY = ["ServiceRequestID", "WardStayID"]
_ROW = ("ReportingPeriodEndDate", "row_number")


def hospital_spells(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the hospital spells of every month with their referral and patient.

    Returns:
        One row per row of MHS501 whose referral was submitted with it: UniqMonthID, row_number,
        HospProvSpellID, ServiceRequestID, StartDateHospProvSpell, StartTimeHospProvSpell,
        DischDateHospProvSpell; of the referral and patient ReferralRequestReceivedDate,
        LocalPatientID, Person_ID, AgeRepPeriodEnd.
    """
    of_referral = submissions.derive(referrals).select(
        "UniqMonthID",
        "ServiceRequestID",
        "ReferralRequestReceivedDate",
        "LocalPatientID",
        "Person_ID",
        "AgeRepPeriodEnd",
    )
    return (
        submissions.table(
            "MHS501HospProvSpell",
            text=("HospProvSpellID", "ServiceRequestID", "StartTimeHospProvSpell"),
            dates=("StartDateHospProvSpell", "DischDateHospProvSpell"),
        )
        .drop("ReportingPeriodEndDate")
        .join(of_referral, on=["UniqMonthID", "ServiceRequestID"])
    )


def ward_stays(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the ward stays of every month with their ward, referral and patient.

    Returns:
        One row per row of MHS502 whose spell and referral were submitted with it: UniqMonthID,
        row_number, WardStayID, HospProvSpellID, StartDateWardStay, StartTimeWardStay,
        EndDateWardStay, MHAdmittedPatientClass; of the ward (null where unknown) WardType,
        WardAge and WardIntendedClinCareMH; ServiceRequestID, ReferralRequestReceivedDate,
        LocalPatientID and Person_ID.

    Source:
        Shared definition S2, ward fields.
    """
    stays = submissions.table(
        "MHS502WardStay",
        text=(
            "WardStayID",
            "WardCode",
            "HospProvSpellID",
            "StartTimeWardStay",
            "MHAdmittedPatientClass",
        ),
        dates=("StartDateWardStay", "EndDateWardStay"),
    )
    wards = submissions.table(
        "MHS903WardDetails", text=("WardCode", "WardType", "WardAge", "WardIntendedClinCareMH")
    )
    of_spell = last_submitted(
        submissions, submissions.derive(hospital_spells), "UniqMonthID", "HospProvSpellID"
    ).select(
        "UniqMonthID",
        "HospProvSpellID",
        "ServiceRequestID",
        "ReferralRequestReceivedDate",
        "LocalPatientID",
        "Person_ID",
    )
    known_wards = last_submitted(submissions, wards, "UniqMonthID", "WardCode").drop(*_ROW)
    return (
        stays.drop("ReportingPeriodEndDate")
        .join(of_spell, on=["UniqMonthID", "HospProvSpellID"])
        .join(known_wards, on=["UniqMonthID", "WardCode"], how="left")
        .drop("WardCode")
    )


def starting_ward_stays(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the service area of the ward stays of the month that started with their referral.

    The care professionals looked at are those assigned on the day the stay started.

    Returns:
        One row per WardStayID that started on the day its referral was received:
        ServiceRequestID, ward_is_ld (learning disability), ward_is_cyp (children and young
        people), ward_is_adult.

    Source:
        Shared definitions S10 and S11.
    """
    stays = month_of(submissions, ward_stays).filter(
        nw.col("StartDateWardStay") == nw.col("ReferralRequestReceivedDate")
    )
    starting = (
        submissions.derive(_assigned_professionals)
        .select(
            "HospProvSpellID",
            "TreatFuncCodeMH",
            StartDateWardStay=nw.col("StartDateAssCareProf"),
        )
        .unique()
    )
    staffed = stays.join(starting, on=["HospProvSpellID", "StartDateWardStay"], how="left")
    return _service_areas(submissions, staffed, month_of(submissions, teams))


def open_ward_stays(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the ward stays open at the end of the month, by service area and age.

    The care professionals and teams looked at are those still assigned or open.

    Returns:
        One row per WardStayID and age of its patient in the month: ServiceRequestID,
        HospProvSpellID, Person_ID, AgeRepPeriodEnd, ward_is_ld (learning disability), ward_is_cyp
        (children and young people), ward_is_adult; a stay may be in more than one.

    Source:
        Shared definition S10; MHS21, MHS21a, CYP21.
    """
    end = submissions.period.end
    stays = month_of(submissions, ward_stays).filter(is_open("EndDateWardStay", end))
    assigned = submissions.derive(_assigned_professionals).filter(
        is_open("EndDateAssCareProf", end)
    )
    staffed = stays.join(
        assigned.select("HospProvSpellID", "TreatFuncCodeMH").unique(),
        on="HospProvSpellID",
        how="left",
    )
    areas = _service_areas(submissions, staffed, submissions.derive(open_teams))
    patients = stays.select(*_STAY, "HospProvSpellID", "Person_ID").unique()
    return areas.join(patients, on=_STAY).join(
        submissions.derive(patients_in_month), on="Person_ID"
    )


def open_teams(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the teams of referrals neither closed nor rejected by the end of the month.

    Returns:
        The rows of ``teams`` submitted for the month to which that applies.

    Source:
        Shared definition S9, step 2.
    """
    end = submissions.period.end
    return month_of(submissions, teams).filter(
        is_open("ReferClosureDate", end), is_open("ReferRejectionDate", end)
    )


def bed_days(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the days that ward stays, and leave from them, take up in the month.

    A stay counts from its start, or that of the month, to the day before its end, or to the last
    day of the month where it is open; an end after the month is taken as it is. A stay counts once
    for each patient row of its person.

    Returns:
        One row per ward stay and age of its patient in the month, and per leave from it:
        Person_ID, WardType, AgeRepPeriodEnd, days (on the ward; null for leave) and days_less_leave
        (negative for leave). Null where the start is unknown.

    Source:
        MHS24, MHS24a to c, MHS25.
    """
    rows = month_of(submissions, ward_stays)
    patients = submissions.derive(patients_in_month)
    stays = (
        rows.select(
            "WardStayID",
            "LocalPatientID",
            "Person_ID",
            "WardType",
            "StartDateWardStay",
            "EndDateWardStay",
        )
        .unique()
        .join(patients, on="Person_ID")
    )
    of_leave = submissions.engine.share(
        last_submitted(submissions, rows, "WardStayID")
        .select("WardStayID", "Person_ID", "WardType")
        .join(patients, on="Person_ID")
    )
    on_ward = _days(submissions, "StartDateWardStay", "EndDateWardStay")
    leaves = [
        of_leave.join(
            submissions.table(table, text=("WardStayID",), dates=dates, this_month=True),
            on="WardStayID",
        ).select(
            "Person_ID",
            "WardType",
            "AgeRepPeriodEnd",
            nw.lit(None, dtype=nw.Int64).alias("days"),
            (-_days(submissions, *dates)).alias("days_less_leave"),
        )
        for table, dates in (
            ("MHS509HomeLeave", ("StartDateHomeLeave", "EndDateHomeLeave")),
            ("MHS510LeaveOfAbsence", ("StartDateMHLeaveAbs", "EndDateMHLeaveAbs")),
        )
    ]
    occupied = stays.select(
        "Person_ID",
        "WardType",
        "AgeRepPeriodEnd",
        on_ward.alias("days"),
        on_ward.alias("days_less_leave"),
    )
    return nw.concat([occupied, *leaves])


def _days(submissions: Submissions, start: str, end: str) -> nw.Expr:
    first, day_after = submissions.period.start, submissions.period.end + dt.timedelta(days=1)
    begun = nw.when(nw.col(start) < first).then(nw.lit(first)).otherwise(nw.col(start))
    ended = nw.coalesce(nw.col(end), nw.lit(day_after))
    return submissions.engine.days_between(begun, ended) * nw.col("patient_rows")


def _assigned_professionals(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the care professionals of the month; a code that no service area asks for is null."""
    rows = submissions.table(
        "MHS503AssignedCareProf",
        text=("HospProvSpellID", "TreatFuncCodeMH"),
        dates=("StartDateAssCareProf", "EndDateAssCareProf"),
        this_month=True,
    ).drop("UniqMonthID", *_ROW)
    asked_for = nw.when(is_one_of("TreatFuncCodeMH", _YOUNG_OR_LD)).then("TreatFuncCodeMH")
    return rows.with_columns(asked_for.alias("TreatFuncCodeMH"))


def _service_areas(
    submissions: Submissions, staffed: nw.LazyFrame[Any], of_teams: nw.LazyFrame[Any]
) -> nw.LazyFrame[Any]:
    """Return the service areas of ward stays: those of any of their professionals and teams."""
    is_ld = (
        is_one_of("WardIntendedClinCareMH", ("61", "62", "63"))
        | is_one_of("TreatFuncCodeMH", ("700",))
        | is_one_of("WardType", ("05",))
    )
    is_young = (
        is_one_of("TreatFuncCodeMH", ("711",))
        | is_one_of("WardType", ("01", "02"))
        | is_one_of("WardAge", ("10", "11", "12"))
        | is_team_for_young(submissions)
    )
    return (
        staffed.join(
            of_teams.select("ServiceRequestID", "ServTeamIntAgeGroup").unique(),
            on="ServiceRequestID",
            how="left",
        )
        .with_columns(
            is_ld.alias("ward_is_ld"),
            (is_young & ~is_ld).alias("ward_is_cyp"),
            (~is_young & ~is_ld).alias("ward_is_adult"),
        )
        .group_by(*_STAY)
        .agg(nw.col(*_FLAGS).any())
    )
