"""What the pages are served from, and from where they may be asked for."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from mhsds_recon.errors import UsageError
from mhsds_recon.signoff import Policy, load_policy
from mhsds_recon.standard.cut_offs import CutOffs, load_cut_offs
from mhsds_recon.web.known import Known
from mhsds_recon.web.sessions import Attempts, Sessions

if TYPE_CHECKING:
    from mhsds_recon.history import History
    from mhsds_recon.web.accounts import Accounts

__all__ = ["Proxy", "Served", "Site", "check_address", "is_loopback"]


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A reverse proxy that says who asks.

    Attributes:
        header: Name of the header that holds the account.
        trusted: Addresses or networks that the header is believed from; from others it is not.
    """

    header: str
    trusted: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a proxy without a header, or an address that is none.

        Raises:
            UsageError: Either is so.
        """
        if not self.header.strip() or not self.trusted:
            message = "A proxy needs both: --proxy-header NAME and --trust-proxy ADDRESS."
            raise UsageError(message)
        try:
            self._networks()
        except ValueError:
            message = "--trust-proxy takes addresses such as 127.0.0.1 or networks as 10.1.2.0/28."
            raise UsageError(message) from None

    def trusts(self, host: str) -> bool:
        """Return whether the header is believed from an address."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks())

    def _networks(self) -> list[IPv4Network | IPv6Network]:
        return [ip_network(each) for each in self.trusted]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything that the pages need.

    Attributes:
        history: Where packs and decisions are remembered.
        packs: Folder of the packs as they were written, in it or in folders below.
        accounts: Who may sign in, and in which roles.
        policy_file: The trust's own file of who signs what off.
        calendar: The trust's own file of cut-offs.
        standard: Version of the standard.
        proxy: Who says who asks, in place of passwords.
        host: Address that is served on.
        port: Port that is served on.
        names: Names that browsers may ask for beside those of a loopback address.
        is_encrypted: Whether browsers reach the pages by https.
        now: The clock.
        sessions: Who is signed in.
        attempts: Failed sign-ins.
        known: What the history answered.
        checked: What checks of the record found; they take long, and keep nothing else waiting.
        mark: What tells the cookies of this start from those of another.
        policy: Who may decide what, from its file.
        cut_offs: The calendar, from its file.
    """

    history: History
    packs: Path
    accounts: Accounts
    policy_file: Path | None = None
    calendar: Path | None = None
    standard: str = "6.0"
    proxy: Proxy | None = None
    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    is_encrypted: bool = False
    now: Callable[[], dt.datetime] = _now
    sessions: Sessions = field(default_factory=Sessions)
    attempts: Attempts = field(default_factory=Attempts)
    known: Known = field(default_factory=Known)
    checked: Known = field(default_factory=Known)
    mark: str = field(default_factory=partial(secrets.token_hex, 4))
    policy: Policy = field(init=False)
    cut_offs: CutOffs = field(init=False)

    def __post_init__(self) -> None:
        """Read the files, so that what is wrong with them is told before anything is served.

        Raises:
            DefinitionError: A file cannot be read, or holds problems.
        """
        policy = load_policy(self.policy_file, version=self.standard)
        cut_offs = load_cut_offs(self.calendar, version=self.standard)
        object.__setattr__(self, "policy", policy)
        object.__setattr__(self, "cut_offs", cut_offs)

    @property
    def address(self) -> str:
        """What is typed into a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.is_encrypted and self.proxy is None else "http"
        return f"{scheme}://{host}:{self.port}/"


def is_loopback(host: str) -> bool:
    """Return whether an address can be reached from the same machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(host: str, *, accounts: Accounts, proxy: Proxy | None) -> None:
    """Refuse to be reached from other machines by people that nobody named.

    Raises:
        UsageError: The address is not loopback, and there is neither an account nor a proxy.
    """
    if not is_loopback(host) and proxy is None and not accounts.everyone():
        message = (
            f"'{host}' can be reached from other machines, and nobody could sign in. First add"
            " accounts (mhsds-recon users add NAME --role ...), or name a reverse proxy with"
            " --proxy-header and --trust-proxy."
        )
        raise UsageError(message)


Served: TypeAlias = NamedDependency[SkipValidation[Site]]
"""The site, as a handler asks for it."""
