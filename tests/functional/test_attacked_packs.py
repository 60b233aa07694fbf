"""The packs of a small trust, attacked with all that they show together."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import msgspec
import pytest
from attacker import Reader, unrounded

from mhsds_recon.cli import run
from mhsds_recon.packs import Pack
from mhsds_recon.packs.model import Table
from mhsds_recon.standard import Standard
from mhsds_recon.testing import synthetic_trust

PERIOD = ("--period", "2025-09")
STEM = "RZZ_2025-09_B_v1"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pack B of one month in each profile; what is published differs a little."""
    folder = tmp_path_factory.mktemp("attacked")
    synthetic_trust(months=1, people=150, seed=11).write(folder, format="csv")
    published = folder / "MHSDS Data_SepPerf_2025.csv"
    words = ["measures", folder / "extracts", *PERIOD, "--quiet", "--output", published]
    assert run([str(word) for word in words]) == 0
    for profile in ("national", "public", "internal"):
        words = ["pack", folder / "extracts", *PERIOD, "--published", published, "--quiet"]
        words += ["--profile", profile, "--output", folder / profile]
        assert run([str(word) for word in words]) == 0
    return folder


def read(packs: Path, profile: str) -> Pack:
    content = (packs / profile / f"{STEM}.json").read_bytes()
    return msgspec.json.decode(content, type=Pack)


@pytest.mark.parametrize("profile", ["national", "public"])
def test_no_small_count_of_a_trust_can_be_worked_out(
    standard: Standard, packs: Path, profile: str
) -> None:
    shown, true = read(packs, profile), read(packs, "internal")
    assert unrounded(shown) == []
    assert Reader(standard=standard).attack(shown, true) == {}


@pytest.mark.parametrize("profile", ["national", "public"])
def test_what_lies_beside_a_pack_shows_what_the_pack_shows(packs: Path, profile: str) -> None:
    pack = read(packs, profile)
    tables = {table.id: table for section in pack.sections for table in section.tables}
    with (packs / profile / f"{STEM}.reconciliation.csv").open(encoding="utf-8") as file:
        tidy = {
            (row["measure_id"], f"{row['breakdown']}: {row['primary_level']}"): row
            for row in csv.DictReader(file)
            if row["secondary_level"] in {"", "NONE"}
        }
    listed = rows_of(tables["reconciled-figures"])
    assert listed
    columns = {"Ours": "local", "Published": "published", "Gap": "gap", "Residual": "residual"}
    for row in listed:
        beside = tidy[row["Measure"], row["Level"]]
        assert {name: row[name] for name in columns} == {
            name: beside[column] for name, column in columns.items()
        }
    figures = {
        (row["Measure"], row["For"]): row["This month"]
        for name, table in tables.items()
        for row in rows_of(table)
        if name.endswith("-figures") and "For" in row
    }
    labels = {row["Measure"]: row["In short"] for row in rows_of(tables["measure-definitions"])}
    for (measure, level), row in tidy.items():
        shown = figures.get((labels.get(measure, ""), row["primary_level"]))
        if (
            level.startswith("Provider:")
            and shown is not None
            and "Of these" not in labels[measure]
        ):
            assert row["local"] == shown, measure
    summary = json.loads((packs / profile / f"{STEM}.summary.json").read_text("utf-8"))
    for measure, text in summary["measures"].items():
        if (measure, "Provider: RZZ") in tidy:
            assert tidy[measure, "Provider: RZZ"]["local"] == text, measure


def rows_of(table: Table) -> list[dict[str, str]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
