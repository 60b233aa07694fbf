"""From an address to a database: SQLite by default, PostgreSQL and SQL Server by URL.

What goes wrong is told without the driver's words: they can hold a user, a server or a password.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from mhsds_recon.errors import HistoryError, UsageError
from mhsds_recon.history.migrating import LATEST, migrate, revision

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "IMMEDIATE",
    "Address",
    "connect",
    "default_path",
    "explained",
    "kind_of",
    "place_of",
    "prepare",
]

Address = str | Path | URL
"""A URL, or the path of an SQLite file."""

IMMEDIATE = "recon_immediate"
"""Execution option of a connection that is going to write: SQLite takes its lock at once."""

_SQLITE = "sqlite"
_SECONDS_TO_WAIT = 60
_EXTRAS = {"postgresql": "postgres", "mssql": "mssql"}
_WORDS = (  # as databases put it
    ("full", "the disk is full"),
    ("no space left", "the disk is full"),
    ("locked", "another program keeps it locked"),
    ("readonly", "it may not be written"),
    ("unable to open", "it cannot be opened or made"),
    ("not a database", "it is not an SQLite database"),
    ("malformed", "the file is damaged"),
    ("disk i/o", "the disk cannot be read or written"),
    ("only added to", "its rows may not be changed or removed"),
)


def default_path() -> Path:
    """Return where the history is kept if nothing else is said: the user's data folder."""
    from platformdirs import user_data_path  # noqa: PLC0415  only where no address is given

    return user_data_path("mhsds_recon", appauthor=False) / "history.sqlite"


def connect(address: Address | None = None) -> Engine:
    """Return the engine for a database, without opening it.

    Args:
        address: A URL as SQLAlchemy takes it, or the path of an SQLite file; the default path
            where None.

    Raises:
        UsageError: The address is not one, or is for a database that is not supported.
        HistoryError: The driver of the database is not installed.
    """
    url, kind = _url(address), kind_of(address)
    options = {"connect_args": {"timeout": _SECONDS_TO_WAIT}} if kind == _SQLITE else {}
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except NoSuchModuleError:
        raise _unsupported(url) from None
    except ImportError:
        extra = f"mhsds-recon[{_EXTRAS.get(kind, kind)}]"
        message = f"The driver for {place_of(url)} is not installed: pip install '{extra}'."
        raise HistoryError(message) from None
    if kind == _SQLITE:
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    return engine


def kind_of(address: Address | None) -> str:
    """Return what kind of database an address is for: ``sqlite``, ``postgresql`` or ``mssql``.

    Raises:
        UsageError: It is not one, or for another kind.
    """
    url = _url(address)
    if url.get_backend_name() not in {_SQLITE, *_EXTRAS}:
        raise _unsupported(url)
    return url.get_backend_name()


def prepare(engine: Engine, *, upgrade: bool | None = None) -> bool:
    """Bring a database to the tables of this version, and return whether that was needed.

    Args:
        engine: From ``connect``.
        upgrade: Whether to change the tables; None for SQLite files, which serve one user, and
            not for servers, whose keeper decides.

    Raises:
        HistoryError: It cannot be reached; it needs an upgrade; or a later version made it.
    """
    is_sqlite = engine.dialect.name == _SQLITE
    with explained(engine):
        if is_sqlite and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.connect() as connection:
            found = revision(connection)
        if found == LATEST:
            return False
        if found is not None and found > LATEST:
            message = (
                f"The history in {place_of(engine.url)} was made by a later version of this"
                " software. Install that version, or keep another history."
            )
            raise HistoryError(message)
        if not (is_sqlite if upgrade is None else upgrade):
            message = (
                f"The history in {place_of(engine.url)} has not the tables of this version."
                " Run 'mhsds-recon history upgrade' with the same --history."
            )
            raise HistoryError(message)
        writing = engine.connect().execution_options(**{IMMEDIATE: True})
        with writing as connection, connection.begin():
            migrate(connection)
    return True


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn what a database or disk refuses into a message that gives nothing away.

    Raises:
        HistoryError: In place of the database's own error.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = _reason(error)
        message = (
            f"The history in {place_of(engine.url)} cannot be used: {reason}. Nothing was added to"
            " it. Put that right, or choose another with --history (none for no history)."
        )
        raise HistoryError(message) from None


def place_of(url: URL) -> str:
    """Return what messages say of a database: kind, host and name; no user, password or option."""
    if url.get_backend_name() == _SQLITE:
        return f"'{url.database or ':memory:'}'"
    host = f"{url.host}:{url.port}" if url.port else url.host or "a local server"
    return f"{url.get_backend_name()} database '{url.database or ''}' on {host}"


def _url(address: Address | None) -> URL:
    if isinstance(address, URL):
        return address
    if address is None or "://" not in str(address):
        path = default_path() if address is None else Path(address).expanduser()
        if ";" in path.name:  # the form of ODBC, which may hold a password
            raise _unreadable()
        return URL.create(_SQLITE, database=str(path.absolute()))
    try:
        return make_url(str(address))
    except (ArgumentError, ValueError):
        raise _unreadable() from None


def _unreadable() -> UsageError:
    return UsageError(
        "The address of the history cannot be read. Write it as SQLAlchemy takes it, such as"
        " postgresql://user@server/database, or give the path of an SQLite file."
    )


def _unsupported(url: URL) -> UsageError:
    return UsageError(
        f"The history cannot be kept in a database of the kind '{url.drivername}'. Give an SQLite"
        " file, or a URL that starts with postgresql:// or mssql+pyodbc://."
    )


def _reason(error: SQLAlchemyError | OSError) -> str:
    if isinstance(error, OSError):
        return "the disk is full" if error.errno == errno.ENOSPC else os.strerror(error.errno or 0)
    words = str(getattr(error, "orig", "")).lower()
    known = (reason for word, reason in _WORDS if word in words)
    return next(known, f"the database refused or did not answer ({type(error).__name__})")


def _leave_transactions_to_us(connection: Any, record: object) -> None:  # noqa: ANN401  the driver's
    """Keep Python's driver from opening transactions of its own, which leave out reading."""
    del record
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
