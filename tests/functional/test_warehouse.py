"""Commands on the trust's own systems: counts by SQL, doctor, extracts in databases."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from mhsds_recon.testing import published_rows, write_published

Command = Callable[..., tuple[int, str, str]]
EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse"
QUERIES = EXAMPLE / "queries.toml"
MEASURES = ("MHS29", "MHS30", "MHS32")
SECRET = "hidden-9Z"  # noqa: S105  only a test's


@pytest.fixture(params=["sqlite", "postgresql"])
def example_warehouse(
    request: pytest.FixtureRequest,
    trust_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The address of the example's warehouse, filled from the small trust's extracts."""
    url = f"sqlite:///{tmp_path / 'warehouse.sqlite'}"
    if request.param == "postgresql":
        server: sa.URL = request.getfixturevalue("postgresql")
        url = server.render_as_string(hide_password=False)
    make = runpy.run_path(str(EXAMPLE / "make_warehouse.py"))["make_warehouse"]
    make(trust_folder / "extracts", url)
    monkeypatch.setenv("EXAMPLE_WAREHOUSE", url)
    return url


@pytest.mark.usefixtures("example_warehouse")
def test_the_example_counts_what_the_extracts_count(
    command: Command, trust_folder: Path, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    period = ("--period", "2025-09", "--exact", "--output")
    assert command("counts", QUERIES, *period, theirs)[0] == 0
    wanted = [word for name in MEASURES for word in ("--measure", name)]
    assert command("measures", trust_folder / "extracts", *wanted, *period, ours)[0] == 0
    counted = {
        path: pl.read_csv(path, infer_schema=False)
        .filter(BREAKDOWN="Provider")
        .sort("MEASURE_ID")
        .drop("PRIMARY_LEVEL_DESCRIPTION")
        for path in (ours, theirs)
    }
    assert counted[theirs].equals(counted[ours])
    assert counted[theirs]["MEASURE_ID"].to_list() == list(MEASURES)
    assert counted[theirs]["EXACT_VALUE"].cast(pl.Int64).min() > 0  # type: ignore[operator]


@pytest.mark.usefixtures("example_warehouse")
def test_reconcile_takes_the_counts_and_the_queries_alike(command: Command, tmp_path: Path) -> None:
    counts, published = tmp_path / "counts.csv", tmp_path / "SepPerf_2025.csv"
    command("counts", QUERIES, "--period", "2025-09", "--exact", "--output", counts)
    frame = pl.read_csv(counts, infer_schema=False)
    write_published(published_rows(frame.drop("EXACT_VALUE"), seed=1), published)
    queries = Path(shutil.copytree(EXAMPLE, tmp_path / "example")) / "queries.toml"
    results = []
    for given in (counts, queries):
        output = tmp_path / given.suffix
        words = ("reconcile", given, published, "--period", "2025-09", "--output", output)
        assert command(*words)[0] == 0
        results.append(pl.read_csv(output / "reconciliation.csv"))
    assert results[0].equals(results[1])
    assert set(results[0]["result"]) <= {"agree", "agree_within_rounding"}


@pytest.mark.usefixtures("example_warehouse")
def test_counts_are_printed_under_disclosure_control(command: Command) -> None:
    code, out, _ = command("counts", QUERIES, "--period", "2025-09")
    assert code == 0
    assert out.splitlines()[0].endswith("MEASURE_NAME,MEASURE_VALUE")
    assert all(int(line.rsplit(",", 1)[1]) % 5 == 0 for line in out.splitlines()[1:])


def test_a_warehouse_that_cannot_be_reached_shows_nothing_of_its_address(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql://{SECRET}:{SECRET}@127.0.0.1:1/{SECRET}"
    monkeypatch.setenv("EXAMPLE_WAREHOUSE", address)
    code, out, err = command("counts", QUERIES, "--period", "2025-09")
    assert (code, out) == (3, "")
    assert "EXAMPLE_WAREHOUSE cannot be reached: nothing answers" in err
    code, out, _ = command("doctor", QUERIES)
    assert code == 3
    assert "Put right first: connection." in out
    assert SECRET not in out + err


@pytest.mark.usefixtures("example_warehouse")
def test_doctor_finds_the_example_in_order(command: Command, tmp_path: Path) -> None:
    code, out, _ = command("doctor", QUERIES, "--history", tmp_path / "history.sqlite")
    assert code == 0, out
    assert "2 queries in 'queries.toml', all of them one SELECT" in " ".join(out.split())
    assert "answers, in" in " ".join(out.split())
    assert out.endswith("Nothing stands in the way.\n")


def test_doctor_names_what_stands_in_the_way(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXAMPLE_WAREHOUSE", raising=False)
    history = f"postgresql://{SECRET}:{SECRET}@127.0.0.1:1/{SECRET}"
    code, out, _ = command("doctor", QUERIES, "--history", history)
    told = " ".join(out.split())
    assert code == 3
    assert "The environment variable EXAMPLE_WAREHOUSE is not set" in told
    assert "Put right first: history, warehouse." in told
    assert f"{SECRET}:{SECRET}" not in out
    (tmp_path / "queries.toml").write_text("[conection]\n")
    code, out, _ = command("doctor", tmp_path / "queries.toml")
    assert (code, "Did you mean 'connection'?" in " ".join(out.split())) == (3, True)


def test_an_extract_in_a_database_is_validated_as_its_files_are(
    command: Command,
    trust_folder: Path,
    tmp_path: Path,
    postgresql: sa.URL,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    month = trust_folder / "extracts" / "2025-09"
    engine = sa.create_engine(postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA mhsds_2025_09")
    for file in month.glob("*.csv"):
        frame = pl.read_csv(file, infer_schema=False)
        known = file.stem.lower() if file.stem != "MHS999LocalNotes" else f'"{file.stem}"'
        frame.write_database(f"mhsds_2025_09.{known}", engine)
    engine.dispose()
    monkeypatch.setenv("TRUST_MHSDS", postgresql.render_as_string(hide_password=False))
    monkeypatch.chdir(tmp_path)
    code, _, err = command("validate", "env:TRUST_MHSDS?schema=mhsds_2025_09")
    assert (code, err) == (1, "")
    assert command("validate", month, "--output", tmp_path / "files")[0] == 1
    there = tmp_path / "mhsds_2025_09.validation"
    accepted = [pl.read_csv(folder / "accepted.csv") for folder in (there, tmp_path / "files")]
    assert accepted[0].equals(accepted[1])
    counts = [
        pl.read_parquet(folder / "findings.parquet").group_by("code", "table").len().sort(pl.all())
        for folder in (there, tmp_path / "files")
    ]
    assert counts[0].equals(counts[1])
