"""The procedure in a real browser: small screens and accessibility."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mhsds_recon.workflow import write_procedure

if TYPE_CHECKING:
    from selenium import webdriver

pytestmark = pytest.mark.browser

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
    procedure: webdriver.Chrome,
    violations: Callable[[webdriver.Chrome, int], list[Any]],
    width: int,
) -> None:
    assert violations(procedure, width) == []
    assert procedure.execute_script("return document.documentElement.scrollWidth") <= width
