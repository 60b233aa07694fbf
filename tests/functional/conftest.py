"""A small synthetic trust on disk, and commands run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from mhsds_recon.cli import run
from mhsds_recon.testing import SyntheticTrust, synthetic_trust


class Ran(NamedTuple):
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture(scope="session")
def trust() -> SyntheticTrust:
    """A small trust with planted errors."""
    return synthetic_trust(months=13, people=600, seed=3)


@pytest.fixture(scope="session")
def trust_folder(trust: SyntheticTrust, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small trust on disk as CSV, with its reference files."""
    folder = tmp_path_factory.mktemp("trust")
    trust.write(folder, format="csv")
    return folder


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one month of a very small trust, its pack and the history of both."""
    folder = tmp_path_factory.mktemp("packed")
    synthetic_trust(months=1, people=120, seed=3).write(folder, format="csv")
    words = ["pack", folder / "extracts", "--period", "2025-09", "--output", folder / "packs"]
    words += ["--reference", folder / "reference", "--prepared-by", "Pat Prep", "--quiet"]
    assert run([str(word) for word in [*words, "--history", folder / "history.sqlite"]]) == 0
    return folder


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that runs a command with its words."""

    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = run([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call
