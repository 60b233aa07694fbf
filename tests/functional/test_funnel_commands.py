"""Funnels and the maturity estimate as commands, on a small synthetic trust."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

Command = Callable[..., tuple[int, str, str]]
PERIOD = "2025-09"
OWN_LIST = """[[edition]]
first_month = "2025-04"
line = 99.5
fewest_records = 25
source = "our own list"
items = [{ item = "MHS-DQM01" }, { item = "MHS-DQM04", allowed_default = 2.5 }]
"""


@pytest.fixture
def words(trust_folder: Path) -> list[object]:
    """What the commands need: extracts, period and reference files."""
    return [
        trust_folder / "extracts",
        "--period",
        PERIOD,
        "--reference",
        trust_folder / "reference",
    ]


def test_funnels_are_printed_in_words_and_written_as_csv(
    command: Command, words: list[object], tmp_path: Path
) -> None:
    target = tmp_path / "funnels.csv"
    choice = ("--measure", "MHS95", "--measure", "MHS110", "--by-team", "--output", target)
    code, out, _ = command("funnels", *words, *choice)
    rows = pl.read_csv(target, infer_schema=False)
    assert code == 0
    assert "Children and young people seen in 12 months (access" in out
    assert "(VC26)" in out
    assert f"Written: {target}" in out
    assert set(rows["funnel"]) == {"access", "closed_referrals"}
    assert rows.filter(pl.col("team").is_not_null())["team_name"].null_count() < rows.height
    for column in ("left", "dropped"):
        shown = rows[column].drop_nulls()
        assert all(text == "*" or (int(text) >= 5 and int(text) % 5 == 0) for text in shown)


def test_exact_funnels_end_with_what_is_counted(
    command: Command, words: list[object], tmp_path: Path
) -> None:
    steps, figures = tmp_path / "funnels.csv", tmp_path / "figures.csv"
    command("funnels", *words, "--measure", "MHS95", "--exact", "--output", steps)
    command("measures", *words, "--measure", "MHS95", "--exact", "--output", figures)
    left = pl.read_csv(steps).filter(unit="people")["left"][-1]
    counted = pl.read_csv(figures).filter(BREAKDOWN="Provider")["EXACT_VALUE"].item()
    assert left == counted > 0


def test_a_measure_that_no_funnel_leads_to_is_refused(
    command: Command, words: list[object]
) -> None:
    code, _, err = command("funnels", *words, "--measure", "MHS30d")
    assert code == 2
    assert "No funnel leads to 'MHS30d'." in err


@pytest.mark.parametrize("folder", ["elsewhere", "extracts/list", "extracts"])
def test_a_work_list_is_kept_beside_the_extracts_only(
    command: Command, words: list[object], trust_folder: Path, tmp_path: Path, folder: str
) -> None:
    place = tmp_path / folder if folder == "elsewhere" else trust_folder / folder
    code, out, err = command("funnels", *words, "--measure", "MHS110", "--work-list", place)
    assert code == 2
    assert "stays beside the extracts" in err
    assert out == ""
    assert not (place / "work_list.csv").exists()


def test_a_work_list_says_where_rows_are_and_nothing_of_it_is_printed(
    command: Command, words: list[object], trust_folder: Path
) -> None:
    folder = trust_folder / "restricted"
    choice = ("--measure", "MHS110", "--work-list", folder)
    code, out, err = command("funnels", *words, *choice)
    written = folder / "work_list.csv"
    rows = pl.read_csv(written, infer_schema=False)
    assert code == 0
    assert rows.height > 0
    assert rows["LocalPatientID"].null_count() == 0
    for identifier in {*rows["LocalPatientID"], *rows["ServiceRequestID"]}:
        assert identifier not in out + err
    if sys.platform != "win32":
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_estimate_is_marked_as_one_and_written_as_csv(
    command: Command, words: list[object], tmp_path: Path
) -> None:
    target = tmp_path / "items.csv"
    code, out, _ = command("maturity", *words, "--output", target)
    items = pl.read_csv(target, infer_schema=False)
    assert code == 0
    assert out.startswith("Estimated data quality maturity index of RZZ, 2025-09: ")
    assert "An estimate, not the published score" in out
    assert "MHS-DQM01" in set(items["item"])
    assert not {"0", "1", "2", "3", "4"} & {*items["records"], *items["missing"]}


def test_a_trust_weighs_its_own_list(command: Command, words: list[object], tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(OWN_LIST)
    code, out, _ = command("maturity", *words, "--list", own)
    assert code == 0
    assert "Items below 99.5%:" in out
    assert "of 2 counted" in out
    assert "our own list" in out
    own.write_text(OWN_LIST.replace("MHS-DQM04", "MHS-DQM4"))
    code, _, err = command("maturity", *words, "--list", own)
    assert code == 3
    assert "ours.toml, edition 2025-04: unknown item 'MHS-DQM4'. Did you mean" in err
