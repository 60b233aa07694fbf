"""Small text tables in, figures out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import polars as pl
import pytest

from mhsds_recon.frames import Engine, Extract, Reference, extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, Standard

Counted: TypeAlias = Callable[..., float]
SEPTEMBER = "2025-09"


def read_tables(text: str) -> dict[str, dict[str, pl.DataFrame]]:
    """Read blocks of ``YYYY-MM Table``, a line of elements and lines of values, by month."""
    months: dict[str, dict[str, pl.DataFrame]] = {}
    for block in text.strip().split("\n\n"):
        title, *lines = [line.strip() for line in block.strip().splitlines()]
        month, table = title.split()
        names, *rows = [[cell.strip() or None for cell in line.split("|")] for line in lines]
        schema = {str(name): pl.String for name in names}
        months.setdefault(month, {})[table] = pl.DataFrame(rows, schema, orient="row")
    return months


def header(month: str) -> pl.DataFrame:
    period = ReportingPeriod.parse(month)
    return pl.DataFrame(
        {
            "OrgIDProvider": ["RZZ"],
            "ReportingPeriodStartDate": [str(period.start)],
            "ReportingPeriodEndDate": [str(period.end)],
        }
    )


@pytest.fixture
def counted(standard: Standard, engine: Engine) -> Counted:
    """Count one measure in the months of a text, in September 2025 unless told otherwise."""

    def counted_in(
        measure_id: str, text: str, *, period: str = SEPTEMBER, elsewhere: str | None = None
    ) -> float:
        months = read_tables(text)
        months.setdefault(period, {})
        extracts = [_extract(month, tables) for month, tables in months.items()]
        postcodes = pl.LazyFrame(
            {"postcode": [elsewhere, "AB1 1AA"], "la_district": ["W06000015", "E06000001"]},
            {"postcode": pl.String, "la_district": pl.String},
        )
        figures = count(
            extracts,
            standard=standard,
            period=ReportingPeriod.parse(period),
            reference=Reference(postcodes=engine.scan(postcodes)) if elsewhere else Reference(),
            measure_ids=[measure_id],
        )
        values = figures.frame.filter(breakdown="Provider")["exact_value"].to_list()
        assert len(values) == 1
        return float(values[0])

    def _extract(month: str, tables: dict[str, pl.DataFrame]) -> Extract:
        frames = {**tables, "MHS000Header": header(month)}
        return extract_from_frames(frames, standard=standard, engine=engine, name=month)

    return counted_in
