"""Rules that reject the whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.validation.file_rules import is_valid_nhs_number, judge_file, unjudged_file_rules

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import Standard

Tables = dict[str, dict[str, list[str | None]]]
HEADER: Tables = {
    "MHS000Header": {"OrgIDProvider": ["RZZ"], "ReportingPeriodStartDate": ["2025-09-01"]}
}
ROWS = {"MHS000Header": 1, "MHS001MPI": 2, "MHS002GP": 1, "MHS101Referral": 1}


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("9991000003", True),
        ("9991000004", False),  # wrong check digit
        ("9995000130", False),  # the check digit would be ten
        ("9990000999", False),  # mirrored
        ("0000000000", False),
        ("999100000", False),
        ("99910000030", False),
        ("999 100 0003", False),
        ("9991000003 ", False),
        ("999A000003", False),
        ("999100000٣", False),
    ],
)
def test_an_nhs_number_has_a_check_digit_and_does_not_mirror_itself(
    engine: Engine, number: str, *, valid: bool
) -> None:
    numbers = engine.scan(pl.LazyFrame({"NHSNumber": [number]}))
    (answer,) = engine.collect([numbers.select(is_valid_nhs_number("NHSNumber"))])
    assert answer.item() is valid


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("MHS000Header", "MHSREJ002"),
        ("MHS001MPI", "MHSREJ003"),
        ("MHS101Referral", "MHSREJ004"),
        ("MHS002GP", "MHSREJ005"),
    ],
)
def test_four_tables_must_have_rows(standard: Standard, missing: str, code: str) -> None:
    assert _codes(standard, {}, submitted={**ROWS, missing: 0}) == (code,)


def test_a_header_that_fails_or_is_repeated_rejects_the_file(standard: Standard) -> None:
    rejected = {**ROWS, "MHS000Header": 0}
    assert _codes(standard, {}, submitted=ROWS, valid=rejected) == ("MHSREJ015",)
    repeated = {**ROWS, "MHS000Header": 2}
    assert _codes(standard, {}, submitted=repeated) == ("MHSREJ015",)


def test_the_header_alone_is_not_a_row_that_is_left(standard: Standard) -> None:
    nothing = {**dict.fromkeys(ROWS, 0), "MHS000Header": 1}
    assert _codes(standard, {}, submitted=ROWS, valid=nothing) == ("MHSREJ101",)


def test_bad_and_shared_numbers_reject_the_file(standard: Standard) -> None:
    tables: Tables = {
        "MHS001MPI": {
            "NHSNumber": ["9991000003", "9991000003", None, " "],
            "LocalPatientID": ["P1", "P2", "P3", "P3"],
        },
        "MHS302MHDropInContact": {"NHSNumber": ["9991000004"]},
    }
    assert _codes(standard, tables) == ("MHSREJ006b", "MHSREJ102", "MHSREJ103")


def test_what_only_the_portal_sees_is_not_assessed(standard: Standard) -> None:
    assert unjudged_file_rules(standard) == ("MHSREJ001", "MHSREJ012")


def _codes(
    standard: Standard,
    tables: Tables,
    *,
    submitted: dict[str, int] = ROWS,
    valid: dict[str, int] | None = None,
) -> tuple[str, ...]:
    return judge_file(
        _extract(standard, tables), standard, submitted=submitted, valid=valid or submitted
    ).codes


def _extract(standard: Standard, tables: Tables) -> Extract:
    frames = {
        name: pl.DataFrame(values, schema=dict.fromkeys(values, pl.String))
        for name, values in {**HEADER, **tables}.items()
    }
    return extract_from_frames(frames, standard=standard)
