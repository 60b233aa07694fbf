"""A small submission with failures, and what only its rows know."""

from __future__ import annotations

import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard import Standard
from mhsds_recon.testing import table_rows
from mhsds_recon.validation import Validation, validate

PATIENT = "SECRETPATIENT"
STRAY_COLUMN = "9990000018"
STRAY_TABLE = "SMITH_JOHN"


@pytest.fixture(scope="session")
def validation(standard: Standard) -> Validation:
    """A rejected file: two patients without GP or referral, a stray table and a stray column."""
    header = {
        "DatSetVer": "6.0",
        "OrgIDProvider": "RZZ",
        "OrgIDSubmit": "RZZ",
        "PrimSystemInUse": "EXAMPLE",
        "ReportingPeriodStartDate": "2025-09-01",
        "ReportingPeriodEndDate": "2025-09-30",
        "DateTimeDatSetCreate": "2025-10-14T10:00:00",
    }
    patients = table_rows(
        "MHS001MPI",
        {"LocalPatientID": f"{PATIENT}1", "Gender": "8", "PersonBirthDate": "14/05/2012"},
        {"LocalPatientID": f"{PATIENT}2", "Gender": "8", "PersonBirthDate": "2012-05-14"},
    )
    tables = {
        "MHS000Header": table_rows("MHS000Header", header),
        "MHS001MPI": patients.with_columns(pl.lit("1").alias(STRAY_COLUMN)),
        STRAY_TABLE: pl.DataFrame({"name": ["x"]}),
    }
    return validate(extract_from_frames(tables, standard=standard), standard=standard)
