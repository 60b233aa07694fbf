"""Validation measured against a hand-written plan, and on a whole month.

Run by hand: ``python benchmarks/bench_validation.py [rows] [people]``. Each run is a process of
its own, so that peak memory can be told; the two sides alternate and their medians are printed.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec
from big_tables import JUDGED, PATIENTS, SPELLS, write_tables
from by_hand import validate_by_hand

from mhsds_recon.frames import open_extract
from mhsds_recon.standard import load_standard
from mhsds_recon.testing import narrowed, synthetic_trust
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.standard import Standard

ROUNDS = 5
PEAK_UNIT = 1024**2 if sys.platform == "darwin" else 1024
Run = dict[str, float | str]


def main(rows: int, people: int) -> None:
    """Print processor time, wall time and peak memory of both benchmarks."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _compare_with_hand(folder, rows)
        _run_month(folder, people)


def perform(task: str, folder: Path, size: int) -> Run:
    """Do one task in this process and return its measures.

    Data are made in processes of their own as well: a child starts with its parent's peak.
    """
    if task == "write tables":
        write_tables(folder, size)
        return {}
    if task == "write month":
        synthetic_trust(people=size, months=1).write(folder, format="parquet")
        return {}
    return _measure(task, folder)


def _measure(side: str, folder: Path) -> Run:
    standard = load_standard("6.0")
    codes = {name: list(listed.values) for name, listed in standard.code_lists.items()}
    judged = _rules_of_big_tables(standard) if side == "compiled" else standard
    extract = None if side == "by hand" else open_extract(folder, standard=standard)
    wall, processor = time.perf_counter(), time.process_time()
    if extract is None:
        findings = validate_by_hand(folder, codes)
    else:
        findings = validate(extract, standard=judged).findings.drop_nulls("row_number")
    return {
        "processor s": time.process_time() - processor,
        "wall s": time.perf_counter() - wall,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PEAK_UNIT,
        "findings": len(findings),
        "rows": sum(file.rows for file in extract.files) if extract else 0,
        "digest": _digest(findings),
    }


def _compare_with_hand(folder: Path, rows: int) -> None:
    _in_a_process("write tables", folder, rows)
    sides: dict[str, list[Run]] = {"by hand": [], "compiled": []}
    for _ in range(ROUNDS):
        for side, runs in sides.items():
            runs.append(_in_a_process(side, folder))
    judged = ", ".join(JUDGED)
    print(f"{judged}, biggest of {rows:,} rows, the same rules both times, median of {ROUNDS}")
    for side, runs in sides.items():
        _show(side, runs)
    assert len({run["digest"] for runs in sides.values() for run in runs}) == 1
    ratio = _median(sides["compiled"], "processor s") / _median(sides["by hand"], "processor s")
    print(f"  compiled to by hand, processor time: {ratio:.2f}\n")


def _run_month(folder: Path, people: int) -> None:
    _in_a_process("write month", folder, people)
    (month,) = (folder / "extracts").iterdir()
    runs = [_in_a_process("month", month) for _ in range(ROUNDS)]
    print(f"whole month, {runs[0]['rows']:,} rows over all tables, median of {ROUNDS}")
    _show("compiled", runs)


def _in_a_process(task: str, folder: Path, size: int = 0) -> Run:
    command = [sys.executable, __file__, "--run", task, str(folder), str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    measures: Run = json.loads(done.stdout)
    return measures


def _rules_of_big_tables(standard: Standard) -> Standard:
    """Return the standard with the rules of the tables that are judged both ways.

    All of them warn, so that links look for any row of the other table, as they do by hand.
    """
    rules = {rule.code for table in JUDGED for rule in standard.rules_of(table)}
    few = narrowed(standard, (PATIENTS, SPELLS, *JUDGED), rules=rules)
    warnings = {
        code: msgspec.structs.replace(rule, level="warning") for code, rule in few.rules.items()
    }
    return msgspec.structs.replace(few, rules=warnings)


def _digest(findings: pl.DataFrame) -> str:
    rows = findings.select("code", "row_number").sort("code", "row_number")
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


def _median(runs: list[Run], measure: str) -> float:
    return median(float(run[measure]) for run in runs)


def _show(side: str, runs: list[Run]) -> None:
    names = ("processor s", "wall s", "peak MB", "findings")
    print(f"  {side:10}", *(f"{name} {_median(runs, name):,.2f}" for name in names), sep="  ")


if __name__ == "__main__":
    if "--run" in sys.argv:
        task, place, size = sys.argv[-3:]
        print(json.dumps(perform(task, Path(place), int(size))))
    else:
        asked = [int(text) for text in sys.argv[1:]]
        main(*(asked or (1_000_000, 150_000)))
