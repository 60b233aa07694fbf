"""The national code's own values on the oracle's extracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import Engine, open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, Standard

if TYPE_CHECKING:
    from pathlib import Path

KEY = ["MEASURE_ID", "MEASURE_NAME", "REPORTING_PERIOD_START", "REPORTING_PERIOD_END"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("provider", "folder"), [("RZZ", "input"), ("RZY", "input_second_provider")]
)
def test_figures_equal_those_of_the_national_code(
    shared: Path, standard: Standard, engine: Engine, provider: str, folder: str
) -> None:
    oracle = shared / "oracle" / "measures"
    figures = count(
        open_extracts(oracle / folder, standard=standard, engine=engine),
        standard=standard,
        period=ReportingPeriod(2025, 9),
        reference=read_reference(oracle, engine=engine),
    )
    ours = figures.exact().filter(BREAKDOWN="Provider").sort(KEY)
    ours = ours.cast({"EXACT_VALUE": pl.Float64})
    assert ours.select(*KEY, "MEASURE_VALUE", "EXACT_VALUE").equals(
        expected_figures(oracle, provider, list(standard.measures))
    )


def expected_figures(oracle: Path, provider: str, measure_ids: list[str]) -> pl.DataFrame:
    rows = pl.read_csv(oracle / "expected.csv", infer_schema=False).filter(
        pl.col("measure_id").is_in(measure_ids),
        breakdown="Provider",
        primary_level=provider,
        reporting_period_end="2025-09-30",
    )
    return rows.select(
        pl.col("measure_id", "measure_name").name.to_uppercase(),
        pl.col("reporting_period_start", "reporting_period_end")
        .str.to_date()
        .dt.to_string("%d/%m/%Y")
        .name.to_uppercase(),
        pl.col("value_published").alias("MEASURE_VALUE"),
        pl.col("value_unrounded").cast(pl.Float64).alias("EXACT_VALUE"),
    ).sort(KEY)
