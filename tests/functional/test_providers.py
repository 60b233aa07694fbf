"""Several providers in one run: one folder of extracts, one published file, one list."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.frames import open_extracts_by_provider
from mhsds_recon.published import read_by_provider, read_published
from mhsds_recon.published.opening import PublishedCsv, open_published
from mhsds_recon.standard import Standard
from mhsds_recon.testing import published_rows, synthetic_trust, write_published
from mhsds_recon.workflow import measure

Command = Callable[..., tuple[int, str, str]]
PERIOD, CODES = "2025-09", ("RAA", "RBB", "RCC")


@pytest.fixture(scope="session")
def providers_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three providers' extracts side by side; the first two are in the published file."""
    folder = tmp_path_factory.mktemp("providers")
    rows = []
    for seed, code in enumerate(CODES):
        trust = synthetic_trust(months=2, people=120, seed=seed, provider=code)
        trust.write(folder / code, format="csv")
        figures = measure(
            folder / code / "extracts", period=PERIOD, measure_ids=["CYP32", "MHS30d"]
        )
        rows.append(figures.published())
    national = pl.concat([published_rows(rows[0], seed=1), rows[1]])
    write_published(national, folder / "MHSDS Data_SepPerf_2025.csv")
    (folder / "expected.csv").write_text("provider,name\nRAA,A Trust\nRXX,Not There\n")
    for code in CODES:
        for month in (folder / code / "extracts").iterdir():
            shutil.copytree(month, folder / "extracts" / f"{month.name} {code}")
    return folder


@pytest.fixture
def published(providers_folder: Path) -> Path:
    """The national file."""
    return providers_folder / "MHSDS Data_SepPerf_2025.csv"


def test_coverage_says_who_is_expected_submitted_published_and_missing(
    command: Command, providers_folder: Path, published: Path, tmp_path: Path
) -> None:
    code, out, err = command(
        "coverage",
        providers_folder / "extracts",
        published,
        "--expected",
        providers_folder / "expected.csv",
        "--period",
        PERIOD,
        "--output",
        tmp_path,
    )
    table = pl.read_csv(tmp_path / "coverage.csv")
    assert err == ""
    assert code == 1
    assert dict(zip(table["provider"], table["state"], strict=True)) == {
        "RAA": "complete",
        "RBB": "complete",
        "RCC": "not_published",
        "RXX": "missing",
    }
    assert table.filter(provider="RAA")["status"].item() == "Performance"
    assert "2 providers expected" in out
    assert "Not There" in out


def test_coverage_without_a_published_file_looks_at_extracts_only(
    command: Command, providers_folder: Path, tmp_path: Path
) -> None:
    expected = tmp_path / "expected.csv"
    expected.write_text("provider\nRAA\nRBB\n")
    ran = command(
        "coverage", providers_folder / "extracts", "--expected", expected, "--period", PERIOD
    )
    assert ran[0] == 0
    assert "2 submitted" in ran[1]


def test_all_providers_are_reconciled_and_one_that_cannot_be_does_not_stop_the_others(
    command: Command, providers_folder: Path, published: Path, tmp_path: Path
) -> None:
    code, out, _ = command(
        "reconcile",
        providers_folder / "extracts",
        published,
        "--period",
        PERIOD,
        "--all-providers",
        "--output",
        tmp_path,
    )
    assert code == 1
    assert "RCC was not compared: no published row for 2025-09." in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["RAA", "RBB", "providers.csv"]
    counts = pl.read_csv(tmp_path / "providers.csv")
    for provider in ("RAA", "RBB"):
        frame = pl.read_csv(tmp_path / provider / "reconciliation.csv")
        assert frame["provider"].unique().to_list() == [provider]
        results = dict(counts.filter(provider=provider).select("result", "rows").rows())
        assert results == dict(frame["result"].value_counts().rows())


def test_providers_may_be_named_one_by_one(
    command: Command, providers_folder: Path, published: Path, tmp_path: Path
) -> None:
    command(
        "reconcile",
        providers_folder / "extracts",
        published,
        *("--period", PERIOD, "--provider", "RAA", "--provider", "RBB", "--output", tmp_path),
    )
    assert {path.name for path in tmp_path.iterdir()} == {"RAA", "RBB", "providers.csv"}
    frame = pl.read_csv(tmp_path / "RAA" / "reconciliation.csv")
    command(
        "reconcile",
        providers_folder / "RAA" / "extracts",
        published,
        *("--period", PERIOD, "--output", tmp_path / "alone"),
    )
    assert frame.equals(pl.read_csv(tmp_path / "alone" / "reconciliation.csv"))


def test_a_provider_without_extracts_is_refused_by_name(
    command: Command, providers_folder: Path, published: Path
) -> None:
    words = ("--period", PERIOD, "--provider", "RAA", "--provider", "RAB")
    code, _, err = command("reconcile", providers_folder / "extracts", published, *words)
    assert code == 3
    assert "no extract of provider RAB; it has RAA, RBB, RCC. Did you mean" in err


def test_a_folder_for_each_provider_is_the_same_as_all_months_in_one(
    providers_folder: Path, standard: Standard, tmp_path: Path
) -> None:
    for code in CODES:
        shutil.copytree(providers_folder / code / "extracts", tmp_path / code)
    together = open_extracts_by_provider(providers_folder / "extracts", standard=standard)
    apart = open_extracts_by_provider(tmp_path, standard=standard)
    assert list(together) == list(apart) == list(CODES)
    for code in CODES:
        assert [one.files for one in together[code]] == [one.files for one in apart[code]]


def test_each_published_file_is_read_once_and_alike(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What several providers get together is what each gets by itself."""
    alone = {code: read_published(published, provider=code) for code in CODES[:2]}
    opened: list[Path] = []

    def counted(path: Path) -> PublishedCsv:
        opened.append(path)
        return open_published(path)

    monkeypatch.setattr("mhsds_recon.published.reading.open_published", counted)
    together = read_by_provider([published], CODES)
    assert opened == [published]
    assert together["RCC"][0].frame.height == 0
    for code, figures in alone.items():
        (read,) = together[code]
        assert read.frame.equals(figures.frame)
        assert read.provider == code
