"""The list of known failures: what is new, what is stale, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.errors import ReconError
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard import Standard
from mhsds_recon.testing import table_rows
from mhsds_recon.validation import Validation, validate
from mhsds_recon.validation.baseline import (
    SEVERITY,
    Baseline,
    KnownFailure,
    baseline_json,
    baseline_of,
    count_failures,
    gates,
    read_baseline,
)

GENDER = "MHS00131"


@pytest.fixture(scope="module")
def validation(standard: Standard) -> Validation:
    """Two patients with a wrong gender, in a file that is rejected."""
    tables = {
        "MHS000Header": table_rows("MHS000Header", {"OrgIDProvider": "RZZ"}),
        "MHS001MPI": table_rows(
            "MHS001MPI",
            {"LocalPatientID": "P1", "Gender": "8"},
            {"LocalPatientID": "P2", "Gender": "8"},
        ),
        "X": pl.DataFrame({"name": ["x"]}),
        "Y": pl.DataFrame({"name": ["x"]}),
    }
    return validate(extract_from_frames(tables, standard=standard), standard=standard)


def _baseline(code: str = GENDER, table: str = "MHS001MPI", rows: int = 2) -> Baseline:
    return Baseline(standard="6.0", failures=(KnownFailure(code=code, table=table, rows=rows),))


@pytest.mark.parametrize(
    ("stated", "verdict"), [(1, (True, False)), (2, (False, False)), (3, (False, True))]
)
def test_more_rows_are_new_and_fewer_make_the_entry_stale(
    validation: Validation, stated: int, verdict: tuple[bool, bool]
) -> None:
    failures = count_failures(validation, _baseline(rows=stated))
    (gender,) = (failure for failure in failures if failure.code == GENDER)
    assert (gender.rows, gender.known) == (2, stated)
    assert (gender.is_new, gender.is_stale) == verdict


def test_an_entry_that_no_row_fails_any_more_is_stale(validation: Validation) -> None:
    failures = count_failures(validation, _baseline("MHS00116"))
    assert [(f.code, f.rows) for f in failures if f.is_stale] == [("MHS00116", 0)]


def test_an_entry_of_a_rule_not_assessed_is_neither_stale_nor_lost(validation: Validation) -> None:
    baseline = _baseline("MHS20154", "MHS201CareContact", 7)
    assert "MHS20154" in validation.not_assessed
    assert not any(failure.is_stale for failure in count_failures(validation, baseline))
    assert baseline.failures[0] in baseline_of(validation, baseline).failures


def test_all_but_a_rejected_file_is_known_to_its_own_baseline(validation: Validation) -> None:
    failures = count_failures(validation, baseline_of(validation))
    assert [f.code for f in gates(failures, "warning")] == sorted(validation.file_verdict.codes)


def test_each_level_gates_itself_and_all_graver_ones(validation: Validation) -> None:
    failures = count_failures(validation)
    counted = [len(gates(failures, level)) for level in SEVERITY]
    *levels, never = counted
    assert levels == sorted(levels)
    assert levels[0] == len(validation.file_verdict.codes)
    assert levels[-1] == len(failures)
    assert never == 0


def test_tables_that_only_the_file_knows_are_counted_without_their_names(
    validation: Validation,
) -> None:
    (entry,) = (e for e in baseline_of(validation).failures if e.code == "SHAPE01")
    assert (entry.table, entry.rows) == ("", 2)


def test_a_written_baseline_is_read_back(
    validation: Validation, standard: Standard, tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    baseline = baseline_of(validation)
    path.write_text(baseline_json(baseline), encoding="utf-8")
    assert read_baseline(path, standard) == baseline
    assert path.read_text(encoding="utf-8").count("\n") == len(baseline.failures) + 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not as expected"),
        ("<<<<<<< HEAD", "not as expected"),
        ('{"standard": "6.0", "failures": [{"code": "MHS00131"}]}', "missing required field"),
        ('{"standard": "6.0", "failures": [], "x": 1}', "unknown field"),
        ('{"standard": "5.0", "failures": []}', "version 5.0 of the standard, not for 6.0"),
        (baseline_json(_baseline(rows=0)), ">= 1"),
        (baseline_json(_baseline("MHS00131x")), "Did you mean 'MHS00131'"),
        (baseline_json(_baseline(table="MHS002GP")), "is a rule of MHS001MPI, not of 'MHS002GP'"),
        (
            baseline_json(Baseline(standard="6.0", failures=_baseline().failures * 2)),
            "is listed 2 times",
        ),
    ],
)
def test_a_broken_baseline_is_refused_with_what_is_wrong(
    standard: Standard, tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReconError, match=message) as raised:
        read_baseline(path, standard)
    assert raised.value.exit_code == 3
    assert "baseline.json" in str(raised.value)


def test_a_missing_baseline_says_how_to_write_one(standard: Standard, tmp_path: Path) -> None:
    with pytest.raises(ReconError, match=r"cannot be read.*--update-baseline"):
        read_baseline(tmp_path / "none.json", standard)
