"""Commands of the sign-off pages: serve and users."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, open_history, say
from mhsds_recon.errors import UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.web import Accounts

__all__ = ["app", "users"]

app = App()
users = App(name="users", help="Who may sign in to the sign-off pages, and in which roles.")

Repeated = Annotated[tuple[str, ...], Parameter(negative=())]


@app.command
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    packs: Path = Path(),
    users: Path | None = None,
    proxy_header: str = "",
    trust_proxy: Repeated = (),
    name: Repeated = (),
    certificate: Path | None = None,
    key: Path | None = None,
    policy: Path | None = None,
    calendar: Path | None = None,
    common: Common = Common(),
) -> int:
    """Serve the sign-off pages until stopped: months, packs, decisions, the record, actions.

    They show packs as they were written and what the history holds, and no row of an extract.

    Args:
        host: Address to serve on; by default this machine only.
        port: Port to serve on; 0 takes one that is free.
        packs: Folder of the packs, or a folder above theirs; by default the current one.
        users: File of accounts; by default in the user's data folder.
        proxy_header: Header in which a reverse proxy gives the account; no password is asked then.
        trust_proxy: Address or network of that proxy; may be given again.
        name: Name that browsers or the proxy ask for, where others are to be refused; may be
            given again. On a loopback address, its own names always hold.
        certificate: A certificate (PEM), to be reached by https.
        key: Its key (PEM).
        policy: The trust's own file of who signs what off, as TOML.
        calendar: The trust's own file of cut-offs, as TOML.
        common: Options of every command.
    """
    with _explaining_extra():
        from mhsds_recon import web
    proxy = (
        web.Proxy(header=proxy_header, trusted=trust_proxy) if proxy_header or trust_proxy else None
    )
    accounts = web.Accounts(users or _default_users())
    web.check_address(host, accounts=accounts, proxy=proxy)
    if (certificate is None) != (key is None):
        message = "https needs both: --certificate and --key."
        raise UsageError(message)
    is_encrypted = certificate is not None or proxy is not None
    if not (is_encrypted or web.is_loopback(host)):
        _warn("passwords can be read on the way: give --certificate and --key, or use a proxy.")
    if not accounts.everyone():
        _warn("there is no account yet: mhsds-recon users add NAME --role ROLE")
    with open_history(common) as history, web.listen(host, port) as listening:
        site = web.Site(
            history=history,
            packs=packs,
            accounts=accounts,
            policy_file=policy,
            calendar=calendar,
            standard=common.standard,
            proxy=proxy,
            host=host,
            port=listening.getsockname()[1],
            names=name,
            is_encrypted=is_encrypted,
        )
        server = web.server_of(site, certificate=certificate, key=key)
        say(f"The sign-off pages are at {site.address} (stop with Ctrl+C)", common)
        sys.stdout.flush()
        web.run(server, listening)
    return 0


@users.command
def add(
    account: str,
    /,
    *,
    role: Repeated,
    name: str = "",
    proxy_only: Annotated[bool, Parameter(negative=())] = False,
    users: Path | None = None,
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Add an account, or replace it; the password is asked for, or read from standard input.

    Args:
        account: What is typed in to sign in, or what the proxy tells.
        role: A role, such as cyp_lead, submission_owner, preparer or viewer; may be given again.
        name: The person's name, as it stands in the record; by default the account.
        proxy_only: Ask no password: a reverse proxy signs the person in.
        users: File of accounts; by default in the user's data folder.
        policy: The trust's own file of who signs what off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon.signoff import load_policy

    with _explaining_extra():
        from mhsds_recon.web import Account
        from mhsds_recon.web.accounts import VIEWER
    known = (*load_policy(policy, version=common.standard).roles, VIEWER)
    for one in role:
        if one not in known:
            message = f"No role '{one}': choose from {', '.join(known)}.{near_miss(one, known)}"
            raise UsageError(message)
    accounts = _accounts(users)
    password = "" if proxy_only else _password(common)
    accounts.add(Account(account=account, name=name or account, roles=role), password=password)
    say(f"Added: {account} ({', '.join(role)})", common)
    return 0


@users.command
def remove(account: str, /, *, users: Path | None = None, common: Common = Common()) -> int:
    """Remove an account.

    Args:
        account: The account.
        users: File of accounts; by default in the user's data folder.
        common: Options of every command.
    """
    _accounts(users).remove(account)
    say(f"Removed: {account}", common)
    return 0


@users.command(name="list")
def show(*, users: Path | None = None, common: Common = Common()) -> int:
    """List the accounts with their roles.

    Args:
        users: File of accounts; by default in the user's data folder.
        common: Options of every command.
    """
    del common
    lines = [
        f"{one.account}: {one.name} ({', '.join(one.roles)})" for one in _accounts(users).everyone()
    ]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _accounts(path: Path | None) -> Accounts:
    with _explaining_extra():
        from mhsds_recon.web import Accounts
    return Accounts(path or _default_users())


def _default_users() -> Path:
    from mhsds_recon.history import default_path

    return default_path().with_name("users.json")


def _password(common: Common) -> str:
    if not sys.stdin.isatty():
        found = sys.stdin.readline().rstrip("\r\n")
    elif common.no_input:
        found = ""
    else:
        import getpass

        found = getpass.getpass("Password: ")
        if found != getpass.getpass("The same again: "):
            message = "The two passwords are not the same."
            raise UsageError(message)
    if not found:
        message = "An account needs a password; or give --proxy-only if a proxy signs people in."
        raise UsageError(message)
    return found


def _warn(what: str) -> None:
    sys.stderr.write(f"mhsds-recon: {what}\n")


@contextmanager
def _explaining_extra() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        message = "The sign-off pages need more packages: pip install 'mhsds-recon[web]'."
        raise UsageError(message) from error
