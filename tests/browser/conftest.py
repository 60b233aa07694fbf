"""A pack opened in Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from mhsds_recon.packs import Pack, render_html

PINNED = Path(__file__).parents[1] / "unit" / "packs" / "pack_b.json"
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """Chromium with its driver; where it is missing, fail in CI and skip elsewhere."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        reason = "chromium and chromium-driver are not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for option in OPTIONS:
        options.add_argument(option)
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def page(browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory) -> webdriver.Chrome:
    """The pinned pack B, opened from a file."""
    pack = msgspec.json.decode(PINNED.read_bytes(), type=Pack)
    path = tmp_path_factory.mktemp("pack") / "pack.html"
    path.write_text(render_html(pack), encoding="utf-8")
    browser.get(path.as_uri())
    return browser
