"""The sign-off pages with 20 readers at once: how long an answer takes.

Run ``python benchmarks/bench_web.py [READERS] [PAGES]``: each reader opens that many pages in a
row, over loopback, of a history with 36 months. Target: 95 in 100 answers under 100 ms. Before
that, one reader alone tells how much work of the processor each page is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from mhsds_recon.history import History, RunRecord
from mhsds_recon.packs import Pack, canonical_json, file_stem, render_html
from mhsds_recon.packs.model import Column, GroupStatus, Section, Table
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.web import Account, Accounts
from mhsds_recon.workflow import sign
from mhsds_recon.workflow.signing import keep_pack

LAST, MONTHS, ROWS = ReportingPeriod(2026, 3), 36, 4000
NOW = dt.datetime(2026, 4, 20, 12, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"  # noqa: S105  of this benchmark
HIDDEN = 'name="_csrf_token" value="'
PORT = 8799
ALONE = 50
GROUPS = ("access", "waits", "outcomes", "activity")


def pack_of(period: ReportingPeriod) -> Pack:
    """Return a pack whose page is about 1 MB large."""
    columns = (Column(name="Row"), Column(name="Figure", kind="count"))
    rows = tuple((f"Row {number}", "105") for number in range(ROWS))
    table = Table(id="figures", caption="Figures", columns=columns, rows=rows)
    return Pack(
        provider="RZZ",
        period_start=period.start,
        period_end=period.end,
        pack_type="A",
        profile="national",
        status="Ready",
        software="1",
        standard="6.0",
        generated_at=NOW.isoformat(),
        extract_sha256=hashlib.sha256(str(period).encode()).hexdigest(),
        prepared_by="Pat Prep",
        groups=tuple(GroupStatus(id=one, title=one.title(), status="Ready") for one in GROUPS),
        sections=(Section(id="all", title="All", sentences=(), tables=(table,)),),
    )


def fill(folder: Path) -> list[str]:
    """Write packs, decisions and accounts into a folder; return the names of the packs."""
    names = []
    with History.open(folder / "history.sqlite") as history:
        for period in LAST.window(MONTHS):
            pack = pack_of(period)
            stem = file_stem(pack)
            page, content = render_html(pack).encode(), canonical_json(pack)
            (folder / f"{stem}.html").write_bytes(page)
            (folder / f"{stem}.json").write_bytes(content)
            hashes = {
                f"{stem}.html": hashlib.sha256(page).hexdigest(),
                f"{stem}.json": hashlib.sha256(content).hexdigest(),
            }
            run = RunRecord(verb="pack", provider="RZZ", period=period, software="1", standard="6")
            number = history.record(run, at=NOW)
            made = keep_pack(history, pack, run=number, files=hashes, at=NOW)
            sign(
                history,
                made,
                groups=GROUPS,
                decision="agree",
                name="Ada Lead",
                role="cyp_lead",
                at=NOW,
            )
            names.append(stem)
    account = Account(account="vic", name="Vic Viewer", roles=("viewer",))
    Accounts(folder / "users.json").add(account, password=PASSWORD)
    return names


def connected() -> http.client.HTTPConnection:
    """Return a connection to the pages, once they are served."""
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    raise TimeoutError


def asked(
    connection: http.client.HTTPConnection, path: str, cookies: str, form: str = ""
) -> tuple[http.client.HTTPResponse, bytes]:
    """Open a page, or send a form to it."""
    headers = {"cookie": cookies}
    if form:
        headers["content-type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if form else "GET", path, body=form or None, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


def signed_in() -> str:
    """Return the cookies of a session."""
    connection = connected()
    answer, page = asked(connection, "/sign-in", "")
    cookie = answer.headers["set-cookie"].split(";")[0]
    token = page.decode().split(HIDDEN)[1].split('"')[0]
    form = urlencode({"account": "vic", "password": PASSWORD, "_csrf_token": token})
    answer, _ = asked(connection, "/sign-in", cookie, form)
    assert answer.status == HTTPStatus.SEE_OTHER
    return f"{cookie}; {answer.headers['set-cookie'].split(';')[0]}"


def read(cookies: str, paths: list[str]) -> list[tuple[str, float]]:
    """Open pages one after the other; return the milliseconds of each."""
    taken = []
    connection = connected()
    for path in paths:
        start = time.perf_counter()
        answer, _ = asked(connection, path, cookies)
        assert answer.status == HTTPStatus.OK
        taken.append((path, (time.perf_counter() - start) * 1000))
    return taken


def seconds_of_work(process: int) -> float:
    """Return the CPU time that a process has taken, in seconds; on Linux only."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main(readers: int = 20, pages: int = 24) -> None:
    """Serve the pages from a process of its own, and read them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        last = fill(folder)[-1]
        kinds = [f"/packs/{last}{part}" for part in ("", "/page", "/record", "/check")]
        kinds += ["/", "/actions/RZZ"]
        words = [sys.executable, "-m", "mhsds_recon", "serve", "--port", str(PORT), "--quiet"]
        words += ["--packs", name, "--users", str(folder / "users.json")]
        words += ["--history", str(folder / "history.sqlite")]
        with subprocess.Popen(words) as server:  # noqa: S603  our own command
            try:
                cookies = signed_in()
                for kind in kinds:
                    work = seconds_of_work(server.pid)
                    read(cookies, [kind] * ALONE)
                    each = (seconds_of_work(server.pid) - work) / ALONE * 1000
                    print(f"{kind}: {each:.1f} ms of work")
                plans = [
                    [kinds[(n + r) % len(kinds)] for n in range(pages)] for r in range(readers)
                ]
                with ThreadPoolExecutor(readers) as pool:
                    done = pool.map(lambda plan: read(cookies, plan), plans)
                    found = [each for one in done for each in one]
            finally:
                server.terminate()
    for kind in (*kinds, "all"):
        taken = [milliseconds for path, milliseconds in found if kind in {path, "all"}]
        centiles = statistics.quantiles(taken, n=20)
        print(f"{kind}: median {statistics.median(taken):.0f} ms, 95th {centiles[-1]:.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
