"""The pack in a real browser: loading, reading by keyboard, small screens, accessibility."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

if TYPE_CHECKING:
    from selenium import webdriver

pytestmark = pytest.mark.browser

ALLOWED = ("file:", "data:")


def resize(page: webdriver.Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def log(page: webdriver.Chrome, name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = page.get_log(name)  # type: ignore[no-untyped-call]
    return entries


def requests(page: webdriver.Chrome) -> list[str]:
    messages = (json.loads(entry["message"])["message"] for entry in log(page, "performance"))
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def test_page_asks_for_nothing_and_reports_no_error(page: webdriver.Chrome) -> None:
    asked = requests(page)
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert all(url.startswith(ALLOWED) for url in asked)
    assert log(page, "browser") == []


def test_page_has_one_h1_and_a_title(page: webdriver.Chrome) -> None:
    assert len(page.find_elements(By.TAG_NAME, "h1")) == 1
    assert "RZZ" in page.title


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_page_does_not_scroll_sideways(page: webdriver.Chrome, width: int) -> None:
    """320 px is also what 1280 px gives at 400% zoom; 640 px at 200%."""
    resize(page, width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 768])
def test_the_first_page_reflows_where_it_is_narrow(page: webdriver.Chrome, width: int) -> None:
    """Its tables turn into cards, so that nothing scrolls sideways in a box of its own either."""
    resize(page, width)
    boxes = page.find_elements(By.CLASS_NAME, "app-cards")
    assert len(boxes) == 2
    for box in boxes:
        assert page.execute_script(
            "return arguments[0].scrollWidth <= arguments[0].clientWidth", box
        )
    cell = page.find_element(By.CSS_SELECTOR, "#sign-off tbody td:last-child")
    assert cell.find_element(By.CLASS_NAME, "app-column").text == "Name, role, time and comment"
    resize(page, 1280)
    assert not cell.find_element(By.CLASS_NAME, "app-column").is_displayed()


def test_keyboard_reaches_the_skip_link_and_every_table(page: webdriver.Chrome) -> None:
    resize(page, 1280)
    page.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
    tables = page.find_elements(By.CLASS_NAME, "app-scroll")
    reached: list[Any] = []
    for _ in range(len(tables) + 40):
        page.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.switch_to.active_element)
    assert reached[0].get_attribute("class") == "nhsuk-skip-link"
    assert {table.id for table in tables} <= {element.id for element in reached}


def test_focus_on_a_table_can_be_seen(page: webdriver.Chrome) -> None:
    table = page.find_element(By.CLASS_NAME, "app-scroll")
    page.execute_script("arguments[0].focus()", table)
    assert table.value_of_css_property("outline-style") == "solid"


def test_skip_link_leads_to_the_main_content(page: webdriver.Chrome) -> None:
    link = page.find_element(By.CLASS_NAME, "nhsuk-skip-link")
    link.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "maincontent"


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_violation(
    page: webdriver.Chrome, violations: Callable[[webdriver.Chrome, int], list[Any]], width: int
) -> None:
    assert violations(page, width) == []
