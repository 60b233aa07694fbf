"""The database file holds aggregates: none of the identifiers in the extract that was validated."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from ledger_values import NOW, run_of

from mhsds_recon.history import History
from mhsds_recon.testing import SyntheticTrust
from mhsds_recon.validation import Validation
from mhsds_recon.workflow import Run

PERSONAL = ("NHSNumber", "LocalPatientID", "Postcode", "PersonBirthDate", "ServiceRequestID")


def identifiers_in(folder: Path) -> set[str]:
    """Return every value of a personal element in the extract's files."""
    found: set[str] = set()
    for path in folder.glob("*.csv"):
        rows = pl.read_csv(path, infer_schema=False)
        for name in set(PERSONAL) & set(rows.columns):
            found |= set(rows[name].drop_nulls().to_list())
    return {value for value in found if len(value) > 5}


def test_no_identifier_of_the_extract_is_in_the_file(
    trust_folder: tuple[SyntheticTrust, Path], validation: Validation, sqlite: Path
) -> None:
    extracts = trust_folder[1] / "extracts"
    run = Run.open(extracts, reference=trust_folder[1] / "reference")
    period = run.extracts[-1].period
    assert period is not None
    with History.open(sqlite) as history:
        record = run_of(run.count(period), verb="validate", validation=validation)
        history.record(record, at=NOW)
    content = b"".join(path.read_bytes() for path in sqlite.parent.iterdir())
    identifiers = identifiers_in(extracts / "2025-09")
    assert len(identifiers) > 200
    assert [value for value in identifiers if value.encode() in content] == []
    assert b"MHS95" in content
