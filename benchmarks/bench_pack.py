"""Time what the packs of a large trust take once their figures exist.

Run with ``python benchmarks/bench_pack.py [--people 80000] [--months 13] [--folder DIR]``; a folder
is filled the first time and used again. The clock starts where everything that is counted is there
and stops where the last file is written: sections, page, workbook, PDF, data, reconciliation and
the privacy gate over all of it. Target: 10 s on two cores, and a page under 1.5 MB.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import patch

from mhsds_recon import workflow
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.testing import published_rows, synthetic_trust, write_published
from mhsds_recon.validation import Validation
from mhsds_recon.workflow import packing

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

PERIOD, PROVIDER = "2025-09", "RZZ"
PARTS = ("build_pack", "_outputs", "check_privacy", "write_files")
STARTED = "started"
FORMS = ("html", "xlsx", "pdf")
PEAK_UNIT = 1024**2 if sys.platform == "darwin" else 1024


def main(folder: Path, people: int, months: int) -> None:
    """Print what pack A and pack B of a large trust take."""
    national = folder / "published" / "MHSDS Data_SepPerf_2025.csv"
    if not national.exists():
        write_trust(folder, national, people, months)
    for published in ((), (national,)):
        time_pack(folder, published)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PEAK_UNIT
    print(f"peak memory, with counting: {peak:,.0f} MB")


def write_trust(folder: Path, national: Path, people: int, months: int) -> None:
    """Write a trust's months, and the national file of what is accepted of them."""
    trust = synthetic_trust(months=months, people=people, provider=PROVIDER, last_period=PERIOD)
    trust.write(folder)
    accepted = opened(folder).count(ReportingPeriod.parse(PERIOD), form=Validation.accepted_extract)
    national.parent.mkdir()
    write_published(published_rows(accepted.published(), seed=1), national)


def opened(folder: Path) -> workflow.Run:
    """Return the trust's months."""
    return workflow.Run.open(folder / "extracts", reference=folder / "reference")


def time_pack(folder: Path, published: tuple[Path, ...]) -> None:
    """Print what a pack takes, and its parts."""
    spent: dict[str, float] = {}
    with ExitStack() as watched, tempfile.TemporaryDirectory() as output:
        for name in PARTS:
            watched.enter_context(
                patch.object(packing, name, timed(name, getattr(packing, name), spent))
            )
        began = time.process_time(), time.perf_counter()
        written = workflow.write_pack(
            opened(folder),
            period=ReportingPeriod.parse(PERIOD),
            generated_at=dt.datetime(2025, 11, 20, 9, tzinfo=dt.UTC),
            published=published,
            output=Path(output),
            to=FORMS,
        )
        ended = time.process_time(), time.perf_counter()
        sizes = {path.suffix: path.stat().st_size / 1e6 for path in written}
    after = ended[1] - spent.pop(STARTED)
    print(f"pack {'B' if published else 'A'}: {after:.1f} s after the figures exist", end=" ")
    print(f"(of {ended[1] - began[1]:.1f} s in all, {ended[0] - began[0]:.1f} s of processor time)")
    for name, seconds in spent.items():
        print(f"  {name.strip('_')}: {seconds:.1f} s")
    print(f"  page {sizes['.html']:.2f} MB, workbook {sizes['.xlsx']:.2f}, PDF {sizes['.pdf']:.2f}")


def timed(name: str, function: Callable[P, T], spent: dict[str, float]) -> Callable[P, T]:
    """Return a function that notes how long it took; the first one starts the clock."""

    def call(*arguments: P.args, **named: P.kwargs) -> T:
        started = time.perf_counter()
        spent.setdefault(STARTED, started)
        result = function(*arguments, **named)
        spent[name] = time.perf_counter() - started
        return result

    return call


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=80_000)
    parser.add_argument("--months", type=int, default=13)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        main(given.folder or Path(place), given.people, given.months)
