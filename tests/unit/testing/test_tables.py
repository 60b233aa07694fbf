"""Builders of single tables, and the Hypothesis strategies."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mhsds_recon.errors import DefinitionError, UsageError
from mhsds_recon.frames.shapes import schemas
from mhsds_recon.standard import load_standard
from mhsds_recon.testing import patients_of, referrals, table_rows
from mhsds_recon.testing.strategies import rows_of, values_of

TABLES = sorted(set(load_standard("6.0").tables))


def test_the_package_does_without_hypothesis() -> None:
    code = "import mhsds_recon.testing, sys; sys.exit('hypothesis' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_elements_that_are_not_given_are_null() -> None:
    rows = table_rows("MHS203OtherAttend", {"CareContactID": "C1"}, {"OtherPersonInAttend": "01"})
    assert rows.rows() == [("C1", None), (None, "01")]
    assert set(rows.dtypes) == {pl.String}


def test_no_rows_give_an_empty_table() -> None:
    assert table_rows("MHS203OtherAttend").shape == (0, 2)


def test_an_unknown_element_or_table_is_refused_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match="Did you mean 'CareContactID'"):
        table_rows("MHS203OtherAttend", {"CareContactId": "C1"})
    with pytest.raises(DefinitionError, match="Did you mean 'MHS203OtherAttend'"):
        table_rows("MHS203OtherAtend")


def test_referrals_come_in_exactly_the_number_asked_for_with_their_patients() -> None:
    rows = referrals(5000, seed=2)
    patients = patients_of(rows, seed=2)
    assert rows.height == 5000
    assert rows["ServiceRequestID"].is_unique().all()
    assert patients["LocalPatientID"].is_unique().all()
    assert rows.join(patients, on="LocalPatientID", how="anti").is_empty()
    schemas("6.0")["MHS101Referral"].validate(rows, lazy=True)
    schemas("6.0")["MHS001MPI"].validate(patients, lazy=True)


@pytest.mark.parametrize("table", TABLES)
def test_generated_rows_pass_the_tables_schema(table: str) -> None:
    @settings(max_examples=3, deadline=None, database=None, phases=[Phase.generate])
    @given(st.lists(rows_of(table), min_size=1, max_size=2))
    def check(rows: list[dict[str, str | None]]) -> None:
        schemas("6.0")[table].validate(table_rows(table, *rows), lazy=True)

    check()


@given(values_of("MHS201CareContact", "AttendStatus"))
def test_values_of_a_coded_element_are_its_codes(value: str) -> None:
    assert value in load_standard("6.0").code_lists["AttendanceStatus"].values
