"""Counting measures of a large trust: time, memory, growth, and against plain SQL.

Run by hand: ``python benchmarks/bench_measures.py [people] [months of growth]``. Every run is a
process of its own, so that peak memory can be told. 80,000 people over 12 months are about
1,650,000 referral rows and 2,500,000 contacts. Targets: all measures in 20 s and 4 GB on two
cores, twelve measures at least 5 times faster than one after another in DuckDB, growth linear.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import linear_regression
from typing import Any

from large_trust import PERIOD, PROVIDER, write_large_trust
from plain_sql import MEASURES, count_by_sql

from mhsds_recon.frames import Extract, open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard

MONTHS = 12
GROWTH = (1, 3, 6, 12, 24, 36)
PEAK_UNIT = 1024**2 if sys.platform == "darwin" else 1024
TABLES = ("MHS001MPI", "MHS101Referral", "MHS201CareContact", "MHS202CareActivity")
Run = dict[str, Any]


def main(people: int, people_of_growth: int) -> None:
    """Print what counting takes, what plain SQL takes, and how time grows with the months."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run("write", folder, people, MONTHS)
        everything = run("all", folder, MONTHS)
        print(f"{MONTHS} months, rows {everything['rows']}")
        show("all measures", everything)
        ours, plain = run("twelve", folder, MONTHS), run("sql", folder)
        show("twelve measures", ours)
        show("twelve in plain SQL", plain)
        assert ours["values"] == plain["values"], (ours["values"], plain["values"])
        ratio = plain["processor s"] / ours["processor s"]
        print(f"  the same values; SQL takes {ratio:.1f} times the processor time")
    if people_of_growth:
        with tempfile.TemporaryDirectory() as place:
            grow(Path(place), people_of_growth)


def grow(folder: Path, people: int) -> None:
    """Print how the time for all measures grows with the months that are looked at."""
    run("write", folder, people, max(GROWTH))
    points = []
    for months in GROWTH:
        counted = run("all", folder, months)
        show(f"{months} months", counted)
        points.append((math.log(sum(counted["rows"].values())), math.log(counted["processor s"])))
    slope = linear_regression(*zip(*points, strict=True)).slope
    print(f"  processor time grows with rows to the power of {slope:.2f}")


def perform(task: str, folder: Path, *numbers: int) -> Run:
    """Do one task in this process and return what it took."""
    if task == "write":
        write_large_trust(folder, *numbers)
        return {}
    standard, period = load_standard(), ReportingPeriod.parse(PERIOD)
    if task == "sql":
        wall, processor = time.perf_counter(), time.process_time()
        return {"values": count_by_sql(folder, PROVIDER, period), **taken(wall, processor)}
    extracts = open_extracts(folder / "extracts", standard=standard)[-numbers[0] :]
    wanted = MEASURES if task == "twelve" else None
    wall, processor = time.perf_counter(), time.process_time()
    figures = count(
        extracts,
        standard=standard,
        period=period,
        reference=read_reference(folder / "reference"),
        measure_ids=wanted,
        breakdowns=["Provider"] if wanted else None,
    )
    took = taken(wall, processor)
    values = figures.frame.select("measure_id", "exact_value") if wanted else figures.frame.clear()
    return {
        "values": dict(sorted(values.iter_rows())) if wanted else {},
        "rows": rows_of(extracts, standard),
        **took,
    }


def rows_of(extracts: tuple[Extract, ...], standard: Standard) -> dict[str, int]:
    """Return how many rows the biggest tables have over all months."""
    files = [file for extract in extracts for file in extract.files]
    return {
        table: sum(file.rows for file in files if Path(file.name).stem == table)
        for table in TABLES
        if table in standard.tables
    }


def taken(wall: float, processor: float) -> Run:
    """Return the time since two readings of the clocks, and the peak memory of this process."""
    return {
        "processor s": time.process_time() - processor,
        "wall s": time.perf_counter() - wall,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PEAK_UNIT,
    }


def run(task: str, folder: Path, *numbers: int) -> Run:
    """Do one task in a process of its own."""
    command = [sys.executable, __file__, "--run", task, str(folder), *map(str, numbers)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    result: Run = json.loads(done.stdout)
    return result


def show(name: str, took: Run) -> None:
    """Print what a run took."""
    print(f"  {name:20}", *(f"{key} {took[key]:,.1f}" for key in taken(0, 0)), sep="  ")


if __name__ == "__main__":
    if "--run" in sys.argv:
        job, place, *rest = sys.argv[sys.argv.index("--run") + 1 :]
        print(json.dumps(perform(job, Path(place), *map(int, rest))))
    else:
        asked = [int(text) for text in sys.argv[1:]]
        main(*(asked or (80_000, 10_000)))
