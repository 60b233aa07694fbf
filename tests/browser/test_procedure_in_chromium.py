"""The procedure in a real browser: small screens and accessibility."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.workflow import write_procedure

if TYPE_CHECKING:
    from selenium import webdriver

pytestmark = pytest.mark.browser

AXE = Path("node_modules") / "axe-core" / "axe.min.js"
EXAMPLE = Path(__file__).parents[2] / "examples" / "procedure" / "trust.toml"


@pytest.fixture(scope="module")
def procedure(
    browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> webdriver.Chrome:
    """The procedure of the example, opened from a file."""
    (path,) = write_procedure(EXAMPLE, output=tmp_path_factory.mktemp("procedure"))
    browser.get(path.as_uri())
    return browser


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(
    procedure: webdriver.Chrome, width: int
) -> None:
    axe = Path(os.environ.get("AXE_CORE") or AXE)
    if not axe.is_file():
        reason = "axe-core is not installed: npm install axe-core, or set AXE_CORE to axe.min.js"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    procedure.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert procedure.execute_script("return document.documentElement.scrollWidth") <= width
    procedure.execute_script(axe.read_text(encoding="utf-8"))
    found = procedure.execute_async_script("axe.run().then(arguments[0])")
    assert [each["id"] for each in found["violations"]] == []
    assert found["passes"]
