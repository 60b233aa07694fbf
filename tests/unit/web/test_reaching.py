"""Who reaches the pages: signing in, sessions, forged forms, proxies, paths, headers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from web_values import PASSWORD, Browser, Clock, site_in

from mhsds_recon.errors import UsageError
from mhsds_recon.history import History
from mhsds_recon.signoff import PackMade
from mhsds_recon.web import Account, Accounts, Proxy, Site, check_address, create_app
from mhsds_recon.web.app import MOST_BYTES
from mhsds_recon.web.pages import ASSETS
from mhsds_recon.web.signing_in import TRIES_PER_MINUTE

Open = Callable[[str], Browser]
STYLES = f"/assets/{next(iter(ASSETS))}"
OPEN_TO_ALL = {"/sign-in", "/sign-out", "/assets/{name:str}"}


def move_on(site: Site, **by: float) -> None:
    clock = cast("Clock", site.now)
    clock.at += dt.timedelta(**by)


def test_every_page_but_signing_in_asks_who_it_is(site: Site, made: PackMade) -> None:
    stranger = Browser(site)
    paths = {route.path for route in create_app(site).routes} - OPEN_TO_ALL
    assert len(paths) >= 8
    for path in paths:
        filled = path.replace("{name:str}", made.pack).replace("{group:str}", "access")
        filled = filled.replace("{provider:str}", made.provider).replace("{number:int}", "1")
        answer = stranger.get(filled)
        asked = "" if filled == "/" else f"?to={filled}"
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/sign-in{asked}")
        posted = stranger.send("/sign-in", place=filled)
        assert posted.status_code in {401, 405}


def test_signing_in_and_out(site: Site) -> None:
    browser = Browser(site)
    assert browser.sign_in("ADA").status_code == 303
    token = browser.client.cookies[browser.session]
    assert "Ada Lead" in browser.get("/").text
    assert browser.send("/", place="/sign-out").status_code == 303
    browser.client.cookies.set(browser.session, token)
    assert browser.get("/").status_code == 303


def test_the_cookie_is_new_at_each_sign_in_and_out_of_reach_of_scripts(site: Site) -> None:
    browser = Browser(site)
    browser.client.cookies.set(browser.session, "chosen-by-someone-else")
    answer = browser.sign_in("ada")
    (cookie,) = [
        value for value in answer.headers.get_list("set-cookie") if browser.session in value
    ]
    assert "chosen-by-someone-else" not in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Max-Age" not in cookie


@pytest.mark.parametrize(("account", "password"), [("ada", "wrong" * 3), ("eve", PASSWORD)])
def test_a_wrong_account_and_a_wrong_password_look_the_same(
    site: Site, account: str, password: str
) -> None:
    answer = Browser(site).sign_in(account, password)
    assert answer.status_code == 422
    assert "do not go together" in answer.text


def test_an_account_rests_after_five_tries_and_then_opens_again(site: Site) -> None:
    browser = Browser(site)
    assert [browser.sign_in("ada", "x").status_code for _ in range(5)] == [422] * 5
    assert browser.sign_in("ada").status_code == 429
    assert Browser(site).sign_in("bea").status_code == 303
    assert Browser(site, address="10.0.0.9").sign_in("ada").status_code == 303
    assert [browser.sign_in("ada", "x").status_code for _ in range(2)] == [429] * 2
    move_on(site, minutes=15)
    assert browser.sign_in("ada").status_code == 303


def test_an_address_may_try_only_so_often(site: Site) -> None:
    browser = Browser(site)
    tries = [browser.sign_in(f"guess{number}").status_code for number in range(TRIES_PER_MINUTE)]
    assert set(tries) == {422}
    answer = browser.sign_in("ada")
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_a_session_ends_when_idle_and_after_a_day_s_work(open_as: Open, site: Site) -> None:
    browser = open_as("ada")
    for _ in range(20):
        move_on(site, minutes=29)
        assert browser.get("/").status_code == 200
    move_on(site, minutes=29)
    assert browser.get("/").status_code == 303
    browser = open_as("ada")
    move_on(site, minutes=30)
    assert browser.get("/").status_code == 303


def test_a_removed_account_is_out_at_once(open_as: Open, site: Site) -> None:
    browser = open_as("ada")
    site.accounts.remove("ada")
    assert browser.get("/").status_code == 303


def test_a_changed_password_ends_the_sessions_that_the_old_one_opened(
    open_as: Open, site: Site
) -> None:
    browser = open_as("ada")
    again = Account(account="ada", name="Ada Lead", roles=("cyp_lead",))
    site.accounts.add(again, password="another long password")  # noqa: S106  of a test
    assert browser.get("/").status_code == 303
    assert Browser(site).sign_in("ada", "another long password").status_code == 303


def test_passwords_are_kept_as_argon2_hashes_in_a_file_of_the_owner_s(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "users.json")
    accounts.add(Account(account="Ada", name="Ada Lead", roles=("cyp_lead",)), password=PASSWORD)
    kept = accounts.path.read_text(encoding="utf-8")
    assert PASSWORD not in kept
    assert kept.count("$argon2id$") == 1
    assert accounts.path.stat().st_mode & 0o077 == 0
    assert accounts.check("ada", PASSWORD) is not None
    assert accounts.check("ada", PASSWORD + " ") is None


def test_signing_in_leads_to_the_page_that_was_asked_for_and_nowhere_else(
    site: Site, made: PackMade
) -> None:
    browser, place = Browser(site), f"/packs/{made.pack}/record"
    asked = browser.get(place).headers["location"]
    assert browser.get(asked).text.count(f'name="to" value="{place}"') == 1
    for to, leads in (
        (place, place),
        ("//evil.example/packs/x", "/"),
        ("/packs//evil.example", "/"),
        ("https://evil.example/packs/x", "/"),
        ("/packs/x\r\nset-cookie: a=b", "/"),
        ("/\\evil.example", "/"),
    ):
        answer = browser.send("/sign-in", account="ada", password=PASSWORD, to=to)
        assert (answer.status_code, answer.headers["location"]) == (303, leads)


def test_who_was_signed_in_before_a_restart_can_sign_in_again(open_as: Open, site: Site) -> None:
    before = open_as("ada")
    after = Browser(dataclasses.replace(site, mark="0f0f0f0f"))
    after.client.cookies.update(before.client.cookies)
    assert after.sign_in("ada").status_code == 303


def test_cookies_over_https_belong_to_this_very_host(tmp_path: Path, history: History) -> None:
    browser = Browser(site_in(tmp_path, history, is_encrypted=True))
    cookies = browser.get("/sign-in").headers.get_list("set-cookie")
    cookies += browser.sign_in("ada").headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()


@pytest.mark.parametrize("told", ["cross-site", "same-site"])
def test_a_form_that_another_site_sent_is_refused(open_as: Open, made: PackMade, told: str) -> None:
    lead = open_as("ada")
    lead.client.headers["sec-fetch-site"] = told
    place = f"/packs/{made.pack}/decisions/access"
    assert lead.get(place).status_code == 200  # a link may lead here
    assert lead.send(place, decision="agree").status_code == 403
    lead.client.headers["sec-fetch-site"] = "same-origin"
    assert lead.send(place, decision="agree").status_code == 303


def test_a_form_that_is_too_large_is_refused(open_as: Open, made: PackMade) -> None:
    lead, place = open_as("ada"), f"/packs/{made.pack}/decisions/access"
    assert lead.send(place, decision="agree", comment="x" * MOST_BYTES).status_code == 413
    answer = lead.send(place, decision="agree", comment="x" * 4001)
    assert (answer.status_code, "over 4,000" in answer.text) == (422, True)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    chunks = (b"a" * 1000 for _ in range(MOST_BYTES // 1000 + 1))
    assert lead.client.post(place, content=chunks, headers=headers).status_code == 413


def test_a_form_without_its_token_or_with_another_is_refused(open_as: Open, made: PackMade) -> None:
    lead, place = open_as("ada"), f"/packs/{made.pack}/decisions/access"
    fields = {"decision": "agree", "seen": made.pack_sha256}
    assert lead.client.post(place, data=fields).status_code == 403
    assert lead.send(place, **{**fields, "_csrf_token": "0" * 128}).status_code == 403
    assert lead.client.post("/sign-out").status_code == 403
    assert "No decision" not in lead.get(f"/packs/{made.pack}/record").text
    assert "None yet." in lead.get(f"/packs/{made.pack}/record").text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", STYLES, "/packs/x"])
def test_every_answer_has_strict_headers(open_as: Open, path: str) -> None:
    headers = open_as("vic").get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert ("no-store" in headers["cache-control"]) == (not path.startswith("/assets"))


@pytest.mark.parametrize(
    "path",
    [
        "/packs/../users.json",
        "/packs/..%2fusers.json",
        "/packs/%2e%2e%2fusers",
        "/packs/..%5cusers/page",
        "/packs/%2fetc%2fpasswd/page",
        "/packs/users/page",
        "/packs/work_list/page",
        "/packs/RZZ_2025-09_B_v1.json/page",
        "/packs/RZZ_2025-09_B_v1%00/page",
        "/packs/RZZ_2025-09_B_v1/page/../../findings.parquet",
        "/packs/RZZ_2025-09_B_v1%2f..%2ffindings/page",
        "/packs/findings.parquet",
        "/packs/findings/page",
        "/packs/findings.parquet%3f/page",
        "/packs/RZZ_2025-09_B_v1%0a/page",
        "/packs/%ef%bc%8e%ef%bc%8e/findings/page",
        "/packs/%c0%ae%c0%ae%c0%affindings/page",
        "/packs/%252e%252e%252ffindings/page",
        "/packs/..;/findings.parquet",
        "/packs/extract/MHS001MPI/page",
        "/packs/extract/MHS001MPI.csv",
        "/%2ffindings.parquet",
        "/findings.parquet",
        "/.%2ffindings.parquet",
        "/assets/%2e%2e/%2e%2e/findings.parquet",
        "/assets/../accounts.py",
        "/assets/..%2f..%2fusers.json",
        "/assets/work_list.csv",
        "/actions/..%2f..",
        "/history.sqlite",
        "/extracts/2025-09/MHS001MPI.csv",
    ],
)
def test_no_file_but_a_pack_s_page_and_the_styles_is_served(
    open_as: Open, site: Site, path: str
) -> None:
    planted = "NHSNumber,9990000018"
    (site.packs / "extract").mkdir()
    names = ["users.html", "users.json.html", "work_list.html", "work_list.csv", "work_list.json"]
    names += ["findings.parquet", "findings.html", "findings.json", "MHS001MPI.csv"]
    names += ["MHS001MPI.html", "MHS001MPI.json"]
    for place in (site.packs, site.packs.parent, site.packs / "extract"):
        for name in names:
            (place / name).write_text(planted, encoding="utf-8")
    answer = open_as("vic").get(path)
    assert answer.status_code in {400, 404}
    assert planted not in answer.text
    assert "argon2" not in answer.text


def test_a_proxy_is_believed_from_its_address_only(
    tmp_path: Path, history: History, made: PackMade
) -> None:
    assert made.pack
    proxy = Proxy(header="X-Account", trusted=("10.0.0.0/28",))
    site = site_in(tmp_path, history, proxy=proxy, host="0.0.0.0", is_encrypted=True)  # noqa: S104  refused
    told = {"X-Account": "ada"}
    behind = Browser(site, address="10.0.0.3")
    assert "Ada Lead" in behind.get("/", headers=told).text
    assert "Ada Lead" in Browser(site, address="::ffff:10.0.0.3").get("/", headers=told).text
    for address in ("10.0.0.99", "127.0.0.1", "::1", "testclient"):
        assert Browser(site, address=address).get("/", headers=told).status_code == 303
    assert behind.get("/", headers={"X-Account": "eve"}).status_code == 303
    twice = [("X-Account", "ada"), ("X-Account", "sam")]
    assert behind.client.get("/", headers=twice, follow_redirects=False).status_code == 303
    assert "not known here" in behind.get("/sign-in").text
    assert behind.sign_in("ada", "").status_code == 403


def test_pages_on_a_loopback_address_answer_to_its_names_only(open_as: Open) -> None:
    browser = open_as("ada")
    assert browser.get("/", headers={"host": "evil.example:8765"}).status_code == 400


def test_an_address_that_others_reach_needs_accounts_or_a_proxy(tmp_path: Path) -> None:
    nobody = Accounts(tmp_path / "none.json")
    for host in ("127.0.0.1", "127.8.9.1", "::1", "localhost"):
        check_address(host, accounts=nobody, proxy=None)
    proxy = Proxy(header="X-Account", trusted=("127.0.0.1",))
    for host in ("0.0.0.0", "::", "10.0.0.1", "sign-off.example"):  # noqa: S104  refused
        check_address(host, accounts=nobody, proxy=proxy)
        with pytest.raises(UsageError, match="nobody could sign in"):
            check_address(host, accounts=nobody, proxy=None)


@pytest.mark.parametrize(
    ("header", "trusted"), [("", ("127.0.0.1",)), ("X-A", ()), ("X-A", ("proxy.example",))]
)
def test_half_a_proxy_is_refused(header: str, trusted: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="proxy"):
        Proxy(header=header, trusted=trusted)
