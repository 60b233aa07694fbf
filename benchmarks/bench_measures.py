"""Time and peak memory of all measures over twelve months of a synthetic trust.

Run ``python benchmarks/bench_measures.py [PEOPLE] [ENGINE]``; 80,000 people and polars by default.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mhsds_recon.frames import engine_named, open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing import synthetic_trust

PERIOD = ReportingPeriod(2025, 9)
REPEATS = 3


def write(folder: Path, people: int) -> None:
    """Write twelve months of a synthetic trust as parquet."""
    synthetic_trust(months=12, people=people, last_period=str(PERIOD)).write(
        folder, format="parquet"
    )


def measure(folder: Path, engine_name: str) -> None:
    """Count all measures, best of three, and print what it took."""
    standard = load_standard()
    engine = engine_named(engine_name)
    extracts = open_extracts(folder / "extracts", standard=standard, engine=engine)
    reference = read_reference(folder / "reference", engine=engine)
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        figures = count(extracts, standard=standard, period=PERIOD, reference=reference)
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = {
        table: sum(file.rows for e in extracts for file in e.files if Path(file.name).stem == table)
        for table in ("MHS001MPI", "MHS101Referral", "MHS201CareContact")
    }
    print(f"{engine_name}: {len(standard.measures)} measures, {len(extracts)} months, rows {rows}")
    print(f"best of {REPEATS}: {min(seconds):.2f} s, peak memory {peak:,.0f} MB")
    print(figures.frame.filter(breakdown="Provider").select("measure_id", "exact_value"))


def main() -> None:
    """Write the trust in a process of its own, so that its memory is not counted."""
    people = sys.argv[1] if len(sys.argv) > 1 else "80000"
    engine = sys.argv[2] if len(sys.argv) > 2 else "polars"  # noqa: PLR2004  two arguments
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--write", folder, people]
        subprocess.run(command, check=True)  # noqa: S603  this very script
        measure(Path(folder), engine)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
