"""Whether this machine can reach a warehouse, and what stands in the way; no secret is told."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from mhsds_recon.errors import DatabaseError
from mhsds_recon.frames.databases import connected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.frames.databases import DatabaseLocation

__all__ = ["SetupCheck", "SetupState", "check_drivers", "check_warehouse", "sql_server_checks"]

SetupState = Literal["good", "note", "bad"]

_MICROSOFT = re.compile(r"(?:ODBC Driver (\d+) for SQL Server)")
_ENCRYPTS_BY_ITSELF = 18
_YES = frozenset({"yes", "true", "1", "mandatory", "strict"})
_SAFE_MODES = frozenset({"verify-ca", "verify-full"})
_NO_DRIVER = (
    "Install 'ODBC Driver 18 for SQL Server' from Microsoft (Windows: its msi; Debian and Ubuntu:"
    " msodbcsql18 from Microsoft's package list; macOS: Homebrew's msodbcsql18)."
)


@dataclass(frozen=True, kw_only=True)
class SetupCheck:
    """One thing that was looked at: how it is, and what to do if it is not as it should be.

    Attributes:
        about: What was looked at.
        state: ``good``; ``note``, where it matters for some uses only; ``bad``, where it stands in
            the way of what was asked for.
        said: What was found.
        next_step: What to do; nothing where all is well.
    """

    about: str
    state: SetupState
    said: str
    next_step: str = ""


def check_drivers(*, needed: bool) -> Iterator[SetupCheck]:
    """Yield whether SQL Server can be reached from here: pyodbc, its library, its drivers.

    Args:
        needed: Whether the warehouse is a SQL Server, so that a lack is bad and not just noted.
    """
    lack: SetupState = "bad" if needed else "note"
    try:
        drivers = list(import_module("pyodbc").drivers())
    except ModuleNotFoundError:
        step = "For SQL Server: pip install 'mhsds-recon[mssql]'."
        yield SetupCheck(about="ODBC", state=lack, said="pyodbc is not installed", next_step=step)
        return
    except ImportError:
        yield SetupCheck(
            about="ODBC",
            state=lack,
            said="pyodbc is installed; the driver manager (unixODBC) is not",
            next_step="Install it: apt install unixodbc, or brew install unixodbc.",
        )
        return
    listed = ", ".join(drivers) or "none"
    if any(_MICROSOFT.fullmatch(name) for name in drivers):
        yield SetupCheck(about="ODBC", state="good", said=f"drivers: {listed}")
    else:
        yield SetupCheck(
            about="ODBC",
            state=lack,
            said=f"no driver of Microsoft's for SQL Server; drivers: {listed}",
            next_step=_NO_DRIVER,
        )


def check_warehouse(location: DatabaseLocation, *, seconds: int) -> Iterator[SetupCheck]:
    """Yield how the connection to a database is made, and whether it can be made now."""
    match location.dialect:
        case "mssql":
            yield from check_drivers(needed=True)
            yield from sql_server_checks(location)
        case "postgresql":
            yield _postgresql_encryption(location)
    started = time.monotonic()
    try:
        with connected(location, seconds=seconds) as connection:
            connection.execute(sa.select(sa.literal(1))).scalar_one()
    except DatabaseError as error:
        yield SetupCheck(
            about="connection",
            state="bad",
            said=str(error).removesuffix(" mhsds-recon doctor looks at the set-up."),
            next_step="Ask the database's keeper to check name, login and network (firewall, VPN).",
        )
        return
    took = f"{time.monotonic() - started:.1f} s"
    said = f"{location.dialect} at {location.place} answers, in {took}; it is only read"
    yield SetupCheck(about="connection", state="good", said=said)


def sql_server_checks(location: DatabaseLocation) -> Iterator[SetupCheck]:
    """Yield what an address of a SQL Server says of driver, encryption and login."""
    options = _options(location)
    driver = options.get("driver", "").strip("{}")
    version = _MICROSOFT.fullmatch(driver)
    encrypts = int(version[1]) >= _ENCRYPTS_BY_ITSELF if version else not driver
    encrypted = options.get("encrypt", "yes" if encrypts else "no").lower() in _YES
    trusting = options.get("trustservercertificate", "no").lower() in _YES
    yield _encryption(encrypted=encrypted, trusting=trusting, told="encrypt" in options)
    has_password = bool(location.url.username or options.get("uid"))
    trusted = options.get("trusted_connection", "" if has_password else "yes").lower() in _YES
    yield _login(trusted=trusted, has_password=has_password)


def _encryption(*, encrypted: bool, trusting: bool, told: bool) -> SetupCheck:
    by = "as the address says" if told else "as the driver does by itself"
    if not encrypted:
        return SetupCheck(
            about="encryption",
            state="note",
            said=f"off, {by}: whoever is on the network can read what passes",
            next_step="Add Encrypt=yes to the address, or use driver 18, which does so by itself.",
        )
    if trusting:
        return SetupCheck(
            about="encryption",
            state="note",
            said="on, but the server's certificate is not checked (TrustServerCertificate=yes)",
            next_step="Have the trust's certificate authority installed on this machine, then set"
            " TrustServerCertificate=no.",
        )
    return SetupCheck(
        about="encryption",
        state="good",
        said=f"on, {by}, and the server's certificate is checked. If that fails, this machine does"
        " not know the authority that issued it: have it installed, do not switch checking off",
    )


def _login(*, trusted: bool, has_password: bool) -> SetupCheck:
    if not trusted:
        step = "" if has_password else "Add a user, or Trusted_Connection=yes."
        state: SetupState = "good" if has_password else "bad"
        return SetupCheck(
            about="login", state=state, said="by user name and password", next_step=step
        )
    if sys.platform == "win32":
        said = "trusted connection: the Windows account that runs this; no password is kept"
        return SetupCheck(about="login", state="good", said=said)
    klist = shutil.which("klist")
    has_ticket = klist is not None and subprocess.run([klist, "-s"], check=False).returncode == 0  # noqa: S603  the system's own tool
    if has_ticket:
        said = "trusted connection: by the Kerberos ticket of this account"
        return SetupCheck(about="login", state="good", said=said)
    return SetupCheck(
        about="login",
        state="bad",
        said="trusted connection, and this account has no Kerberos ticket",
        next_step="Off Windows a trusted connection needs one: kinit USER@DOMAIN, then try again.",
    )


def _postgresql_encryption(location: DatabaseLocation) -> SetupCheck:
    host = location.url.host or location.url.query.get("host") or ""
    if not host or str(host).startswith("/") or host in {"localhost", "127.0.0.1", "::1"}:
        said = "not needed: the database is on this machine"
        return SetupCheck(about="encryption", state="good", said=said)
    mode = str(location.url.query.get("sslmode", "prefer"))
    if mode in _SAFE_MODES:
        said = f"on, and the server's certificate is checked (sslmode={mode})"
        return SetupCheck(about="encryption", state="good", said=said)
    return SetupCheck(
        about="encryption",
        state="note",
        said=f"sslmode={mode}: the server's certificate is not checked",
        next_step="Add ?sslmode=verify-full to the address, and sslrootcert= if need be.",
    )


def _options(location: DatabaseLocation) -> Mapping[str, str]:
    """Return the settings of an address by their names in small letters."""
    string = location.url.query.get("odbc_connect")
    if isinstance(string, str):
        parts = (part.partition("=") for part in string.split(";") if "=" in part)
        return {name.strip().lower(): value.strip() for name, _, value in parts}
    return {
        name.lower(): value for name, value in location.url.query.items() if isinstance(value, str)
    }
