"""The national code's own values on the oracle's extracts: every row of every defined measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from mhsds_recon.frames import Engine, open_extracts, read_reference
from mhsds_recon.measures import Figures, count
from mhsds_recon.standard import ReportingPeriod, Standard

if TYPE_CHECKING:
    from pathlib import Path

KEY = ["MEASURE_ID", "REPORTING_PERIOD_START", "BREAKDOWN", "PRIMARY_LEVEL", "SECONDARY_LEVEL"]
SHOWN = ["MEASURE_NAME", "MEASURE_VALUE"]
FOUR_DECIMALS = 0.000051


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
    expected = expected_figures(oracle, provider, standard)
    compared = expected.join(comparable(figures), on=KEY, how="left", suffix="_OURS")
    ours, theirs = pl.col("EXACT_VALUE_OURS"), pl.col("EXACT_VALUE")
    differing = compared.filter(
        (ours.is_null() != theirs.is_null())
        | ((ours - theirs).abs() > FOUR_DECIMALS).fill_null(value=False)
        | pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_OURS")) for name in SHOWN)
    )
    assert expected.height > 0
    assert differing.rows() == []


def comparable(figures: Figures) -> pl.DataFrame:
    """Return our figures, those of periods that are never published among them."""
    rows = figures.exact().with_columns(pl.col("EXACT_VALUE").cast(pl.Float64))
    return rows.select(*KEY, *SHOWN, "EXACT_VALUE")


def expected_figures(oracle: Path, provider: str, standard: Standard) -> pl.DataFrame:
    """Return the rows of a provider, where given with the value that its own data alone gives.

    Of those the published value is not told, so it is made of the own value where the two differ.
    """
    rows = pl.read_csv(oracle / "expected.csv", infer_schema=False).filter(
        pl.col("measure_id").is_in(list(standard.measures)),
        (pl.col("primary_level") == provider) | (pl.col("secondary_level") == provider),
    )
    own = pl.col("own_data_value_unrounded")
    differs = (own != pl.col("value_unrounded")).fill_null(value=False)
    return rows.select(
        pl.col("reporting_period_start").str.to_date().dt.to_string("%d/%m/%Y"),
        pl.when(differs)
        .then(published_again(own.cast(pl.Float64), pl.col("measure_id")))
        .otherwise(pl.col("value_published"))
        .alias("measure_value"),
        pl.coalesce(own, "value_unrounded").cast(pl.Float64).alias("exact_value"),
        pl.col("measure_id", "breakdown", "primary_level", "secondary_level", "measure_name"),
    ).rename(str.upper)


def published_again(value: pl.Expr, measure_id: pl.Expr) -> pl.Expr:
    """Return a value as published: days to the nearest whole number, counts to the nearest 5."""
    base = pl.when(measure_id.is_in(["MHS131", "MHS132", "MHS134", "MHS135"])).then(1).otherwise(5)
    return ((value / base + 0.5).floor() * base).cast(pl.Int64).cast(pl.String)
