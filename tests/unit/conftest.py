"""Histories to test with, on a real SQLite file and a real PostgreSQL, and a pack to sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from signing_values import EXTRACT, NOON, pack_of

from mhsds_recon.history import History, RunFile, RunRecord, upgrade_history
from mhsds_recon.packs import canonical_json, file_stem, render_html
from mhsds_recon.signoff import PackMade
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.workflow import open_pack
from mhsds_recon.workflow.history import path_files
from mhsds_recon.workflow.signing import keep_pack

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


@pytest.fixture
def write_pack(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a pack, has a history remember it, and returns its page."""

    def write(history: History, **changes: Any) -> Path:  # noqa: ANN401  any field
        pack = pack_of(**changes)
        page = tmp_path / f"{file_stem(pack)}.html"
        page.write_text(render_html(pack), encoding="utf-8")
        page.with_suffix(".json").write_bytes(canonical_json(pack))
        files = path_files("output", [page, page.with_suffix(".json")])
        run = history.record(
            RunRecord(
                verb="pack",
                provider="RZZ",
                period=ReportingPeriod(2025, 9),
                software="1",
                standard="6.0",
                files=(RunFile(role="extract", name="2025-09", sha256=EXTRACT), *files),
            ),
            at=NOON,
        )
        hashes = {file.name: file.sha256 for file in files}
        keep_pack(history, pack, run=run, files=hashes, at=NOON)
        return page

    return write


@pytest.fixture
def made(history: History, write_pack: Callable[..., Path]) -> PackMade:
    """A pack that the history holds, in each database in turn."""
    return open_pack(history, write_pack(history))
