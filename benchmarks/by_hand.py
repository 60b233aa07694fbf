"""The MHS101 rules of the first kinds, written by hand as one fused streaming polars plan.

What an analyst who knows polars well would write for this one table, as the yardstick for the
compiled rules: no second pass, and nothing that is not tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from referral_data import PATIENTS, REFERRALS

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
_KEY = ["row_number", "ServiceRequestID", "LocalPatientID"]


def validate_by_hand(folder: Path, codes: Mapping[str, list[str]]) -> pl.DataFrame:
    """Return code, row_number and identifiers, one row per failing row and rule.

    Args:
        folder: Where the two tables lie as parquet.
        codes: The accepted codes by name of the code list.
    """
    referrals = pl.scan_parquet(
        folder / f"{REFERRALS}.parquet", row_index_name="row_number", row_index_offset=1
    )
    patients = (
        pl.scan_parquet(folder / f"{PATIENTS}.parquet")
        .select("LocalPatientID")
        .unique()
        .with_columns(known=pl.lit(value=True))
    )
    fails = _fails(codes)
    return (
        referrals.join(patients, on="LocalPatientID", how="left")
        .select(*_KEY, **fails)
        .filter(pl.any_horizontal(*fails))
        .unpivot(on=list(fails), index=_KEY, variable_name="code", value_name="fails")
        .filter("fails")
        .drop("fails")
        .collect(engine="streaming")
    )


def _fails(codes: Mapping[str, list[str]]) -> dict[str, pl.Expr]:
    referral = pl.col("ServiceRequestID")
    return {
        "MHS10101": pl.col("known").is_null() & ~_blank("LocalPatientID"),
        "MHS10103": referral.is_duplicated() & ~_blank("ServiceRequestID"),
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
    }


def _blank(element: str) -> pl.Expr:
    return pl.col(element).is_null() | (pl.col(element).str.strip_chars(" ") == "")


def _length(element: str, shortest: int, longest: int) -> pl.Expr:
    length = pl.col(element).str.len_chars()
    return ~length.is_between(shortest, longest) & ~_blank(element)


def _shape(element: str, pattern: str) -> pl.Expr:
    return ~pl.col(element).str.contains(pattern) & ~_blank(element)


def _code(element: str, codes: list[str]) -> pl.Expr:
    return ~pl.col(element).is_in(codes) & ~_blank(element)
