"""All rules of three big tables, written by hand as one fused streaming polars plan per table.

What an analyst who knows polars well would write, as the yardstick for the compiled rules: no
second pass, and nothing that is not tested. Dates are compared where both are real ones.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
from big_tables import CONTACTS, HEADER, PATIENTS, REFERRALS, SPELLS, STAYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["validate_by_hand"]

_DATE = (
    "^(?:(?:189[0-9]|19[0-9]{2}|[2-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:18(?:92|96)|(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|[2468]000|[2-9]400|[2-9]800)"
    "-02-29)$"
)
_TIME = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
Fails = dict[str, pl.Expr]


def validate_by_hand(folder: Path, codes: Mapping[str, list[str]]) -> pl.DataFrame:
    """Return code, row_number and identifiers, one row per failing row and rule.

    Args:
        folder: Where the tables lie as parquet.
        codes: The accepted codes by name of the code list.
    """
    header = pl.read_parquet(folder / f"{HEADER}.parquet").row(0, named=True)
    start, end = header["ReportingPeriodStartDate"], header["ReportingPeriodEndDate"]
    day_after = str(dt.date.fromisoformat(end) + dt.timedelta(days=1))
    created = header["DateTimeDatSetCreate"][:10]
    bounds = (start, end, day_after, created)
    plans = [
        _plan(folder, REFERRALS, PATIENTS, ["LocalPatientID"], _referrals(codes, *bounds)),
        _plan(folder, CONTACTS, REFERRALS, ["ServiceRequestID"], _contacts(codes, start, end)),
        _plan(
            folder,
            STAYS,
            SPELLS,
            ["HospProvSpellID", "StartDateHospProvSpell", "DischDateHospProvSpell"],
            _stays(codes, start, end),
        ),
    ]
    return pl.concat(pl.collect_all(plans, engine="streaming"))


def _plan(folder: Path, table: str, parent: str, columns: list[str], fails: Fails) -> pl.LazyFrame:
    """Return the fused plan of a table whose parent's rows have keys of their own."""
    rows = pl.scan_parquet(
        folder / f"{table}.parquet", row_index_name="row_number", row_index_offset=1
    )
    parents = (
        pl.scan_parquet(folder / f"{parent}.parquet")
        .select(columns)
        .unique(columns[0])
        .with_columns(known=pl.lit(value=True))
    )
    return (
        rows.join(parents, on=columns[0], how="left")
        .select("row_number", columns[0], **fails)
        .filter(pl.any_horizontal(*fails))
        .rename({columns[0]: "key"})
        .unpivot(on=list(fails), index=["row_number", "key"], variable_name="code", value_name="x")
        .filter("x")
        .drop("x")
    )


def _referrals(
    codes: Mapping[str, list[str]], start: str, end: str, day_after: str, created: str
) -> Fails:
    received = "ReferralRequestReceivedDate"
    return {
        "MHS10101": _unlinked("LocalPatientID"),
        "MHS10103": _copied("ServiceRequestID"),
        "MHS10104": _blank("ServiceRequestID"),
        "MHS10105": _length("ServiceRequestID", 1, 20),
        "MHS10106": _blank("LocalPatientID"),
        "MHS10107": _length("LocalPatientID", 1, 20),
        "MHS10108": _blank("OrgIDComm"),
        "MHS10109": _length("OrgIDComm", 3, 5),
        "MHS10111": _blank("ReferralRequestReceivedDate"),
        "MHS10112": _shape("ReferralRequestReceivedDate", _DATE),
        "MHS10115": _shape("ReferralRequestReceivedTime", _TIME),
        "MHS10116": _length("NHSServAgreeLineID", 1, 20),
        "MHS10117": _length("SourceOfReferralMH", 2, 2),
        "MHS10118": _code("SourceOfReferralMH", codes["SourceOfReferral"]),
        "MHS10119": _length("OrgIDReferringOrg", 3, 8),
        "MHS10121": _length("ReferringCareProfessionalType", 3, 3),
        "MHS10122": _code("ReferringCareProfessionalType", codes["ReferringCareProfessionalType"]),
        "MHS10123": _length("ClinRespPriorityType", 1, 1),
        "MHS10124": _code("ClinRespPriorityType", codes["ClinicalResponsePriority"]),
        "MHS10125": _length("PrimReasonReferralMH", 2, 2),
        "MHS10126": _code("PrimReasonReferralMH", codes["ReasonForReferral"]),
        "MHS10127": _shape("ServDischDate", _DATE),
        "MHS10134": _length("ReasonOAT", 2, 2),
        "MHS10135": _code("ReasonOAT", codes["OutOfAreaReason"]),
        "MHS10136": _shape("DischPlanCreationDate", _DATE),
        "MHS10139": _shape("DischPlanLastUpdatedDate", _DATE),
        "MHS10142": _shape("ServDischTime", _TIME),
        "MHS10144": _shape("DischPlanCreationTime", _TIME),
        "MHS10145": _shape("DischPlanLastUpdatedTime", _TIME),
        "MHS10146": _length("SpecialisedMHServiceCode", 1, 50),
        "MHS10149": _shape("DecisionToTreatDate", _DATE),
        "MHS10151": _shape("DecisionToTreatTime", _TIME),
        "MHS10152": _code("SpecialisedMHServiceCode", codes["SpecialisedServiceCategory"]),
        "MHS10154": _length("CareProfTeamLocalID", 1, 20),
        "MHS10157": _shape("ReferRejectionDate", _DATE),
        "MHS10162": _shape("ReferRejectionTime", _TIME),
        "MHS10163": _length("ReferRejectReason", 2, 2),
        "MHS10164": _code("ReferRejectReason", codes["ReferralRejectionReason"]),
        "MHS10165": _length("ReferClosReason", 2, 2),
        "MHS10166": _code("ReferClosReason", codes["ReferralClosureReason"]),
        "MHS10113": _after(received, _on(end)),
        "MHS10128": _before("ServDischDate", _day(received)),
        "MHS10129": _before("ServDischDate", _on(start)),
        "MHS10130": _after("ServDischDate", _on(day_after)),
        "MHS10131": _after("ServDischDate", _on(created)),
        "MHS10137": _before("DischPlanCreationDate", _day(received)),
        "MHS10138": _after("DischPlanCreationDate", _on(end)),
        "MHS10140": _before("DischPlanLastUpdatedDate", _day("DischPlanCreationDate")),
        "MHS10141": _after("DischPlanLastUpdatedDate", _on(end)),
        "MHS10150": _after("DecisionToTreatDate", _on(end)),
        "MHS10158": _after("ReferRejectionDate", _on(end)),
        "MHS10159": _before("ReferRejectionDate", _on(start)),
        "MHS10160": _after("ReferRejectionDate", _on(created)),
        "MHS10161": _before("ReferRejectionDate", _day(received)),
    }


def _contacts(codes: Mapping[str, list[str]], start: str, end: str) -> Fails:
    return {
        "MHS20101": _blank("CareContactID"),
        "MHS20102": _length("CareContactID", 1, 20),
        "MHS20103": _blank("ServiceRequestID"),
        "MHS20104": _length("ServiceRequestID", 1, 20),
        "MHS20106": _blank("CareContDate"),
        "MHS20107": _shape("CareContDate", _DATE),
        "MHS20109": _shape("CareContTime", _TIME),
        "MHS20112": _length("AdminCatCode", 2, 2),
        "MHS20113": _code("AdminCatCode", codes["AdministrativeCategory"]),
        "MHS20114": _shape("ClinContDurOfCareCont", "^[0-9]{1,4}$"),
        "MHS20115": _length("ConsType", 2, 2),
        "MHS20116": _code("ConsType", codes["ConsultationType"]),
        "MHS20117": _length("CareContSubj", 2, 2),
        "MHS20118": _code("CareContSubj", codes["CareContactSubject"]),
        "MHS20119": _length("ConsMechanismMH", 2, 2),
        "MHS20120": _code("ConsMechanismMH", codes["ConsultationMechanism"]),
        "MHS20121": _length("ActLocTypeCode", 3, 3),
        "MHS20122": _code("ActLocTypeCode", codes["ActivityLocationType"]),
        "MHS20125": _length("CareContPatientTherMode", 1, 1),
        "MHS20126": _code("CareContPatientTherMode", codes["CareContactTherapyMode"]),
        "MHS20127": _length("AttendStatus", 1, 1),
        "MHS20128": _code("AttendStatus", codes["AttendanceStatus"]),
        "MHS20129": _shape("EarliestReasonOfferDate", _DATE),
        "MHS20131": _shape("EarliestClinAppDate", _DATE),
        "MHS20133": _shape("CareContCancelDate", _DATE),
        "MHS20135": _length("CareContCancelReas", 2, 2),
        "MHS20136": _code("CareContCancelReas", codes["CareContactCancellationReason"]),
        "MHS20137": _blank("CareContCancelReas") & ~_blank("CareContCancelDate"),
        "MHS20141": _length("PlaceOfSafetyInd", 1, 1),
        "MHS20142": _unlinked("ServiceRequestID"),
        "MHS20143": _copied("CareContactID"),
        "MHS20145": _code("PlaceOfSafetyInd", codes["YesNo"]),
        "MHS20146": _length("OrgIDComm", 3, 5),
        "MHS20148": _length("SiteIDOfTreat", 5, 9),
        "MHS20150": _length("SpecialisedMHServiceCode", 1, 50),
        "MHS20151": _length("PlannedCareContIndicator", 1, 1),
        "MHS20152": _code("PlannedCareContIndicator", codes["YesNo"]),
        "MHS20153": _length("ReasonableAdjustmentMade", 1, 1),
        "MHS20155": _code("SpecialisedMHServiceCode", codes["SpecialisedServiceCategory"]),
        "MHS20156": _length("ComPeriMHPartAssessOfferInd", 1, 1),
        "MHS20157": _code("ComPeriMHPartAssessOfferInd", codes["YesNo"]),
        "MHS20158": _length("OtherCareProfTeamLocalID", 1, 20),
        "MHS20159": _length("LanguageCodeTreat", 2, 2),
        "MHS20160": _code("LanguageCodeTreat", codes["LanguageCode"]),
        "MHS20161": _length("InterpreterPresentInd", 1, 1),
        "MHS20162": _code("InterpreterPresentInd", codes["InterpreterPresent"]),
        "MHS20163": _length("ReasonPatientNoIMCA", 2, 2),
        "MHS20164": _code("ReasonPatientNoIMCA", codes["NoAdvocateReason"]),
        "MHS20165": _length("ReasonPatientNoIMHA", 2, 2),
        "MHS20166": _code("ReasonPatientNoIMHA", codes["NoAdvocateReason"]),
        "MHS20167": _before("CareContDate", _on(start)),
        "MHS20168": _after("CareContDate", _on(end)),
    }


def _stays(codes: Mapping[str, list[str]], start: str, end: str) -> Fails:
    admitted, discharged = _day("StartDateHospProvSpell"), _day("DischDateHospProvSpell")
    return {
        "MHS50203": _unlinked("HospProvSpellID"),
        "MHS50204": _copied("WardStayID"),
        "MHS50205": _blank("WardStayID"),
        "MHS50206": _length("WardStayID", 1, 20),
        "MHS50207": _blank("HospProvSpellID"),
        "MHS50208": _length("HospProvSpellID", 1, 20),
        "MHS50209": _blank("StartDateWardStay"),
        "MHS50210": _shape("StartDateWardStay", _DATE),
        "MHS50211": _after("StartDateWardStay", _on(end)),
        "MHS50212": _shape("StartTimeWardStay", _TIME),
        "MHS50213": _shape("EndDateWardStay", _DATE),
        "MHS50214": _before("EndDateWardStay", _on(start)),
        "MHS50215": _after("EndDateWardStay", _on(end)),
        "MHS50216": _before("EndDateWardStay", _day("StartDateWardStay")),
        "MHS50217": _shape("EndTimeWardStay", _TIME),
        "MHS50230": _before("StartDateWardStay", admitted),
        "MHS50231": _after("StartDateWardStay", discharged),
        "MHS50232": _before("EndDateWardStay", admitted),
        "MHS50233": _after("EndDateWardStay", discharged),
        "MHS50236": _length("MHAdmittedPatientClass", 3, 3),
        "MHS50237": _code("MHAdmittedPatientClass", codes["AdmittedPatientClassification"]),
        "MHS50240": _length("SpecialisedMHServiceCode", 1, 50),
        "MHS50241": _length("WardCode", 1, 12),
        "MHS50242": _code("SpecialisedMHServiceCode", codes["SpecialisedServiceCategory"]),
        "MHS50243": _shape("EndDateMHTrialLeave", _DATE),
        "MHS50244": _before("EndDateMHTrialLeave", _on(start)),
        "MHS50245": _after("EndDateMHTrialLeave", _on(end)),
        "MHS50246": _before("EndDateMHTrialLeave", _day("StartDateWardStay")),
        "MHS50247": _blank("WardCode"),
    }


def _unlinked(element: str) -> pl.Expr:
    return pl.col("known").is_null() & ~_blank(element)


def _copied(element: str) -> pl.Expr:
    return pl.col(element).is_duplicated() & ~_blank(element)


def _day(element: str) -> pl.Expr:
    return pl.col(element).str.to_date("%Y-%m-%d", strict=False)


def _on(day: str) -> pl.Expr:
    return pl.lit(dt.date.fromisoformat(day))


def _before(element: str, other: pl.Expr) -> pl.Expr:
    return (_day(element) < other).fill_null(value=False)


def _after(element: str, other: pl.Expr) -> pl.Expr:
    return (_day(element) > other).fill_null(value=False)


def _blank(element: str) -> pl.Expr:
    return pl.col(element).is_null() | (pl.col(element).str.strip_chars(" ") == "")


def _length(element: str, shortest: int, longest: int) -> pl.Expr:
    length = pl.col(element).str.len_chars()
    return ~length.is_between(shortest, longest) & ~_blank(element)


def _shape(element: str, pattern: str) -> pl.Expr:
    return ~pl.col(element).str.contains(pattern) & ~_blank(element)


def _code(element: str, codes: list[str]) -> pl.Expr:
    return ~pl.col(element).is_in(codes) & ~_blank(element)
