"""One provider's rows of a full national file in a zip, against a bare scan with the same filter.

Run ``python benchmarks/bench_published.py [ROWS]``; 1,200,000 rows (about 200 MB) by default.
Targets: at most 5 s, 1 GB and 1.3 times the bare scan.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from mhsds_recon.published import LocalCounts, read_published
from mhsds_recon.reconciliation import compare
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.publication import PUBLISHED_COLUMNS

PROVIDER = "RB7"
PERIOD = ReportingPeriod(2024, 4)
REPEATS = 7


def write(path: Path, rows: int) -> None:
    """Write a national file of so many rows: 400 providers, three fifths of values suppressed."""
    number = pl.int_range(rows)
    code = pl.concat_str(pl.lit("R"), pl.lit("ABCD").str.slice(number % 4, 1), number // 4 % 100)
    measure = pl.concat_str(pl.lit("MHS"), number // 400)
    value = pl.when(number.hash() % 5 < 3).then(pl.lit("*")).otherwise(number % 997 * 5 + 5)  # noqa: PLR2004
    columns = {
        "REPORTING_PERIOD_START": pl.lit("01/04/2024"),
        "REPORTING_PERIOD_END": pl.lit("30/04/2024"),
        "STATUS": pl.lit("Performance"),
        "BREAKDOWN": pl.lit("Provider"),
        "PRIMARY_LEVEL": code,
        "PRIMARY_LEVEL_DESCRIPTION": pl.concat_str(code, pl.lit(" NHS FOUNDATION TRUST")),
        "SECONDARY_LEVEL": pl.lit("NONE"),
        "SECONDARY_LEVEL_DESCRIPTION": pl.lit("NONE"),
        "MEASURE_ID": measure,
        "MEASURE_NAME": pl.concat_str(
            pl.lit("People in contact with services at the end of the reporting period, "), measure
        ).str.replace(",", ":", literal=True),
        "MEASURE_VALUE": value,
    }
    frame = pl.select(number.alias("n")).select(
        column.alias(name) for name, column in columns.items()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{path.stem}/{path.stem}.csv", frame.write_csv())


def bare_scan(path: Path) -> int:
    """Return how many rows a scan finds that checks and types nothing."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(archive.namelist()[0])
    own = (pl.col("PRIMARY_LEVEL") == PROVIDER) | (pl.col("SECONDARY_LEVEL") == PROVIDER)
    scanned = pl.scan_csv(content, schema=dict.fromkeys(PUBLISHED_COLUMNS, pl.String))
    return scanned.filter(own).collect(engine="streaming").height


def ours(path: Path) -> int:
    """Return how many rows we read."""
    return read_published(path, provider=PROVIDER).frame.height


def reconciled(path: Path) -> int:
    """Return how many figures come out of reading and comparing."""
    published = read_published(path, provider=PROVIDER)
    local = published.frame.with_columns(
        pl.col("published").alias("measure_value"),
        pl.col("published_value").alias("exact_value"),
        pl.lit("bbrb_count").alias("disclosure"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("numerator", "denominator")),
    )
    counts = LocalCounts(provider=PROVIDER, period=PERIOD, frame=local)
    return compare(counts, published).frame.height


def timed(read: Callable[[Path], int], path: Path) -> None:
    """Print the best time of several and the peak memory of this process."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        rows = read(path)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{read.__name__}: {rows:,} rows, best of {REPEATS} {min(seconds):.2f} s, {peak:,.0f} MB")


READINGS = {read.__name__: read for read in (bare_scan, ours, reconciled)}


def main() -> None:
    """Write the file, then take each reading in a process of its own."""
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--read"]:
        timed(READINGS[sys.argv[3]], Path(sys.argv[2]))
    else:
        rows = sys.argv[1] if len(sys.argv) > 1 else "1200000"
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "MHSDS Data_AprPerf_2024.zip")
            run("--write", path, rows)
            for name in READINGS:
                run("--read", path, name)


def run(*arguments: str) -> None:
    """Run this script again, so that memory is counted for one job only."""
    subprocess.run([sys.executable, __file__, *arguments], check=True)  # noqa: S603  this very script


if __name__ == "__main__":
    main()
