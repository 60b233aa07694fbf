"""A real national file, read a second time with the csv module."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from mhsds_recon.published import read_published

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real_file(shared: Path) -> Path:
    """The one real file."""
    (path,) = (shared / "published").glob("*.csv")
    return path


@pytest.fixture(scope="module")
def rows(real_file: Path) -> list[dict[str, str]]:
    """Its rows, as the csv module reads them."""
    with real_file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_of_every_provider_is_read(real_file: Path, rows: list[dict[str, str]]) -> None:
    read = read_published(real_file).frame
    ours = Counter(read.select("breakdown", "primary_level", "measure_id", "published").iter_rows())
    theirs = Counter(
        (row["BREAKDOWN"], row["PRIMARY_LEVEL"], row["MEASURE_ID"], row["MEASURE_VALUE"])
        for row in rows
    )
    assert ours == theirs


def test_values_of_a_provider_add_up(real_file: Path, rows: list[dict[str, str]]) -> None:
    codes = sorted({row["PRIMARY_LEVEL"] for row in rows if row["BREAKDOWN"] == "Provider"})
    for code in codes[:: len(codes) // 5]:
        values = [row["MEASURE_VALUE"] for row in rows if row["PRIMARY_LEVEL"] == code]
        read = read_published(real_file, provider=code).frame
        assert read.height == len(values)
        assert read["published"].to_list() == values
        assert read["published_value"].sum() == sum(
            float(value) for value in values if value != "*"
        )


def test_the_version_and_periods_are_those_of_the_file(
    real_file: Path, rows: list[dict[str, str]]
) -> None:
    read = read_published(real_file).frame
    assert set(read["file_version"]) == {"v2"}
    periods = read.select("reporting_period_start", "reporting_period_end").unique().iter_rows()
    assert {tuple(day.strftime("%d/%m/%Y") for day in period) for period in periods} == {
        (row["REPORTING_PERIOD_START"], row["REPORTING_PERIOD_END"]) for row in rows
    }
