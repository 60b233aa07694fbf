"""The synthetic national file around one provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.published import read_published
from mhsds_recon.standard.publication import PUBLISHED_COLUMNS
from mhsds_recon.testing import published_rows, write_published

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def figures() -> pl.DataFrame:
    """Published figures of one provider, and an England row that must not be kept."""
    start = ("01/09/2025", "30/09/2025", "Performance")
    none = ("NONE", "NONE")
    return pl.DataFrame(
        [
            (*start, "Provider", "RZZ", "TRUST", *none, "MHS30d", "Attended contacts", "105"),
            (*start, "Provider", "RZZ", "TRUST", *none, "MHS110", "Closed referrals", "*"),
            (*start, "Provider", "RZZ", "TRUST", *none, "MHS111a", "Percentage of referrals", "41"),
            (*start, "England", "England", "England", *none, "MHS30d", "Attended contacts", "105"),
        ],
        schema=PUBLISHED_COLUMNS,
        orient="row",
    )


def test_the_providers_rows_are_kept_as_they_are(figures: pl.DataFrame) -> None:
    rows = published_rows(figures, seed=1)
    own = rows.filter(PRIMARY_LEVEL="RZZ")
    given = figures.filter(PRIMARY_LEVEL="RZZ")
    assert own.sort("MEASURE_ID").equals(given.sort("MEASURE_ID"))


def test_other_providers_show_multiples_of_five_or_a_star(figures: pl.DataFrame) -> None:
    others = published_rows(figures, seed=1).filter(
        ~pl.col("PRIMARY_LEVEL").is_in(["RZZ", "England"])
    )
    assert others["PRIMARY_LEVEL"].n_unique() >= 12
    counts = others.filter(pl.col("MEASURE_ID") != "MHS111a")["MEASURE_VALUE"]
    shown = [int(value) for value in counts if value != "*"]
    assert 0 < len(shown) < len(counts)
    assert all(value >= 5 and value % 5 == 0 for value in shown)


def test_england_is_one_unrounded_row_for_each_measure(figures: pl.DataFrame) -> None:
    rows = published_rows(figures, seed=1)
    england = rows.filter(BREAKDOWN="England")
    assert sorted(england["MEASURE_ID"]) == ["MHS110", "MHS111a", "MHS30d"]
    contacts = rows.filter(pl.col("MEASURE_ID") == "MHS30d", pl.col("BREAKDOWN") == "Provider")
    total = int(england.filter(MEASURE_ID="MHS30d")["MEASURE_VALUE"].item())
    shown = sum(int(value) for value in contacts["MEASURE_VALUE"] if value != "*")
    assert abs(total - shown) <= 4 * contacts.height


def test_the_seed_decides(figures: pl.DataFrame) -> None:
    assert published_rows(figures, seed=1).equals(published_rows(figures, seed=1))
    assert not published_rows(figures, seed=1).equals(published_rows(figures, seed=2))


@pytest.mark.parametrize("name", ["MHSDS Data_SepPerf_2025.csv", "MHSDS Data_SepPerf_2025.zip"])
def test_a_written_file_can_be_read_as_published(
    figures: pl.DataFrame, tmp_path: Path, name: str
) -> None:
    frame = published_rows(figures, seed=1)
    write_published(frame, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    write_published(frame, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    assert read_published(tmp_path / name) is not None
