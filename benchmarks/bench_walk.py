"""Time the walk of 100 differing measures on a large trust.

The trust's warehouse counts contacts whether attended or not, and a rule rejects some contacts of
every month. With ``--lost`` the nation also lacks contacts that nothing explains, so that every
cause is looked for at the last stage too. Which rows are rejected is set, not judged: the copies
that the large trust is made of have NHS numbers without their check digits.

Run with ``python benchmarks/bench_walk.py [--people 80000] [--months 12] [--folder DIR] [--lost]``.
Target: 60 s on two cores.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from large_trust import PERIOD, write_large_trust

from mhsds_recon.causes import Given, walk
from mhsds_recon.frames import open_extracts, read_reference
from mhsds_recon.measures import count
from mhsds_recon.published import read_counts, read_published
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
from mhsds_recon.validation import FileVerdict, Validation

if TYPE_CHECKING:
    from mhsds_recon.frames import Extract

MEASURES = 100
LOCAL = ("any_attendance",)
LOST = REJECTED = 2_000
_CONTACTS = "MHS201CareContact"


def measured_ids(standard: Standard) -> list[str]:
    """Return measures of every cohort that attendance or contacts can change, and others."""
    chosen = [one.id for one in standard.measures.values() if one.group != "data quality"]
    return [name for name in chosen if not standard.measures[name].local][:MEASURES]


def without_last_contacts(extract: Extract) -> Extract:
    """Return an extract without its last contacts."""
    contacts = extract.tables[_CONTACTS].to_native().collect()
    kept = extract.engine.scan(contacts.head(-LOST).lazy())
    return extract.with_tables({**extract.tables, _CONTACTS: kept})


def judged(extract: Extract, standard: Standard) -> Validation:
    """Return an extract of which a rule rejects the first contacts."""
    findings = pl.DataFrame(
        {"row_number": range(1, REJECTED + 1)}, schema={"row_number": pl.Int64}
    ).with_columns(
        code=pl.lit("MHS20107"),
        level=pl.lit("record_rejected"),
        table=pl.lit(_CONTACTS),
        uid=pl.lit(None, pl.String),
        element=pl.lit(None, pl.String),
        key=pl.lit(""),
        certain=pl.lit(value=True),
    )
    rows = [
        (name, frame.to_native().select(pl.len()).collect().item())
        for name, frame in extract.tables.items()
    ]
    accepted = pl.DataFrame(rows, schema=["table", "submitted"], orient="row").with_columns(
        accepted=pl.col("submitted") - REJECTED * (pl.col("table") == _CONTACTS)
    )
    return Validation(
        extract=extract,
        standard=standard,
        findings=findings,
        accepted=accepted,
        file_verdict=FileVerdict(codes=()),
        not_assessed=(),
    )


def main() -> None:
    """Make the trust where it is not there, count it twice, and time the walk."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=80_000)
    arguments.add_argument("--months", type=int, default=12)
    arguments.add_argument("--folder", type=Path, default=None)
    arguments.add_argument("--lost", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        if not (folder / "extracts").is_dir():
            write_large_trust(folder, given.people, given.months)
        run(folder, Path(made), lost=given.lost)


def run(folder: Path, scratch: Path, *, lost: bool) -> None:
    """Time the walk on the trust in a folder."""
    standard, period = load_standard(), ReportingPeriod.parse(PERIOD)
    extracts = open_extracts(folder / "extracts", standard=standard)
    reference = read_reference(folder / "reference")
    validations = {one.period: judged(one, standard) for one in extracts if one.period is not None}
    ids = measured_ids(standard)
    known: dict[str, Any] = {
        "standard": standard,
        "period": period,
        "reference": reference,
        "measure_ids": ids,
    }
    figures = count(extracts, **known)
    *months, last = (one.accepted_extract() for one in validations.values())
    national = count([*months, without_last_contacts(last) if lost else last], **known)
    warehouse = count(extracts, **known, variations=LOCAL)
    published, counts = scratch / "MHSDS Data_SepPerf_2025.csv", scratch / "counts.csv"
    national.published().write_csv(published)
    warehouse.exact().write_csv(counts)
    start, cpu = time.perf_counter(), time.process_time()
    result = walk(
        Given(
            figures=figures,
            published=read_published([published], provider=figures.provider),
            validations=validations,
            standard=standard,
            reference=reference,
            counts=read_counts(counts, standard=standard, provider=figures.provider, period=period),
        )
    )
    took, used = time.perf_counter() - start, time.process_time() - cpu
    differing = result.frame.filter(result.frame["result"].str.starts_with("differs"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"{differing['measure_id'].n_unique()} measures, {differing.height} figures differ;"
        f" walk {took:.1f} s ({used:.1f} s of processor), {memory:.1f} GB at most"
    )
    print(result.counts())
    print(result.variance.group_by("cause_id", "stage", "evidence").len().sort("cause_id"))


if __name__ == "__main__":
    main()
