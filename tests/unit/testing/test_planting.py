"""Planted errors are found and cost exactly what they state."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.testing import describe_planted, synthetic_trust
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.testing import SyntheticTrust

LAST = ReportingPeriod(2025, 9)
MEASURES = ("MHS95", "MHS30d", "CYP32", "MHS110", "MRS11", "MRS12", "MRS13")


def _validate(trust: SyntheticTrust, folder: Path, standard: Standard) -> list[Validation]:
    trust.write(folder, format="parquet")
    extracts = open_extracts(folder / "extracts", standard=standard)
    return [validate(extract, standard=standard) for extract in extracts]


@pytest.fixture(scope="module")
def validations(
    faulty: SyntheticTrust, standard: Standard, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Validation]:
    """What the rules say about each month of the faulty trust."""
    results = _validate(faulty, tmp_path_factory.mktemp("faulty"), standard)
    return {str(result.extract.period): result for result in results}


def test_the_faulty_trust_is_the_clean_one_outside_the_planted_tables(
    clean: SyntheticTrust, faulty: SyntheticTrust
) -> None:
    touched = {(error.period, error.table) for error in faulty.planted}
    touched.add(("2025-09", "MHS002GP"))  # its rows are left out to fault MHS001MPI
    for period, tables in clean.extracts.items():
        for name, rows in tables.items():
            same = rows.equals(faulty.extracts[period][name])
            assert same == ((period, name) not in touched), (period, name)


def test_each_rule_names_the_rows_that_were_planted(
    faulty: SyntheticTrust, validations: dict[str, Validation]
) -> None:
    for error in faulty.planted:
        findings = validations[error.period].findings.filter(pl.col("table") == error.table)
        if error.code == "shape":
            found = findings.filter(pl.col("row_number").is_null())
        else:
            found = findings.filter(code=error.code, level=error.level)
        # Contacts of a rejected referral break the same link as those without a referral.
        expected = error.rows + (
            sum(
                other.rows_lost.get(error.table, 0)
                for other in faulty.planted
                if other.period == error.period and other.table in {"MHS101Referral", "MHS001MPI"}
            )
            if error.code == "MHS20142"
            else 0
        )
        assert found.height == expected, error.name


def test_exactly_the_stated_rows_are_lost(
    faulty: SyntheticTrust, validations: dict[str, Validation]
) -> None:
    for period, result in validations.items():
        stated: Counter[str] = Counter()
        for error in faulty.planted:
            if error.period == period:
                stated.update(error.rows_lost)
        lost = result.accepted.filter(pl.col("submitted") > pl.col("accepted"))
        rows = lost.select("table", pl.col("submitted") - pl.col("accepted")).rows()
        assert dict(rows) == dict(stated)


def _values(extracts: Iterable[Extract], folder: Path, standard: Standard) -> dict[str, float]:
    figures = count(
        list(extracts),
        standard=standard,
        period=LAST,
        reference=read_reference(folder / "reference"),
        measure_ids=MEASURES,
    )
    rows = figures.frame.filter(breakdown="Provider")
    return dict(rows.select("measure_id", "exact_value").iter_rows())


@pytest.mark.parametrize("months", [1, 2, 7])
def test_measures_lose_exactly_what_is_stated(
    tmp_path: Path, standard: Standard, months: int
) -> None:
    clean = synthetic_trust(months=months, people=100, seed=8, plant=False)
    clean.write(tmp_path / "clean", format="parquet")
    whole = open_extracts(tmp_path / "clean/extracts", standard=standard)
    before = _values(whole, tmp_path / "clean", standard)

    faulty = synthetic_trust(months=months, people=100, seed=8)
    accepted = [
        result.accepted_extract() for result in _validate(faulty, tmp_path / "faulty", standard)
    ]
    after = _values(accepted, tmp_path / "faulty", standard)

    stated: Counter[str] = Counter()
    for error in faulty.planted:
        stated.update(error.loss)
    assert {name: before[name] - after[name] for name in MEASURES} == {
        name: stated[name] for name in MEASURES
    }


def test_every_sort_of_fault_is_planted(faulty: SyntheticTrust) -> None:
    levels = {error.level for error in faulty.planted}
    assert levels == {"record_rejected", "group_rejected", "warning", "severity_1_warning", "shape"}
    assert {error.period for error in faulty.planted} == {"2025-04", "2025-09"}


def test_no_two_faults_share_a_victim(faulty: SyntheticTrust) -> None:
    roots = [error for error in faulty.planted if error.rows_lost]
    patients = sum(error.rows_lost.get("MHS001MPI", 0) for error in roots)
    referrals = sum(error.rows_lost.get("MHS101Referral", 0) for error in roots)
    assert (
        patients
        == referrals
        == sum(error.rows for error in roots if error.table in {"MHS001MPI", "MHS101Referral"})
    )


def test_one_month_alone_has_no_faults_of_an_earlier_month() -> None:
    trust = synthetic_trust(months=1, people=100)
    assert {error.period for error in trust.planted} == {"2025-09"}


def test_the_description_names_each_error_and_its_cost(faulty: SyntheticTrust) -> None:
    lines = describe_planted(faulty.planted).splitlines()
    assert len(lines) == 2 + len(faulty.planted)
    for error, line in zip(faulty.planted, lines[2:], strict=True):
        assert error.name in line
        assert error.code in line
        assert all(f"{measure} {lost}" in line for measure, lost in error.loss.items())
