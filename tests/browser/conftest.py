"""Chromium, a pack opened in it, and what axe-core says of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from mhsds_recon.packs import Pack, render_html

PINNED = Path(__file__).parents[1] / "unit" / "packs" / "pack_b.json"
AXE = Path("node_modules") / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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


@pytest.fixture(scope="module")
def violations() -> Callable[[webdriver.Chrome, int], list[Any]]:
    """A function that says at a width which rules of WCAG 2.2 level AA a page breaks, and where."""
    axe = Path(os.environ.get("AXE_CORE") or AXE)
    if not axe.is_file():
        reason = "axe-core is not installed: npm install axe-core, or set AXE_CORE to axe.min.js"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    script = axe.read_text(encoding="utf-8")

    def found(page: webdriver.Chrome, width: int) -> list[Any]:
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        page.execute_script(script)
        result = page.execute_async_script(
            "axe.run({runOnly: arguments[0]}).then(arguments[1])", TAGS
        )
        assert result["passes"]
        return [
            (each["id"], [node["html"] for node in each["nodes"]]) for each in result["violations"]
        ]

    return found
