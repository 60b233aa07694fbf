"""The questions that the result of validation answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from mhsds_recon.standard import Standard

NAME = "a <month>"


@pytest.fixture(scope="module")
def result(standard: Standard) -> Validation:
    staff = {
        "CareProfLocalID": ["S1", None, 'S"3\n'],
        "OrgIDCareProfLocalID": ["RZZ", "RZZ", "R"],
        "ProfRegBodyCode": ["01", "99", None],
    }
    frames = {
        "MHS000Header": pl.DataFrame({"OrgIDProvider": ["RZZ"], "Extra": ["1"]}),
        "MHS901StaffDetails": pl.DataFrame(staff),
        "Surplus": pl.DataFrame({"a": ["1"]}),
    }
    return validate(extract_from_frames(frames, standard=standard, name=NAME), standard=standard)


def test_findings_name_rule_row_and_element(result: Validation) -> None:
    assert _staff_findings(result) == [
        {
            "code": "MHS90101",
            "level": "record_rejected",
            "table": "MHS901StaffDetails",
            "uid": "M901908",
            "element": "CareProfLocalID",
            "row_number": 2,
            "key": '{"CareProfLocalID":null}',
            "certain": True,
        },
        {
            "code": "MHS90104",
            "level": "warning",
            "table": "MHS901StaffDetails",
            "uid": "M901010",
            "element": "ProfRegBodyCode",
            "row_number": 2,
            "key": '{"CareProfLocalID":null}',
            "certain": True,
        },
        {
            "code": "MHS90115",
            "level": "record_rejected",
            "table": "MHS901StaffDetails",
            "uid": "M901070",
            "element": "OrgIDCareProfLocalID",
            "row_number": 3,
            "key": '{"CareProfLocalID":"S\\"3\\n"}',
            "certain": True,
        },
    ]


def test_keys_are_json_whatever_the_value(result: Validation) -> None:
    assert json.loads(_staff_findings(result)[-1]["key"]) == {"CareProfLocalID": 'S"3\n'}


def test_what_was_found_about_the_shape_is_a_warning_without_a_row(result: Validation) -> None:
    shape = result.findings.filter(pl.col("row_number").is_null())
    assert set(shape["level"]) == {"warning"}
    assert shape["key"].null_count() == len(shape)
    assert shape.filter(table="Surplus").select("uid", "element").row(0) == (None, None)
    assert shape.filter(element="Extra").select("table", "uid").row(0) == ("MHS000Header", "MHS000")


def test_counts_put_the_most_rows_first(result: Validation) -> None:
    counts = result.counts()
    assert counts.columns == ["code", "level", "table", "element", "rows"]
    assert counts["rows"].sum() == len(result.findings)
    assert counts["rows"].is_sorted(descending=True)


def test_a_rejected_file_has_nothing_accepted_but_keeps_its_findings(result: Validation) -> None:
    assert not result.file_verdict.accepted
    assert result.accepted["accepted"].sum() == 0
    assert result.accepted["submitted"].sum() == 4
    tables = result.accepted_extract().tables.values()
    assert all(rows.is_empty() for rows in result.extract.engine.collect(list(tables)))


def test_by_table_tells_rejected_rows_from_warnings(result: Validation) -> None:
    staff = result.by_table().row(by_predicate=pl.col("table") == "MHS901StaffDetails", named=True)
    missing_columns = result.findings.filter(
        pl.col("row_number").is_null(), table="MHS901StaffDetails"
    )
    assert staff == {
        "table": "MHS901StaffDetails",
        "submitted": 3,
        "accepted": 0,
        "rejected": 3,
        "warnings": 1 + len(missing_columns),
    }


def test_rejected_rows_come_in_order_and_once(result: Validation) -> None:
    assert result.rejected_rows("MHS901StaffDetails", cascade=True)["row_number"].to_list() == [
        2,
        3,
    ]


def test_rules_that_could_not_be_judged_are_named(result: Validation) -> None:
    assert {"MHS01423", "MHS20154", "MHS00016", "MHS00034", "MHS00125"} <= set(result.not_assessed)
    assert result.not_assessed[-2:] == ("MHSREJ001", "MHSREJ012")
    assert len(result.not_assessed) == 32


def test_a_notebook_shows_counts_without_keys(result: Validation) -> None:
    html = result._repr_html_()
    assert "a &lt;month&gt;" in html
    assert "MHS90115" in html
    assert "S&quot;3" not in html


def _staff_findings(result: Validation) -> list[dict[str, str]]:
    found = pl.col("row_number").is_not_null() & (pl.col("table") == "MHS901StaffDetails")
    return result.findings.filter(found).to_dicts()
