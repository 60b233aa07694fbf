"""Local and published figures to compare, one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.standard import ReportingPeriod

SEPTEMBER = ReportingPeriod(2025, 9)
_SHARED: dict[str, Any] = {
    "reporting_period_start": SEPTEMBER.start,
    "reporting_period_end": SEPTEMBER.end,
    "status": "Performance",
    "breakdown": "Provider",
    "primary_level": "RZZ",
    "primary_level_description": "A TRUST",
    "secondary_level": "NONE",
    "secondary_level_description": "NONE",
    "measure_id": "M1",
    "measure_name": "A measure",
}
_LOCAL: dict[str, Any] = {
    **_SHARED,
    "exact_value": 12.0,
    "numerator": None,
    "denominator": None,
    "disclosure": "bbrb_count",
    "measure_value": "10",
}
_PUBLISHED: dict[str, Any] = {
    **_SHARED,
    "published": "10",
    "published_value": None,
    "further_levels": "",
    "file_version": "v2",
    "file": "a_v2.csv",
}
_NUMBERS = ("exact_value", "numerator", "denominator", "published_value")
_FLOATS = dict.fromkeys(_NUMBERS, pl.Float64)


@pytest.fixture
def local() -> Callable[..., Figures]:
    """Return a function that makes local figures, each row given by what it changes."""

    def make(*changes: Mapping[str, Any]) -> Figures:
        rows = [{**_LOCAL, **change} for change in changes]
        frame = pl.DataFrame(rows, schema_overrides=_FLOATS | {"disclosure": pl.String})
        return Figures(provider="RZZ", period=SEPTEMBER, frame=frame, missing_months={})

    return make


@pytest.fixture
def published() -> Callable[..., PublishedFigures]:
    """Return a function that makes published figures, each row given by what it changes."""

    def make(*changes: Mapping[str, Any]) -> PublishedFigures:
        rows = [{**_PUBLISHED, **change} for change in changes]
        frame = pl.DataFrame(rows, schema_overrides=_FLOATS | {"published": pl.String})
        number = pl.col("published").cast(pl.Float64, strict=False)
        return PublishedFigures(
            provider="RZZ", frame=frame.with_columns(published_value=number), superseded=3
        )

    return make
