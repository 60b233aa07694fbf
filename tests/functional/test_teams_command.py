"""The command on local teams."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import polars as pl

from mhsds_recon.standard.publication import PUBLISHED_COLUMNS

Command = Callable[..., tuple[int, str, str]]
CHOSEN = ("--measure", "MHS95", "--measure", "MHS30d", "--measure", "LOC05b", "--quiet")


def test_teams_prints_the_published_layout_with_small_counts_hidden(
    command: Command, trust_folder: Path
) -> None:
    code, out, _ = command("teams", trust_folder / "extracts", "--period", "2025-09", *CHOSEN)
    table = pl.read_csv(StringIO(out), infer_schema=False)
    teams = table.filter(BREAKDOWN="Local team")
    assert code == 0
    assert tuple(table.columns) == PUBLISHED_COLUMNS
    assert set(table["MEASURE_ID"]) == {"MHS95", "MHS30d", "LOC05b"}
    # Every team has a row for each measure, whatever was counted.
    assert teams.group_by("MEASURE_ID").len()["len"].n_unique() == 1
    numbers = table["MEASURE_VALUE"].str.to_integer(strict=False).drop_nulls()
    assert min(numbers) >= 5
    assert set(numbers % 5) == {0}
    assert "Provider; Reason for rejection" in set(table["BREAKDOWN"])


def test_exact_counts_of_teams_are_written_on_request_and_add_up_for_contacts(
    command: Command, trust_folder: Path, tmp_path: Path
) -> None:
    written = tmp_path / "teams.csv"
    words = ("--period", "2025-09", "--exact", "--output", written)
    code, out, _ = command("teams", trust_folder / "extracts", *words, *CHOSEN)
    exact = pl.read_csv(written, infer_schema=False).with_columns(
        pl.col("EXACT_VALUE").cast(pl.Float64)
    )
    small = exact.filter(pl.col("EXACT_VALUE").is_between(1, 4))
    assert set(small["MEASURE_VALUE"]) == {"*"}
    contacts = exact.filter(MEASURE_ID="MHS30d")
    assert (code, out) == (0, "")
    teams = contacts.filter(BREAKDOWN="Local team")["EXACT_VALUE"].sum()
    assert teams == contacts.filter(BREAKDOWN="Provider")["EXACT_VALUE"].item() > 0


def test_a_measure_that_says_no_team_is_named(command: Command, trust_folder: Path) -> None:
    words = ("--period", "2025-09", "--measure", "MHS27a")
    code, _, err = command("teams", trust_folder / "extracts", *words)
    assert code == 0
    assert "MHS27a is not counted (Local team): its rows say no team" in err
