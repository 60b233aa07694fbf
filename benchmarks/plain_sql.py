"""Twelve measures as plain SQL in DuckDB, run one after another."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl
from msgspec.structs import asdict

from mhsds_recon.standard import ReportingPeriod, load_standard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from msgspec import Struct

__all__ = ["MEASURES", "count_by_sql"]

_SQL = Path(__file__).parent / "sql"
_FILES = {file.stem.partition("_")[2]: file for file in sorted(_SQL.glob("*_M*.sql"))}
MEASURES = tuple(_FILES)
"""Four measures each of access, outcomes and waits."""

_READ_TABLE = """
CREATE MACRO read_table(name) AS TABLE FROM read_parquet(
    getvariable('folder') || '/extracts/*/' || name || '.parquet',
    filename = true, file_row_number = true
)
"""


def count_by_sql(folder: Path, provider: str, period: ReportingPeriod) -> dict[str, float]:
    """Return the value of each measure by its id, each worked out from the files on its own."""
    connection = duckdb.connect()
    quarter_start = period.window(3)[0].start
    year = period.year - (period.month < 4)  # noqa: PLR2004  the financial year begins in April
    variables = {
        "folder": str(folder),
        "provider": provider,
        "period": period.number,
        "period_start": period.start,
        "period_end": period.end,
        "quarter_start": quarter_start,
        "year_start": dt.date(year, 4, 1),
    }
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    standard = load_standard()
    for name, frame in {
        "postcode_lookup": _read(folder, "postcode_lookup"),
        "snomed_refsets": _read(folder, "snomed_refsets"),
        "outcome_tools": _rows(standard.outcome_tools),
        "rcads_norms": _rows(standard.rcads_norms),
    }.items():
        connection.register("given", frame.to_arrow())
        connection.execute(f"CREATE TABLE {name} AS FROM given")
    connection.execute(_READ_TABLE)
    for views in ("views", "views_of_outcomes", "views_of_waits"):
        connection.execute((_SQL / f"{views}.sql").read_text())
    values = {}
    for measure, file in _FILES.items():
        (value,) = connection.execute(file.read_text()).fetchall()[0]
        values[measure] = float(value)
    return values


def _read(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / "reference" / f"{name}.csv", infer_schema=False)


def _rows(definitions: Iterable[Struct]) -> pl.DataFrame:
    return pl.DataFrame([asdict(one) for one in definitions])
