"""A site with one pack, and people who open it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from web_values import Browser, site_in, write_pack

from mhsds_recon.history import History
from mhsds_recon.signoff import PackMade
from mhsds_recon.web import Site


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PackMade]:
    """A folder with a history and the one pack that it holds."""
    folder = tmp_path_factory.mktemp("written")
    with History.open(folder / "history.sqlite") as opened:
        return folder, write_pack(folder / "packs", opened)


@pytest.fixture
def history(tmp_path: Path, written: tuple[Path, PackMade]) -> Iterator[History]:
    """A copy of that history, with the pack beside it."""
    shutil.copytree(written[0], tmp_path, dirs_exist_ok=True)
    with History.open(tmp_path / "history.sqlite") as opened:
        yield opened


@pytest.fixture
def made(written: tuple[Path, PackMade]) -> PackMade:
    """The pack of the site."""
    return written[1]


@pytest.fixture
def site(tmp_path: Path, history: History) -> Site:
    """A site on a loopback address."""
    return site_in(tmp_path, history)


@pytest.fixture
def open_as(site: Site) -> Callable[[str], Browser]:
    """A function that opens the site in a browser of its own and signs someone in."""

    def opened(account: str) -> Browser:
        browser = Browser(site)
        assert browser.sign_in(account).status_code == 303
        return browser

    return opened
