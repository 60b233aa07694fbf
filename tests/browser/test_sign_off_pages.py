"""The sign-off pages in a real browser: by keyboard only, on small screens, accessibility."""

from __future__ import annotations

import base64
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from web_values import PASSWORD, site_in, write_pack

from mhsds_recon.history import History
from mhsds_recon.web import create_app

if TYPE_CHECKING:
    from selenium import webdriver

    Check = Callable[[webdriver.Chrome, str], None]

pytestmark = pytest.mark.browser

WIDTHS = (1280, 768, 640, 320)  # 640 is 1280 at 200% zoom
MOST_TABS = 60
PACK = "RZZ_2025-09_B_v1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of one pack, served by a thread."""
    folder = tmp_path_factory.mktemp("site")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with History.open(folder / "history.sqlite") as history:
        write_pack(folder / "packs", history)
        app = create_app(site_in(folder, history, port=port))
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


def tab_to(page: webdriver.Chrome, selector: str) -> None:
    """Press Tab until something has the focus; it must show."""
    for _ in range(MOST_TABS):
        page.switch_to.active_element.send_keys(Keys.TAB)
        focused = page.switch_to.active_element
        if page.execute_script("return arguments[0].matches(arguments[1])", focused, selector):
            is_radio = focused.get_attribute("type") == "radio"  # drawn by its label
            assert is_radio or focused.is_displayed()
            return
    pytest.fail(f"Tab does not reach {selector}")


def type_in(page: webdriver.Chrome, *keys: str) -> None:
    page.switch_to.active_element.send_keys(*keys)


def enter(page: webdriver.Chrome) -> None:
    """Press Enter and wait for the page that follows."""
    before = page.find_element(By.TAG_NAME, "html")
    type_in(page, Keys.ENTER)
    for _ in range(200):
        if page.find_element(By.TAG_NAME, "html") != before and page.title:
            return
        time.sleep(0.05)
    pytest.fail("Enter leads nowhere")


@pytest.fixture
def check(
    violations: Callable[[webdriver.Chrome, int], list[Any]],
) -> Callable[[webdriver.Chrome, str], None]:
    """A function that looks at each width for violations and sideways scrolling.

    It keeps pictures if asked to.
    """

    def look(page: webdriver.Chrome, name: str) -> None:
        for width in WIDTHS:
            assert (name, width, violations(page, width)) == (name, width, [])
            assert page.execute_script("return document.documentElement.scrollWidth") <= width
            if folder := os.environ.get("SCREENSHOTS"):
                whole = {"format": "png", "captureBeyondViewport": True}
                shot = page.execute_cdp_cmd("Page.captureScreenshot", whole)
                Path(folder, f"{name}-{width}.png").write_bytes(base64.b64decode(shot["data"]))

    return look


def sign_in(page: webdriver.Chrome, address: str, account: str) -> None:
    page.get(f"{address}/sign-in")
    tab_to(page, "#account")
    type_in(page, account, Keys.TAB, PASSWORD)
    enter(page)
    assert page.title.startswith("Months")


def press(page: webdriver.Chrome, selector: str) -> None:
    """Press Tab until something has the focus, then Enter."""
    tab_to(page, selector)
    enter(page)


def sign_out(page: webdriver.Chrome) -> None:
    press(page, ".app-header__button")
    assert page.title.startswith("Sign in")


def test_a_lead_signs_in_reads_decides_and_signs_out_by_keyboard(  # noqa: PLR0915  one walk
    browser: webdriver.Chrome, address: str, check: Check
) -> None:
    browser.get(address)
    assert browser.title.startswith("Sign in")
    check(browser, "sign-in")
    tab_to(browser, ".nhsuk-skip-link")
    tab_to(browser, "#account")
    type_in(browser, "ada", Keys.TAB, "not it")
    enter(browser)
    assert browser.title.startswith("Error: Sign in")
    check(browser, "sign-in-error")
    tab_to(browser, "#password")
    type_in(browser, PASSWORD)
    enter(browser)
    assert browser.title.startswith("Months")
    assert "Waiting for you: Access" in browser.page_source
    check(browser, "months")
    press(browser, f'a[href="/packs/{PACK}"]')
    check(browser, "pack")
    press(browser, 'a[href$="/page"]')
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()
    browser.back()
    press(browser, 'a[href$="/decisions/access"]')
    check(browser, "decision")
    tab_to(browser, "#decision")
    type_in(browser, Keys.SPACE, Keys.ARROW_DOWN)
    press(browser, "button.nhsuk-button")
    assert browser.title.startswith("Error: Decide on Access")
    check(browser, "decision-error")
    tab_to(browser, ".nhsuk-error-summary a")
    type_in(browser, Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "conditions"
    type_in(browser, "Send team A again")
    press(browser, "button.nhsuk-button")
    assert "Your entry on Access is in the record" in browser.page_source
    check(browser, "pack-decided")
    press(browser, 'a[href$="/record"]')
    assert "Ada Lead" in browser.page_source
    check(browser, "record")
    press(browser, 'a[href$="/check"]')
    assert "The record is whole" in browser.page_source
    check(browser, "check")
    browser.get(f"{address}/packs/{PACK}")
    press(browser, 'main a[href="/actions/RZZ"]')
    assert "Send team A again" in browser.page_source
    check(browser, "actions")
    press(browser, 'a[href="/actions/RZZ/1"]')
    check(browser, "close-action")
    press(browser, "button.nhsuk-button")
    check(browser, "close-action-error")
    browser.get(f"{address}/nowhere")
    check(browser, "problem")
    browser.get(address)
    sign_out(browser)


def test_the_submission_owner_records_silence_an_exception_and_an_action_by_keyboard(
    browser: webdriver.Chrome, address: str, check: Check
) -> None:
    sign_in(browser, address, "sam")
    press(browser, f'a[href="/packs/{PACK}"]')
    check(browser, "pack-owner")
    press(browser, 'a[href$="/no-response/outcomes"]')
    press(browser, "button.nhsuk-button")
    check(browser, "no-response-error")
    tab_to(browser, "#name")
    type_in(browser, "Bea Lead")
    tab_to(browser, "#role")
    type_in(browser, Keys.SPACE)
    press(browser, "button.nhsuk-button")
    assert "Your entry on Outcomes is in the record" in browser.page_source
    press(browser, 'a[href$="/exception"]')
    press(browser, "button.nhsuk-button")
    check(browser, "exception-error")
    tab_to(browser, "#subject")
    type_in(browser, Keys.SPACE)
    tab_to(browser, "#reason")
    type_in(browser, "A lead is on leave", Keys.TAB, "31", Keys.TAB, "12", Keys.TAB, "2025")
    check(browser, "exception")
    press(browser, "button.nhsuk-button")
    assert "Your entry on the exception is in the record" in browser.page_source
    press(browser, 'a[href$="/action"]')
    check(browser, "new-action")
    tab_to(browser, "#what")
    type_in(browser, "Add the new clinic to the extract")
    tab_to(browser, "#owner")
    type_in(browser, Keys.SPACE)
    press(browser, "button.nhsuk-button")
    assert "Add the new clinic" in browser.page_source
    sign_out(browser)
