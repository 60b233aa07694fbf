"""Small text tables in, figures out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import polars as pl
import pytest

from mhsds_recon.frames import Engine, Extract, Reference, extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.measures.submissions import Derivation, gather
from mhsds_recon.standard import ReportingPeriod, Standard

Counted: TypeAlias = Callable[..., float]
CountedByLevel: TypeAlias = Callable[..., dict[str, float]]
Derived: TypeAlias = Callable[..., pl.DataFrame]
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
            {
                "postcode": [elsewhere, "AB1 1AA"],
                "la_district": ["W06000015", "E06000001"],
                "sub_icb": ["", "Q1A"],
            },
            {"postcode": pl.String, "la_district": pl.String, "sub_icb": pl.String},
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
        return float(values[0] or 0)

    def _extract(month: str, tables: dict[str, pl.DataFrame]) -> Extract:
        frames = {**tables, "MHS000Header": header(month)}
        return extract_from_frames(frames, standard=standard, engine=engine, name=month)

    return counted_in


@pytest.fixture
def counted_by_level(standard: Standard, engine: Engine) -> CountedByLevel:
    """Count measures in the months of a text: what there is, by measure and second level."""

    def counted_in(text: str, *measure_ids: str) -> dict[str, float]:
        figures = count(
            submitted(text, standard, engine),
            standard=standard,
            period=ReportingPeriod.parse(SEPTEMBER),
            measure_ids=measure_ids,
        )
        rows = figures.frame.filter(
            pl.col("breakdown").str.starts_with("Provider"), pl.col("exact_value").is_not_null()
        )
        return {
            measure_id if level == "NONE" else f"{measure_id} {level}": value
            for measure_id, level, value in rows.select(
                "measure_id", "secondary_level", "exact_value"
            ).iter_rows()
        }

    return counted_in


@pytest.fixture
def extracts_of(standard: Standard, engine: Engine) -> Callable[[str], list[Extract]]:
    """Make extracts of the months of a text, September 2025 among them."""
    return lambda text: submitted(text, standard, engine)


@pytest.fixture
def derived(standard: Standard, engine: Engine) -> Derived:
    """Make a derivation from the months of a text, and perhaps members of reference sets."""

    def derived_from(derivation: Derivation, text: str, *, members: str = "") -> pl.DataFrame:
        submissions = gather(
            submitted(text, standard, engine),
            standard=standard,
            period=ReportingPeriod.parse(SEPTEMBER),
            reference=Reference(refsets=engine.scan(read_members(members))),
        )
        return engine.collect([submissions.derive(derivation)], find_shared=False)[0]

    return derived_from


def read_members(lines: str) -> pl.LazyFrame:
    """Read lines of reference set, concept, whether active, and from when."""
    names = ("refset_id", "concept_id", "active", "effective_date")
    rows = [[cell.strip() for cell in line.split("|")] for line in lines.strip().splitlines()]
    return pl.LazyFrame(rows, dict.fromkeys(names, pl.String), orient="row")


def submitted(text: str, standard: Standard, engine: Engine) -> list[Extract]:
    months = read_tables(text)
    months.setdefault(SEPTEMBER, {})
    return [
        extract_from_frames(
            {**tables, "MHS000Header": header(month)}, standard=standard, engine=engine, name=month
        )
        for month, tables in months.items()
    ]
