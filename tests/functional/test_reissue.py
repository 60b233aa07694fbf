"""A reissued or Final file opens again only what it touches of a signed pack B."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.cli import run
from mhsds_recon.testing import synthetic_trust

Command = Callable[..., tuple[int, str, str]]
PUBLISHED = "MHSDS Data_SepPerf_2025.csv"
AGREE = ("--decision", "agree")
LEAD = ("--name", "Ada Lead", "--role", "cyp_lead")
OWNER = ("--name", "Sam Owner", "--role", "submission_owner")
CHANGED = "MRS13"


def pack(folder: Path, published: str) -> list[str]:
    words = ["pack", folder / "extracts", "--period", "2025-09", "--output", folder / "packs"]
    words += ["--published", folder / published, "--prepared-by", "Pat Prep", "--quiet"]
    return [str(word) for word in (*words, "--history", folder / "history.sqlite")]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one month, its figures as published, and pack B of both."""
    folder = tmp_path_factory.mktemp("packed")
    synthetic_trust(months=1, people=120, seed=3).write(folder, format="csv")
    words = ["measures", folder / "extracts", "--period", "2025-09", "--quiet"]
    assert run([str(word) for word in (*words, "--output", folder / PUBLISHED)]) == 0
    assert run(pack(folder, PUBLISHED)) == 0
    return folder


@pytest.fixture
def place(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = shutil.copytree(packed, tmp_path / "trust")
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(copy / "history.sqlite"))
    return copy


def sign_all(command: Command, page: Path) -> list[str]:
    """Sign every group that a pack has figures for, and return them."""
    groups = json.loads(page.with_suffix(".json").read_text("utf-8"))["groups"]
    asked = [group["id"] for group in groups if group["has_figures"]]
    assert command("sign", page, "--group", *asked, *AGREE, *LEAD)[0] == 0
    assert command("sign", page, "--group", "upload", *AGREE, *OWNER)[0] == 0
    return asked


def publish_again(place: Path, name: str, status: str, *, more: int) -> Path:
    """Write the published file under another name, with one measure of the provider changed."""
    rows = list(csv.DictReader((place / PUBLISHED).read_text("utf-8").splitlines()))
    for row in rows:
        row["STATUS"] = status
        if (row["MEASURE_ID"], row["BREAKDOWN"]) == (CHANGED, "Provider"):
            row["MEASURE_VALUE"] = str(int(row["MEASURE_VALUE"]) + more)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (place / name).write_text(out.getvalue(), "utf-8")
    return place / name


def test_a_changed_published_figure_opens_its_measure_group_again_and_no_other(
    command: Command, place: Path
) -> None:
    extract, page = place / "extracts" / "2025-09", place / "packs" / "RZZ_2025-09_B_v1.html"
    groups = sign_all(command, page)
    assert command("gate", extract)[0] == 0

    same = publish_again(place, PUBLISHED.replace(".csv", "_v2.csv"), "Performance", more=0)
    command("reconcile", place / "extracts", same, "--period", "2025-09", "--quiet")
    assert command("gate", extract)[0] == 0

    changed = publish_again(place, "MHSDS Data_SepFinal_2025.csv", "Final", more=50)
    command("reconcile", place / "extracts", changed, "--period", "2025-09", "--quiet")
    code, out, _ = command("gate", extract)
    assert code == 4
    (problem,) = out.splitlines()
    assert problem.startswith(
        f"waits: published figures have changed since it was decided on ({CHANGED})"
    )
    out = command("record", page)[1]
    record = json.loads(page.with_name(f"{page.stem}.signoff.json").read_text("utf-8"))
    states = dict.fromkeys((*groups, "upload"), "agreed") | {"waits": "reopened"}
    assert record["states"] == states
    assert (record["is_signed_off"], problem in out) == (False, True)

    assert command(*pack(place, changed.name)[:-2])[0] == 0
    again = page.with_name("RZZ_2025-09_B_v2.html")
    assert command("sign", again, "--group", "waits", *AGREE, *LEAD)[0] == 0
    assert command("gate", extract)[0] == 0
