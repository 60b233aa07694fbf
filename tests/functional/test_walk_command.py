"""The command that follows a number from the warehouse to the publication."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mhsds_recon.frames import extract_from_frames, open_extracts
from mhsds_recon.measures import count
from mhsds_recon.outputs import write_files
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing import synthetic_trust
from mhsds_recon.validation import validate

PERIOD = "2025-09"
MEASURES = ("MHS30", "MHS58", "CYP23")
Command = Callable[..., Any]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trust whose warehouse counts contacts not attended, and what was published of it."""
    folder = tmp_path_factory.mktemp("walk")
    trust = synthetic_trust(months=2, people=300, seed=3)
    trust.write(folder, format="parquet")
    standard, period = load_standard(), ReportingPeriod.parse(PERIOD)
    extracts = open_extracts(folder / "extracts", standard=standard)
    known: dict[str, Any] = {"standard": standard, "period": period, "measure_ids": MEASURES}
    accepted = [validate(one, standard=standard).accepted_extract() for one in extracts]
    warehouse = count(extracts, **known, variations=["any_attendance"]).exact()
    published = count(accepted, **known).published()
    declared = 'variations = ["any_attendance"]\n'
    write_files(
        folder,
        {
            "counts.csv": warehouse.write_csv,
            "published.csv": published.write_csv,
            "ours.toml": lambda path: path.write_text(declared, encoding="utf-8"),
            "wrong.toml": lambda path: path.write_text('variations = ["attendance"]', "utf-8"),
        },
    )
    return folder


def reconcile(command: Command, ground: Path, target: Path, *words: object) -> Any:  # noqa: ANN401  what the command fixture returns
    given = ("reconcile", ground / "extracts", ground / "published.csv", "--period", PERIOD)
    return command(*given, "--output", target, *words)


def test_a_walk_from_the_warehouse_is_written_and_told(
    command: Command, ground: Path, tmp_path: Path
) -> None:
    words = ("--counts", ground / "counts.csv", "--local-definitions", ground / "ours.toml")
    ran = reconcile(command, ground, tmp_path, *words)
    assert ran.code == 0
    assert "MHS30: the warehouse counts" in ran.out
    assert "VC26" in ran.out
    stages = pl.read_csv(tmp_path / "stages.csv")
    assert set(stages["stage"]) == {"warehouse", "extract", "accepted", "published"}
    variance = pl.read_csv(tmp_path / "variance.csv")
    contacts = variance.filter(measure_id="MHS30", stage="warehouse to extract").row(0, named=True)
    assert (contacts["cause_id"], contacts["evidence"]) == ("VC26", "measured")
    assert contacts["size"] > 0
    contract = ["cause_id", "direction", "size", "evidence", "rows"]
    assert variance.columns[variance.columns.index("cause_id") :][:5] == contract


def test_the_text_shows_no_small_number(command: Command, ground: Path, tmp_path: Path) -> None:
    ran = reconcile(command, ground, tmp_path, "--counts", ground / "counts.csv")
    told = ran.out.split("Where the numbers differ")[1].split("result")[0]
    numbers = {int(word.strip(",.;").replace(",", "")) for word in told.split() if is_number(word)}
    assert numbers
    assert all(number % 5 == 0 for number in numbers)


def is_number(word: str) -> bool:
    return word.strip(",.;").replace(",", "").isdigit()


def test_local_definitions_that_are_not_defined_are_refused_with_the_near_miss(
    command: Command, ground: Path, tmp_path: Path
) -> None:
    words = ("--counts", ground / "counts.csv", "--local-definitions", ground / "wrong.toml")
    ran = reconcile(command, ground, tmp_path, *words)
    assert ran.code == 3
    assert "wrong.toml: Unknown variation 'attendance'. Did you mean 'any_attendance'?" in ran.err


def test_an_earlier_version_of_the_month_is_found_in_the_folder(
    command: Command, tmp_path: Path
) -> None:
    months = tmp_path / "months"
    standard = load_standard()
    trust = synthetic_trust(months=2, people=300, seed=3)
    trust.write(months, format="parquet")
    (months / "extracts" / PERIOD).rename(months / "extracts" / f"{PERIOD}.v2")
    tables = dict(trust.extracts[PERIOD])
    tables["MHS201CareContact"] = tables["MHS201CareContact"].head(-60)
    first = months / "extracts" / PERIOD
    write_files(first, {f"{name}.parquet": rows.write_parquet for name, rows in tables.items()})
    sent = [
        validate(extract_from_frames(each, standard=standard), standard=standard)
        for each in (trust.extracts["2025-08"], tables)
    ]
    national = count(
        [one.accepted_extract() for one in sent],
        standard=standard,
        period=ReportingPeriod.parse(PERIOD),
        measure_ids=MEASURES,
    )
    published = tmp_path / "published.csv"
    national.published().write_csv(published)
    target = tmp_path / "results"
    words = ("reconcile", months / "extracts", published, "--period", PERIOD, "--output", target)
    command(*words)
    variance = pl.read_csv(target / "variance.csv")
    named = variance.filter(measure_id="MHS30", cause_id="VC06")
    assert named["variation"].to_list() == [PERIOD]
