"""A site to test the pages with: a pack on disk, a history that holds it, accounts, a clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
from argon2 import PasswordHasher
from litestar.testing import TestClient

from mhsds_recon.history import History, RunRecord
from mhsds_recon.packs import Pack, canonical_json, file_stem, render_html
from mhsds_recon.signoff import PackMade
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.web import Account, Accounts, Site, create_app
from mhsds_recon.web.people import cookie_name
from mhsds_recon.workflow.signing import keep_pack

if TYPE_CHECKING:
    from litestar import Litestar

PINNED = Path(__file__).parents[2] / "packs" / "pack_b.json"
EXTRACT = "e" * 64
PASSWORD = "correct horse battery"  # noqa: S105  of accounts of tests
CHEAP = PasswordHasher(time_cost=1, memory_cost=32)
PEOPLE = {
    "ada": ("Ada Lead", "cyp_lead"),
    "bea": ("Bea Lead", "cyp_lead"),
    "sam": ("Sam Owner", "submission_owner"),
    "pat": ("Pat Prep", "preparer"),
    "vic": ("Vic Viewer", "viewer"),
}
_TOKEN = re.compile(r'name="_csrf_token" value="([0-9a-f]+)"')


@dataclass
class Clock:
    """A clock that stands still until it is moved on."""

    at: dt.datetime = field(default_factory=lambda: dt.datetime(2025, 11, 20, 9, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        """Return its time."""
        return self.at


@cache
def _accounts() -> bytes:
    """Return a file of ``PEOPLE``, all with the same password; hashing takes long, by design."""
    hashed = CHEAP.hash(PASSWORD)
    people = [
        Account(account=name, name=person, roles=(role,), password_hash=hashed)
        for name, (person, role) in PEOPLE.items()
    ]
    return msgspec.json.encode(people)


def site_in(folder: Path, history: History, **more: Any) -> Site:  # noqa: ANN401  any field
    """Return a site whose accounts are ``PEOPLE``."""
    path = folder / "users.json"
    path.write_bytes(_accounts())
    usual: dict[str, Any] = {"now": Clock(), "packs": folder / "packs"}
    return Site(history=history, accounts=Accounts(path, hasher=CHEAP), **{**usual, **more})


def write_pack(folder: Path, history: History, **changes: Any) -> PackMade:  # noqa: ANN401  any field
    """Write the pinned pack B into a folder and have the history hold it."""
    pinned = msgspec.json.decode(PINNED.read_bytes(), type=Pack)
    usual = {"extract_sha256": EXTRACT, "prepared_by": "Pat Prep"}
    pack = msgspec.structs.replace(pinned, **{**usual, **changes})
    contents = {".html": render_html(pack).encode(), ".json": canonical_json(pack)}
    folder.mkdir(parents=True, exist_ok=True)
    for ending, content in contents.items():
        (folder / f"{file_stem(pack)}{ending}").write_bytes(content)
    period, at = ReportingPeriod.of(pack.period_start), dt.datetime(2025, 11, 18, 9, tzinfo=dt.UTC)
    run = RunRecord(
        verb="pack", provider=pack.provider, period=period, software="1", standard="6.0"
    )
    hashes = {
        f"{file_stem(pack)}{ending}": hashlib.sha256(content).hexdigest()
        for ending, content in contents.items()
    }
    number = history.record(run, at=at)
    return keep_pack(history, pack, run=number, files=hashes, at=at)


class Browser:
    """Someone who reads pages and sends their forms."""

    def __init__(self, site: Site, *, address: str = "127.0.0.1") -> None:
        scheme = "https" if site.is_encrypted else "http"
        base = f"{scheme}://{site.host}:{site.port}"
        app = create_app(site)

        async def reached_from(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  of ASGI
            scope["client"] = (address, 1)
            await app(scope, receive, send)

        self.client = TestClient(app, base_url=base)
        self.client.app = cast("Litestar", reached_from)
        self.session = cookie_name(site, "session")

    def get(self, path: str, **more: Any) -> Any:  # noqa: ANN401  the client's answer
        """Open a page, without following where it leads."""
        return self.client.get(path, follow_redirects=False, **more)

    def send(self, form: str, place: str = "", **fields: str) -> Any:  # noqa: ANN401  the client's answer
        """Open a page and send its form with what it holds hidden."""
        page = self.get(form).text
        hidden = {"_csrf_token": token.group(1)} if (token := _TOKEN.search(page)) else {}
        seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
        hidden |= {"seen": seen.group(1)} if seen else {}
        return self.client.post(place or form, data={**hidden, **fields}, follow_redirects=False)

    def sign_in(self, account: str, password: str = PASSWORD) -> Any:  # noqa: ANN401  the client's answer
        """Sign in."""
        return self.send("/sign-in", account=account, password=password)
