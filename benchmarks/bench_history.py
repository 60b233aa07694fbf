"""The history of 36 months for one provider: how large it grows, and how fast a trend answers.

Run ``python benchmarks/bench_history.py [FIGURES]``; 3,000 figures a file by default. Each month
has a Performance file, its reissue and a Final file, a validation, and two reconciliations with
their walks. Targets: under 200 MB, and a trend in at most 0.2 s.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from mhsds_recon.frames import InputFile
from mhsds_recon.history import History, RunFile, RunRecord
from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import compare
from mhsds_recon.reconciliation.result import KEY_COLUMNS
from mhsds_recon.standard import ReportingPeriod

PROVIDER = "RZZ"
LAST = ReportingPeriod(2026, 3)
MONTHS = 36
LEVELS = 30
STEPS = 3
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
REPEATS = 7


def rows_of(period: ReportingPeriod, figures: int) -> pl.DataFrame:
    """Return the levels of a month's figures with exact values that vary from month to month."""
    number = pl.int_range(figures)
    level = number % LEVELS
    seed = pl.lit(period.number)
    return pl.select(
        reporting_period_start=pl.lit(period.start),
        reporting_period_end=pl.lit(period.end),
        status=pl.lit("Performance"),
        breakdown=pl.when(level == 0)
        .then(pl.lit("Provider"))
        .otherwise(pl.concat_str(pl.lit("Provider; Age group and gender "), level // 6)),
        primary_level=pl.lit(PROVIDER),
        primary_level_description=pl.lit("A TRUST"),
        secondary_level=pl.when(level == 0)
        .then(pl.lit("NONE"))
        .otherwise(pl.concat_str(pl.lit("Level with a middling name "), level)),
        secondary_level_description=pl.lit("NONE"),
        measure_id=pl.concat_str(pl.lit("MHS"), number // LEVELS),
        measure_name=pl.lit("A measure"),
        exact_value=((number * 7919 + seed * 31).hash() % 900).cast(pl.Float64),
        numerator=pl.lit(None, pl.Float64),
        denominator=pl.lit(None, pl.Float64),
        disclosure=pl.lit("bbrb_count"),
    ).with_columns(measure_value=shown(pl.col("exact_value")))


def shown(value: pl.Expr) -> pl.Expr:
    """Return counts as they are published."""
    rounded = ((value / 5).round() * 5).cast(pl.Int64).cast(pl.String)
    return pl.when(value < 5).then(pl.lit("*")).otherwise(rounded)  # noqa: PLR2004


def file_of(rows: pl.DataFrame, name: str, status: str, version: str) -> PublishedFigures:
    """Return a month's published file; a tenth of its values is not that of the rows."""
    moved = (pl.int_range(pl.len()).hash() % 10 == 0).cast(pl.Int64) * 10
    frame = rows.select(
        *rows.columns[:2],
        pl.lit(status).alias("status"),
        *rows.columns[3:10],
        published=shown(pl.col("exact_value") + moved),
        further_levels=pl.lit(""),
        file_version=pl.lit(version),
        file=pl.lit(name),
    ).with_columns(published_value=pl.col("published").cast(pl.Float64, strict=False))
    sha256 = hashlib.sha256(f"{name}{status}{version}".encode()).hexdigest()
    file = InputFile(name=name, sha256=sha256, size=200_000_000, rows=frame.height)
    return PublishedFigures(provider=PROVIDER, frame=frame, files=(file,))


def reconciliation(
    rows: pl.DataFrame, period: ReportingPeriod, file: PublishedFigures
) -> RunRecord:
    """Return a run that compared a month with a file, with a walk for every difference."""
    figures = Figures(provider=PROVIDER, period=period, frame=rows, missing_months={})
    result = compare(figures, file)
    differing = result.frame.filter(pl.col("result").str.starts_with("differs"))
    causes = pl.DataFrame({"cause_id": [f"VC{number:02}" for number in range(1, STEPS + 1)]})
    walk = differing.select(KEY_COLUMNS).join(causes, how="cross")
    walk = walk.with_columns(
        direction=pl.lit("local_higher"),
        size=pl.lit(4.0),
        evidence=pl.lit("measured"),
        rows=pl.lit(12, pl.Int64),
        rules=pl.lit("MHS10120: 12 rows, MHS10203: 3 rows"),
    )
    return RunRecord(
        verb="reconcile",
        provider=PROVIDER,
        period=period,
        software="0.1.0",
        standard="6.0",
        files=tuple(
            RunFile(role="extract", name=str(month), sha256="ab" * 32)
            for month in period.window(12)
        ),
        figures={"extract": figures},
        reconciliation=type(result)(
            provider=PROVIDER, period=period, frame=result.frame, variance=walk
        ),
    )


def fill(history: History, figures: int) -> list[float]:
    """Put the months into a history; return the seconds that each reconciliation took to add."""
    seconds = []
    for period in LAST.window(MONTHS):
        rows = rows_of(period, figures)
        for status, version in (("Performance", ""), ("Performance", "v2"), ("Final", "")):
            name = f"MHSDS Data_{period.start:%b}{status[:5]}_{period.year} {version}.csv"
            file = file_of(rows, name, status, version)
            history.keep_published(file, provider=PROVIDER, at=NOW)
            if version or status == "Final":
                record = reconciliation(rows, period, file)
                seconds.append(timed(lambda: history.record(record, at=NOW)))  # noqa: B023
    return seconds


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(figures: int = 3000) -> None:
    """Fill a history in a new file, then ask it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"
        with History.open(path) as history:
            adding = fill(history, figures)
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
        questions: dict[str, Callable[[History], object]] = {
            "one trend": lambda asked: asked.series(PROVIDER, measure_ids=["MHS7"]),
            "headline trends (8 measures)": lambda asked: asked.series(
                PROVIDER, measure_ids=[f"MHS{number}" for number in range(8)]
            ),
            "a measure at all levels": lambda asked: asked.series(
                PROVIDER, measure_ids=["MHS7"], breakdown=None
            ),
            "revisions of 8 measures": lambda asked: asked.revisions(
                PROVIDER, measure_ids=[f"MHS{number}" for number in range(8)]
            ),
            "changes of one month": lambda asked: asked.changes(PROVIDER, period=LAST),
            "verify": lambda asked: asked.verify(),
        }
        print(f"{MONTHS} months of {figures:,} figures: {size:.1f} MB")
        print(f"adding a reconciliation: {statistics.median(adding):.3f} s")
        for what, ask in questions.items():
            repeats = 1 if what == "verify" else REPEATS

            def answer(ask: Callable[[History], object] = ask) -> None:
                with History.open(path) as history:
                    ask(history)

            seconds = [timed(answer) for _ in range(repeats)]
            print(f"{what}, opening included: {statistics.median(seconds):.3f} s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
