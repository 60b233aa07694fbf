"""Local figures, published files and runs to put into a history, made from a few words.

Run as a script it records runs, and may kill itself half-way: see ``main``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
from sqlalchemy import event

from mhsds_recon.frames import InputFile
from mhsds_recon.history import History, RunFile, RunRecord
from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import Reconciliation, compare
from mhsds_recon.reconciliation.result import KEY_COLUMNS
from mhsds_recon.standard import ReportingPeriod

SEPTEMBER = ReportingPeriod(2025, 9)
NOW = dt.datetime(2025, 11, 20, 9, 30, tzinfo=dt.UTC)


def figures_of(
    values: Mapping[str, float | None],
    *,
    period: ReportingPeriod = SEPTEMBER,
    provider: str = "RZZ",
    breakdown: str = "Provider",
) -> Figures:
    """Return local figures of one level by measure id."""
    rows = [
        {
            **_levels(measure_id, period, provider, breakdown),
            "exact_value": value,
            "numerator": None,
            "denominator": None,
            "disclosure": "bbrb_count",
            "measure_value": "*" if value is None or not value >= 5 else str(round(value / 5) * 5),
        }
        for measure_id, value in values.items()
    ]
    floats = dict.fromkeys(("exact_value", "numerator", "denominator"), pl.Float64)
    frame = pl.DataFrame(rows, schema_overrides=floats)
    return Figures(provider=provider, period=period, frame=frame, missing_months={})


def state(history: History, kind: str, content: str, *, period: str = "2025-09") -> int:
    """Add a statement about a provider's submission, and return its number."""
    return history.state(kind, provider="RZZ", period=period, content=content, at=NOW)


def file_of(  # noqa: PLR0913  what files differ in
    values: Mapping[str, str | None],
    *,
    name: str = "MHSDS Data_SepPerf_2025.csv",
    status: str = "Performance",
    version: str = "",
    period: ReportingPeriod = SEPTEMBER,
    provider: str = "RZZ",
) -> PublishedFigures:
    """Return a published file with values of one level by measure id."""
    rows = [
        {
            **_levels(measure_id, period, provider, "Provider"),
            "status": status,
            "published": value,
            "further_levels": "",
            "file_version": version,
            "file": name,
        }
        for measure_id, value in values.items()
    ]
    frame = pl.DataFrame(rows, schema_overrides={"published": pl.String}).with_columns(
        published_value=pl.col("published").cast(pl.Float64, strict=False)
    )
    told = f"{name} {status} {version} {period} {dict(values)}"
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    file = InputFile(name=name, sha256=sha256, size=len(told), rows=frame.height)
    return PublishedFigures(provider=provider, frame=frame, files=(file,))


def run_of(
    figures: Figures | None = None,
    *,
    verb: str = "measures",
    reconciliation: Reconciliation | None = None,
    **others: Any,  # noqa: ANN401  any field of a record
) -> RunRecord:
    """Return a run that holds some figures."""
    known = figures if figures is not None else figures_of({"M1": 12.0})
    return RunRecord(
        verb=verb,
        provider=known.provider,
        period=known.period,
        software="0.1.0",
        standard="6.0",
        files=(RunFile(role="extract", name="2025-09", sha256="ab" * 32, size=10, rows=3),),
        figures={"extract": known},
        reconciliation=reconciliation,
        **others,
    )


def reconcile_of(figures: Figures, *published: PublishedFigures) -> RunRecord:
    """Return a run that compared figures with a published file."""
    result = compare(figures, published[-1])
    return run_of(figures, verb="reconcile", reconciliation=result)


def walk_of(record: RunRecord, causes: list[str]) -> RunRecord:
    """Return a run whose first figure is explained by some causes, each with size 3."""
    compared = record.reconciliation
    assert compared is not None
    walk = [
        compared.frame.head(1)
        .select(KEY_COLUMNS)
        .with_columns(
            cause_id=pl.lit(cause),
            direction=pl.lit("local_higher"),
            size=pl.lit(3.0),
            evidence=pl.lit("measured"),
            rows=pl.lit(7, pl.Int64),
            rules=pl.lit("MHS1: 7 rows"),
        )
        for cause in causes
    ]
    return replace(record, reconciliation=replace(compared, variance=pl.concat(walk)))


def _levels(
    measure_id: str, period: ReportingPeriod, provider: str, breakdown: str
) -> dict[str, Any]:
    return {
        "reporting_period_start": period.start,
        "reporting_period_end": period.end,
        "status": "Performance",
        "breakdown": breakdown,
        "primary_level": provider,
        "primary_level_description": "A TRUST",
        "secondary_level": "NONE",
        "secondary_level_description": "NONE",
        "measure_id": measure_id,
        "measure_name": f"Measure {measure_id}",
    }


def main(address: str, first: int, last: int, die_at: str) -> None:
    """Record runs that each hold one figure of that value; die where a statement holds a text."""
    history = History.open(address)

    def die(*told: Any) -> None:  # noqa: ANN401  what SQLAlchemy tells
        if die_at and die_at in told[2]:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(history.engine, "before_cursor_execute", die)
    if die_at == "COMMIT":
        event.listen(history.engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    for value in range(first, last):
        history.record(run_of(figures_of({"M1": float(value)})), at=NOW)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
