"""Histories to test with: a real SQLite file and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.frames import open_extract
from mhsds_recon.history import History, upgrade_history
from mhsds_recon.standard import Standard
from mhsds_recon.testing import SyntheticTrust, synthetic_trust
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from sqlalchemy import URL


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    """The path of an SQLite file that is not there yet."""
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str:
    """The address of an empty history, in each database in turn."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite"))
    url: URL = request.getfixturevalue("postgresql")
    shown = url.render_as_string(hide_password=False)
    upgrade_history(shown)
    return shown


@pytest.fixture
def history(address: str) -> Iterator[History]:
    """An empty history, in each database in turn."""
    with History.open(address) as opened:
        yield opened


@pytest.fixture(scope="session")
def trust_folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[SyntheticTrust, Path]:
    """A very small trust with planted errors, and where it lies."""
    trust = synthetic_trust(months=1, people=100)
    folder = tmp_path_factory.mktemp("trust")
    trust.write(folder)
    return trust, folder


@pytest.fixture(scope="session")
def validation(trust_folder: tuple[SyntheticTrust, Path], standard: Standard) -> Validation:
    """What the rules say of its one month."""
    extract = open_extract(trust_folder[1] / "extracts" / "2025-09", standard=standard)
    return validate(extract, standard=standard)
