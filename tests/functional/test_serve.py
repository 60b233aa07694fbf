"""The sign-off pages as processes of their own: signing in, deciding, a proxy, stopping."""

from __future__ import annotations

import http.client
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mhsds_recon.web.app import MOST_CONNECTIONS

Command = Callable[..., tuple[int, str, str]]
PACK = "RZZ_2025-09_A_v1"
PASSWORD = "three random words"  # noqa: S105  of a test
PEOPLE = {"ada": ("Ada Lead", "cyp_lead"), "bea": ("Bea Lead", "cyp_lead")}
TOO_MANY = "WARNING:  Exceeded concurrency limit.\n"
PROXY = "127.0.0.2"
BY_PROXY = ("--proxy-header", "X-Account", "--trust-proxy", PROXY)
HERE = [sys.executable, "-m", "mhsds_recon"]


class Visitor:
    """Someone who opens pages, keeps cookies and sends forms."""

    def __init__(self, port: int, *, to: str = "127.0.0.1", **headers: str) -> None:
        self.place = (to, port)
        self.headers = headers
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, **form: str) -> tuple[int, str, str]:
        """Return the status, where it leads and what it says; with fields, send a form."""
        connection = http.client.HTTPConnection(*self.place, timeout=30)
        held = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        typed = {"content-type": "application/x-www-form-urlencoded"} if form else {}
        connection.request(
            "POST" if form else "GET",
            path,
            body=urlencode(form) if form else None,
            headers=self.headers | held | typed,
        )
        answer = connection.getresponse()
        for line in answer.headers.get_all("set-cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        said = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, answer.headers.get("location", ""), said

    def send(self, page: str, **fields: str) -> tuple[int, str, str]:
        """Open a page and send its form with what it holds hidden."""
        hidden = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', self.ask(page)[2])
        return self.ask(page, **dict(hidden), **fields)

    def sign_in(self, account: str) -> Visitor:
        """Sign in."""
        assert self.send("/sign-in", account=account, password=PASSWORD)[:2] == (303, "/")
        return self


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of accounts of two leads."""
    path = tmp_path_factory.mktemp("users") / "users.json"
    for account, (name, role) in PEOPLE.items():
        words = ["users", "add", account, "--name", name, "--role", role]
        words += ["--users", str(path), "--quiet"]
        subprocess.run([*HERE, *words], input=f"{PASSWORD}\n", text=True, check=True)
    return path


@pytest.fixture
def place(packed: Path, users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a folder with a pack, its history and the accounts."""
    copy = shutil.copytree(packed, tmp_path / "trust")
    shutil.copy(users, copy)
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(copy / "history.sqlite"))
    return copy


@contextmanager
def served(place: Path, *words: str) -> Iterator[int]:
    """Serve the pages on a free port until the end, then stop them as Ctrl+C does."""
    given = ["serve", "--port", "0", "--packs", str(place), "--users", str(place / "users.json")]
    with subprocess.Popen(
        [*HERE, *given, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            found = re.search(r"http://127\.0\.0\.1:(\d+)/ ", line)
            assert found, line
            yield int(found[1])
        finally:
            process.send_signal(signal.SIGINT)
            said, told = process.communicate(timeout=30)
    assert (process.returncode, said, told.replace(TOO_MANY, "")) == (0, "", "")


def test_a_lead_decides_on_the_pack_and_the_record_holds_it(command: Command, place: Path) -> None:
    with served(place) as port:
        lead = Visitor(port).sign_in("ada")
        assert f"/packs/{PACK}" in lead.ask("/")[2]
        shown = lead.ask(f"/packs/{PACK}/page")[2]
        assert shown == (place / "packs" / f"{PACK}.html").read_text(encoding="utf-8")
        sent = lead.send(f"/packs/{PACK}/decisions/access", decision="agree", comment="As we know")
        assert sent[:2] == (303, f"/packs/{PACK}?recorded=access")
    out = command("record", place / "packs" / f"{PACK}.html")[1]
    assert re.search("access: agree, Ada Lead.*As we know", out)
    assert command("history", "verify")[0] == 0


def test_two_leads_who_decide_at_the_same_moment_are_both_kept(place: Path) -> None:
    form = f"/packs/{PACK}/decisions/access"
    with served(place) as port:
        leads = [Visitor(port).sign_in(account) for account in PEOPLE for _ in range(3)]
        moment = threading.Barrier(len(leads))

        def decide(lead: Visitor) -> int:
            moment.wait()
            return lead.send(form, decision="agree")[0]

        with ThreadPoolExecutor(len(leads)) as pool:
            assert set(pool.map(decide, leads)) == {303}
        record = leads[0].ask(f"/packs/{PACK}/record")[2]
    assert [record.count(f"{name}, Children") for name, _ in PEOPLE.values()] == [3, 3]


def test_no_row_of_an_extract_can_be_had(place: Path) -> None:
    secret = "NHSNumber,9990000018"  # noqa: S105  made up
    for folder in (place, place / "packs"):
        for name in ("findings.parquet", "work_list.csv", "findings.html", "findings.json"):
            (folder / name).write_text(secret, encoding="utf-8")
    plain = ["findings.parquet", "work_list.csv", "extracts/2025-09/MHS001MPI.csv"]
    plain += ["history.sqlite", "users.json", f"packs/{PACK}.summary.json"]
    ways = ["/{}", "/packs/{}", "/packs/../{}", "/packs/%2e%2e/{}", "/packs/..%2f{}"]
    ways += ["/assets/../{}", "/assets/..%2f..%2f{}", "//{}", "/%2f{}", "/packs/{}/page"]
    ways += ["/packs/%252e%252e%252f{}/page", "/packs/..%5c{}/page", "/packs/x%00{}/page"]
    ways += [f"/packs/{PACK}/../../{{}}", f"/packs/{PACK}%2f..%2f{{}}/page", "/./{}", "/;/{}"]
    ways += ["http://127.0.0.1/{}", "file:///{}"]
    with served(place) as port:
        lead = Visitor(port).sign_in("ada")
        for name in (*plain, "findings", "work_list"):
            for way in ways:
                status, _, said = lead.ask(way.format(name))
                assert status in {400, 404}
                assert secret not in said
                assert "<h1" in said or status == 400


def test_who_comes_when_too_many_are_there_is_told_to_come_later(place: Path) -> None:
    with served(place) as port:
        with ExitStack() as others:
            for _ in range(MOST_CONNECTIONS):
                others.enter_context(socket.create_connection(("127.0.0.1", port)))
            assert Visitor(port).ask("/sign-in")[0] == 503
        for _ in range(100):
            if Visitor(port).ask("/sign-in")[0] == 200:
                return
    pytest.fail("nobody is let in again")


def test_a_port_that_is_taken_is_told_in_one_line(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ["serve", "--port", str(taken.getsockname()[1]), "--packs", str(place)]
        ran = subprocess.run([*HERE, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "cannot be served on 127.0.0.1" in ran.stderr.splitlines()[-1]
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--host", "0.0.0.0"), "nobody could sign in"),  # noqa: S104  refused
        (("--proxy-header", "X-Account"), "--trust-proxy"),
        (("--certificate", "none.pem"), "https needs both"),
        (("--certificate", "none.pem", "--key", "none.pem"), "certificate or its key"),
        (("--calendar", "none.toml"), "cannot be read"),
        (("--policy", "none.toml"), "does not say who signs off"),
        (("--host", "192.0.2.1", *BY_PROXY), "cannot be served"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(tmp_path / "history.sqlite"))
    given = ("serve", "--port", "0", "--users", tmp_path / "none.json", "--quiet")
    code, out, err = command(*(*given, *words))
    assert (code in {2, 3}, out) == (True, "")
    assert told in err


class Gate(BaseHTTPRequestHandler):
    """A reverse proxy: it knows who asks by their address, and says so in a header."""

    port = 0

    def do_GET(self) -> None:
        """Pass a request on, with a header of ours in place of any that the browser sent."""
        onward = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(PROXY, 0)
        )
        own = {"host", "x-account", "content-length"}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in own}
        body = self.rfile.read(int(self.headers.get("content-length", 0))) or None
        onward.request(self.command, self.path, body, headers | {"X-Account": "bea"})
        answer = onward.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        onward.close()

    do_POST = do_GET  # noqa: N815  the library's name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def behind_proxy(port: int) -> Iterator[int]:
    """Put a reverse proxy before the pages, and return its port."""
    handler = type("GateTo", (Gate,), {"port": port})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        yield proxy.server_port
        proxy.shutdown()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a second loopback address")
def test_a_reverse_proxy_signs_people_in_and_nobody_else_does(
    command: Command, place: Path
) -> None:
    form = f"/packs/{PACK}/decisions/outcomes"
    with served(place, *BY_PROXY) as port, behind_proxy(port) as before:
        lead = Visitor(before, **{"X-Account": "ada"})  # which the proxy takes off
        assert "Bea Lead" in lead.ask("/")[2]
        assert lead.send(form, decision="agree")[0] == 303
        liar = Visitor(port, **{"X-Account": "bea"})
        assert liar.ask("/")[:2] == (303, "/sign-in")
        assert liar.ask(form)[0] == 303
        token = re.search(r'_csrf_token" value="(\w+)"', lead.ask(form)[2])
        assert token
        liar.cookies = lead.cookies
        assert liar.ask(form, decision="agree", _csrf_token=token[1])[0] == 401
    out = command("record", place / "packs" / f"{PACK}.html")[1]
    assert out.count("outcomes: agree, Bea Lead") == 1


def test_accounts_are_added_listed_and_removed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "users.json"
    users = ("--users", path)
    for password, expected, told in (
        ("short", 2, "12 to 200 characters"),
        ("", 2, "needs a password"),
        (PASSWORD, 0, ""),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(password))
        code, out, err = command("users", "add", "TRUST\\ada", "--role", "cyp_lead", *users)
        assert (code, told in err) == (expected, True)
        assert not password or password not in out + err
    assert command("users", "add", "sam", "--role", "boss", *users)[0] == 2
    assert command("users", "add", "sam", "--role", "viewer", "--proxy-only", *users)[0] == 0
    listed = command("users", "list", *users)[1]
    assert listed == "TRUST\\ada: TRUST\\ada (cyp_lead)\nsam: sam (viewer)\n"
    assert command("users", "remove", "trust\\ada", *users)[0] == 0
    assert command("users", "remove", "trust\\ada", *users)[0] == 2
    assert "ada" not in command("users", "list", *users)[1]
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0
