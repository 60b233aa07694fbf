"""Our figures beside those that the national code published for the same extracts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from mhsds_recon import measure, read_published
from mhsds_recon.measures import Figures
from mhsds_recon.reconciliation import compare
from mhsds_recon.standard.publication import PUBLISHED_COLUMNS, SUPPRESSED

pytestmark = pytest.mark.shared
PROVIDER = "RZZ"


@pytest.fixture(scope="module")
def figures(shared: Path) -> Figures:
    """Every measure, counted from the oracle's extracts."""
    oracle = shared / "oracle" / "measures"
    return measure(oracle / "input", period="2025-09", reference=oracle)


def national_rows(shared: Path, *, more: int) -> Iterator[dict[str, str]]:
    """Yield the published provider rows that our own data can give, numbers raised by so much."""
    with (shared / "oracle" / "measures" / "expected.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            value = row["value_published"]
            ours = row["own_data_value_unrounded"] in {"", row["value_unrounded"]}
            if (
                row["primary_level"] == PROVIDER
                and row["breakdown"] == "Provider"
                and value
                and ours
            ):
                raised = value if value == SUPPRESSED else str(float(value) + more)
                told = {**row, "status": "Performance ", "measure_value": raised}
                yield {name: told.get(name.lower(), "NONE") for name in PUBLISHED_COLUMNS}


@pytest.mark.parametrize(
    ("more", "results"),
    [(0, {"agree", "agree_within_rounding"}), (5, {"differs_unexplained"})],
)
def test_each_figure_agrees_with_the_national_one_and_with_no_other(
    shared: Path, tmp_path: Path, figures: Figures, more: int, results: set[str]
) -> None:
    path = tmp_path / "MHSDS Data_SepPerf_2025.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, PUBLISHED_COLUMNS)
        writer.writeheader()
        writer.writerows(national_rows(shared, more=more))
    frame = compare(figures, read_published(path, provider=PROVIDER)).frame
    counted = frame.filter(
        frame["measure_id"].is_in(figures.frame["measure_id"].to_list()),
        frame["published"].is_not_null(),
    )
    assert counted.height > 200
    assert set(counted["result"]) == {*results, "suppressed_consistent"}
