"""How rejections move from table to table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.testing import narrowed
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Standard

LINKS = {"MHS00145", "MHS00146", "MHS00220", "MHS10101", "MHS20142", "MHS50558", "MHS51505"}
TABLES = (
    "MHS000Header", "MHS001MPI", "MHS002GP", "MHS101Referral", "MHS201CareContact",
    "MHS505RestrictiveInterventInc", "MHS515RestrictiveInterventType",
)  # fmt: skip
Tables = dict[str, dict[str, list[str | None]]]
VALID: Tables = {
    "MHS001MPI": {"LocalPatientID": ["P1", "P2"], "OrgIDLocalPatientID": ["RZZ", "RZZ"]},
    "MHS002GP": {"LocalPatientID": ["P1", "P2"], "GMPReg": ["Z81001", "Z81001"]},
    "MHS101Referral": {
        "ServiceRequestID": ["R1", "R2"],
        "LocalPatientID": ["P1", "P2"],
        "OrgIDComm": ["Z1A", "Z1A"],
        "ReferralRequestReceivedDate": ["2025-09-01", "2025-09-02"],
    },
}


def test_a_patient_without_a_valid_referral_takes_everything_along(
    standard: Standard, engine: Engine
) -> None:
    tables: Tables = {
        **VALID,
        "MHS101Referral": {**VALID["MHS101Referral"], "OrgIDComm": ["Z1A", "Z"]},
    }
    result = _validate(tables, standard, engine)
    assert _links(result) == {
        ("MHS00146", 2),  # the patient's only referral is not valid
        ("MHS00220", 2),  # so the patient is not valid for the GP row,
        ("MHS10101", 2),  # nor for the referral, which is tried although it is rejected already
    }


def test_a_second_valid_referral_keeps_the_patient(standard: Standard, engine: Engine) -> None:
    tables: Tables = {
        **VALID,
        "MHS101Referral": {
            "ServiceRequestID": ["R1", "R2", "R3"],
            "LocalPatientID": ["P1", "P2", "P2"],
            "OrgIDComm": ["Z1A", "Z", "Z1A"],
            "ReferralRequestReceivedDate": ["2025-09-01"] * 3,
        },
    }
    assert _links(_validate(tables, standard, engine)) == set()


def test_a_rejection_shows_with_one_code_per_level(standard: Standard, engine: Engine) -> None:
    tables: Tables = {
        **VALID,
        "MHS001MPI": {**VALID["MHS001MPI"], "OrgIDLocalPatientID": ["RZZ", None]},
        "MHS201CareContact": {"CareContactID": ["C1", "C2"], "ServiceRequestID": ["R1", "R2"]},
    }
    result = _validate(tables, standard, engine)
    assert _links(result) == {("MHS00220", 2), ("MHS10101", 2), ("MHS20142", 2)}


def test_a_later_rule_sees_what_an_earlier_one_left(standard: Standard, engine: Engine) -> None:
    """An incident needs a valid restraint row before the restraint row needs the incident."""
    tables: Tables = {
        **VALID,
        "MHS505RestrictiveInterventInc": {"RestrictiveIntIncID": ["I1"]},
        "MHS515RestrictiveInterventType": {"RestrictiveIntIncID": ["I2"]},
    }
    result = _validate(tables, standard, engine)
    assert _links(result) == {("MHS50558", 1), ("MHS51505", 1)}


def test_a_warning_removes_nothing(standard: Standard, engine: Engine) -> None:
    tables: Tables = {
        **VALID,
        "MHS101Referral": {**VALID["MHS101Referral"], "SourceOfReferralMH": ["A1", "ZZ"]},
    }
    result = _validate(tables, standard, engine)
    assert result.findings.filter(pl.col("code") == "MHS10118")["row_number"].to_list() == [2]
    assert result.rejected_rows("MHS101Referral", cascade=True).is_empty()


@pytest.mark.parametrize(("cascade", "left"), [(True, ["R1"]), (False, ["R1", "R2"])])
def test_an_extract_can_keep_rows_that_only_the_cascade_rejects(
    standard: Standard, engine: Engine, left: list[str], *, cascade: bool
) -> None:
    tables: Tables = {**VALID, "MHS002GP": {**VALID["MHS002GP"], "GMPReg": ["Z81001", None]}}
    extract = _validate(tables, standard, engine).extract_without_rejected(cascade=cascade)
    (referrals,) = engine.collect([extract.tables["MHS101Referral"]])
    assert sorted(referrals["ServiceRequestID"]) == left


def _validate(tables: Tables, standard: Standard, engine: Engine) -> Validation:
    """Validate against the few tables of these tests, without file rules."""
    few = narrowed(standard, TABLES)
    few = msgspec.structs.replace(
        few, link_order=tuple(code for code in few.link_order if code in LINKS)
    )
    header: Tables = {"MHS000Header": {"OrgIDProvider": ["RZZ"]}}
    header["MHS000Header"]["ReportingPeriodStartDate"] = ["2025-09-01"]
    frames = {
        table: pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        for table, columns in {**header, **tables}.items()
    }
    extract = extract_from_frames(frames, standard=few, engine=engine)
    return validate(extract, standard=few)


def _links(result: Validation) -> set[tuple[str, int]]:
    found = result.findings.filter(pl.col("code").is_in(sorted(LINKS)))
    return set(found.select("code", "row_number").iter_rows())
