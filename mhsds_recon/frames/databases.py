"""Databases: where one is, a connection that can only read, and tables as text.

The one module of this package that knows SQLAlchemy.
"""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import exc

from mhsds_recon.errors import DatabaseError, ExtractError
from mhsds_recon.frames.connection_strings import kept_string, place_of
from mhsds_recon.frames.database_errors import refusal, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mhsds_recon.standard import Standard, Table

__all__ = ["DatabaseLocation", "connected", "database_tables", "locate"]

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mssql": "mssql+pyodbc",
}
"""What each kind of database is reached with."""

_EXTRAS = {"postgresql": "postgres", "mssql": "mssql"}
_ODBC = re.compile(r"(?:^|;)\s*(?:driver|dsn)\s*=", re.IGNORECASE)
_SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3")
_LOGIN_SECONDS = 15
_ROWS_AT_ONCE = 100_000
_STEPS_BETWEEN_LOOKS = 20_000
_MOST_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class DatabaseLocation:
    """Where a database is, and which schema of it; shows nothing that could be secret.

    Attributes:
        place: How messages call it, such as ``environment variable TRUST_WAREHOUSE``.
        url: Its address.
        schema: Name of a schema, or a pattern with ``*`` for a schema per month.
    """

    place: str
    url: sa.URL = field(repr=False)
    schema: str | None = None

    @property
    def name(self) -> str:
        """The name of what it holds: of the schema, or of a SQLite file."""
        if self.schema:
            return self.schema
        is_file = self.dialect == "sqlite" and self.url.database
        return Path(str(self.url.database)).stem if is_file else "database"

    @property
    def dialect(self) -> str:
        """``sqlite``, ``postgresql`` or ``mssql``."""
        return self.url.get_backend_name()

    def months(self) -> tuple[DatabaseLocation, ...]:
        """Return one location for each schema that the pattern fits; itself without a pattern.

        Raises:
            DatabaseError: The database cannot be reached.
            ExtractError: No schema fits.
        """
        if "*" not in (self.schema or ""):
            return (self,)
        with connected(self) as connection, _explained(self.place):
            names = sorted(sa.inspect(connection).get_schema_names())
        fitting = [name for name in names if fnmatchcase(name, self.schema or "")]
        if not fitting:
            message = f"No schema at {self.place} fits '{self.schema}'. Schemas: {_listed(names)}."
            raise ExtractError(message)
        return tuple(replace(self, schema=name) for name in fitting)


def locate(address: str, environment: Mapping[str, str]) -> DatabaseLocation:
    """Return where a database is.

    Args:
        address: A SQLAlchemy URL, an ODBC connection string, ``env:NAME`` or
            ``keyring:SERVICE/USER``; ``?schema=NAME`` at the end names the schema.
        environment: Environment variables.

    Raises:
        DatabaseError: There is no such variable or entry, or it holds no usable address.
    """
    place, kept, schema = address, address, None
    if place_of(address) != "the address given":
        place, _, query = address.partition("?schema=")
        kept, schema = kept_string(place, environment), query or None
    called = place_of(place)
    url = _url(kept.strip(), called)
    own = url.query.get("schema")
    return DatabaseLocation(
        place=called,
        url=url.difference_update_query(["schema"]),
        schema=schema or (own if isinstance(own, str) else None),
    )


@contextmanager
def connected(location: DatabaseLocation, *, seconds: int = 3600) -> Iterator[sa.Connection]:
    """Open one transaction that can only read, and roll it back at the end.

    SQLite files are opened read-only; PostgreSQL runs a read-only transaction on one snapshot;
    SQL Server is asked for a read-only connection, and whatever happens is rolled back.

    Args:
        location: Where the database is.
        seconds: How long a statement may run.

    Raises:
        DatabaseError: It cannot be reached; the message has nothing of its address.
    """
    try:
        engine = _engine(location, seconds)
    except ImportError:
        extra = _EXTRAS[location.dialect]
        message = (
            f"The database at {location.place} needs a driver that cannot be loaded:"
            f" pip install 'mhsds-recon[{extra}]', then let mhsds-recon doctor look at the set-up."
        )
        raise DatabaseError(message) from None
    try:
        yield from _transaction(engine, location, seconds)
    finally:
        engine.dispose()


def _transaction(
    engine: sa.Engine, location: DatabaseLocation, seconds: int
) -> Iterator[sa.Connection]:
    try:
        connection = engine.connect()
        try:
            _forbid_writing(connection, seconds)
        except BaseException:
            connection.close()
            raise
    except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        message = (
            f"The database at {location.place} cannot be reached: {unreachable(error)}."
            " mhsds-recon doctor looks at the set-up."
        )
        raise DatabaseError(message) from None
    with connection:
        yield connection


def database_tables(
    location: DatabaseLocation, standard: Standard
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables and views of a schema by their own names, all values as text.

    Of tables of the standard, every column is there, but those that are no elements are not
    read and hold nothing; of other tables nothing is read. Rows are in no order.

    Raises:
        DatabaseError: The database cannot be reached, or refuses.
        ExtractError: There is no such schema, or a column holds what is no text.
    """
    if "*" in (location.schema or ""):
        message = f"'{location.schema}' is a pattern for several months: name the schema of one."
        raise ExtractError(message)
    known = {name.lower(): table for name, table in standard.tables.items()}
    with connected(location) as connection:
        with _explained(location.place):
            names = _names(connection, location)
        for name in names:
            table = known.get(name.lower())
            if table is None:
                yield name, pl.DataFrame()
                continue
            with _explained(f"{name} at {location.place}"):
                read = _read_elements(connection, sa.table(name, schema=location.schema), table)
            yield name, read


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except exc.SQLAlchemyError as error:
        message = f"{what} cannot be read: {refusal(error)}."
        raise DatabaseError(message) from None


def _names(connection: sa.Connection, location: DatabaseLocation) -> list[str]:
    inspector = sa.inspect(connection)
    schemas = inspector.get_schema_names()
    if location.schema and location.schema not in schemas:
        message = (
            f"There is no schema '{location.schema}' at {location.place}."
            f" Schemas: {_listed(schemas)}."
        )
        raise ExtractError(message)
    views = inspector.get_view_names(schema=location.schema)
    return [*inspector.get_table_names(schema=location.schema), *views]


def _read_elements(connection: sa.Connection, stored: sa.TableClause, table: Table) -> pl.DataFrame:
    """Return a table as text; columns that are no elements are there and hold nothing."""
    known = {each.lower() for one in table.elements for each in (one.name, *one.also_named)}
    found = sa.inspect(connection).get_columns(stored.name, schema=stored.schema)
    columns = {column["name"]: column["type"] for column in found}
    wanted = {name: kind for name, kind in columns.items() if name.lower() in known}
    if not wanted:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    unknown = (pl.lit(None, pl.String).alias(name) for name in columns.keys() - wanted)
    return _read_text(connection, stored, wanted).with_columns(unknown)


def _read_text(
    connection: sa.Connection, table: sa.TableClause, columns: Mapping[str, Any]
) -> pl.DataFrame:
    dialect = connection.dialect.name
    texts = [
        text_of(sa.column(name, kind), dialect, f"{table.name}, column '{name}'").label(name)
        for name, kind in columns.items()
    ]
    schema = dict.fromkeys(columns, pl.String)
    batches = pl.read_database(
        sa.select(*texts).select_from(table),
        connection,
        iter_batches=True,
        batch_size=_ROWS_AT_ONCE,
        schema_overrides=schema,
    )
    return pl.concat([pl.DataFrame(schema=schema), *batches])


def text_of(column: sa.ColumnClause[Any], dialect: str, where: str) -> sa.ColumnElement[Any]:
    """Return the expression that gives a column as text in the forms of the standard.

    Dates are CCYY-MM-DD, times HH:MM:SS, both with a T between; yes and no are Y and N; a whole
    number has no decimal point. The database does this, so that no library between guesses.

    Raises:
        ExtractError: The column holds what is no text, such as a picture.
    """
    kind, text = column.type, sa.cast(column, sa.Unicode())
    if isinstance(kind, sa.LargeBinary):
        message = f"{where}: holds binary values. Every column must be plain text."
        raise ExtractError(message)
    if isinstance(kind, sa.Boolean):
        yes, no = (column == sa.true(), "Y"), (column == sa.false(), "N")
        return sa.case(yes, no, else_=text)
    if isinstance(kind, sa.CHAR | sa.NCHAR):
        return sa.func.rtrim(text)
    form = next((form for sort, form in _FORMS[dialect].items() if isinstance(kind, sort)), None)
    return text if form is None else form(column)


def _converted(length: int, style: int) -> Callable[[Any], sa.ColumnElement[Any]]:
    """Return SQL Server's own conversion in a numbered style."""
    return lambda column: sa.func.convert(
        sa.text(f"NVARCHAR({length})"), column, sa.text(str(style))
    )


def _whole(column: Any) -> sa.ColumnElement[Any]:  # noqa: ANN401  any column
    """Return SQLite's numbers without the point that it writes after whole ones."""
    number = sa.cast(column, sa.Integer)
    is_whole = sa.and_(sa.func.typeof(column) == "real", column == number)
    return sa.case((is_whole, sa.cast(number, sa.Unicode())), else_=sa.cast(column, sa.Unicode()))


_FORMS: dict[str, dict[type[Any], Callable[[Any], sa.ColumnElement[Any]]]] = {
    "sqlite": {sa.Float: _whole, sa.Numeric: _whole},
    "postgresql": {
        sa.DateTime: lambda column: sa.func.to_char(column, 'YYYY-MM-DD"T"HH24:MI:SS'),
        sa.Date: lambda column: sa.func.to_char(column, "YYYY-MM-DD"),
        sa.Time: lambda column: sa.func.left(sa.cast(column, sa.Unicode()), 8),
    },
    "mssql": {
        sa.DateTime: _converted(19, 126),
        sa.Date: _converted(10, 23),
        sa.Time: _converted(8, 108),
        # A plain cast keeps six digits.
        sa.Float: lambda column: sa.func.format(column, "G15", "en-GB"),
    },
}


def _url(text: str, place: str) -> sa.URL:
    if _ODBC.search(text):
        return sa.URL.create(DRIVERS["mssql"], query={"odbc_connect": text})
    if text.lower().endswith(_SQLITE_ENDINGS) and "://" not in text:
        return sa.URL.create(DRIVERS["sqlite"], database=text)
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        message = (
            f"What is kept at {place} is no address of a database. Expected a SQLAlchemy URL, such"
            " as mssql+pyodbc://@server/warehouse, or an ODBC connection string. In a URL, write"
            " special characters of a password as %40 for @, %2F for / and so on."
        )
        raise DatabaseError(message) from None
    dialect, _, driver = url.drivername.partition("+")
    wanted = DRIVERS.get(dialect, "")
    if not wanted or (driver and wanted != url.drivername):
        known = ", ".join(sorted(set(DRIVERS.values())))
        message = (
            f"The address at {place} is for a kind of database or a driver that reading without"
            f" writing is not assured on. Use one of {known}."
        )
        raise DatabaseError(message)
    return url.set(drivername=wanted)


def _engine(location: DatabaseLocation, seconds: int) -> sa.Engine:
    url = location.url
    arguments: dict[str, Any] = {}
    options: dict[str, Any] = {"poolclass": sa.NullPool, "hide_parameters": True}
    if location.dialect == "sqlite":
        engine = sa.create_engine(
            url.set(database=None, query={}), creator=lambda: _open_sqlite(location), **options
        )
        sa.event.listen(engine, "before_cursor_execute", _stop_after(seconds))
        return engine
    if location.dialect == "postgresql":
        if "connect_timeout" not in url.query:
            arguments["connect_timeout"] = _LOGIN_SECONDS
        return sa.create_engine(
            url,
            connect_args=arguments,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            **options,
        )
    arguments |= {"timeout": _LOGIN_SECONDS, "readonly": True}
    engine = sa.create_engine(sql_server_url(url), connect_args=arguments, **options)
    sa.event.listen(engine, "connect", lambda opened, _: setattr(opened, "timeout", seconds))
    return engine


def sql_server_url(url: sa.URL) -> sa.URL:
    """Return the address with what a reader needs: a driver, and the intent to read only.

    The newest of Microsoft's drivers on this machine is taken where the address names none.

    Raises:
        DatabaseError: It names none, and there is none.
    """
    string = url.query.get("odbc_connect")
    if isinstance(string, str):
        has_intent = "applicationintent" in string.lower()
        intended = string if has_intent else f"{string.rstrip(';')};ApplicationIntent=ReadOnly"
        return url.update_query_dict({"odbc_connect": intended})
    given = {key.lower() for key in url.query}
    driver = None if "driver" in given else _newest_driver()
    intent = None if "applicationintent" in given else "ReadOnly"
    extra = {"driver": driver, "ApplicationIntent": intent}
    return url.update_query_dict({key: value for key, value in extra.items() if value})


def _newest_driver() -> str:
    import pyodbc  # noqa: PLC0415  an extra: imported only where it is needed

    installed: list[str] = pyodbc.drivers()
    found = [name for name in installed if re.fullmatch(r"ODBC Driver \d+ for .*", name)]
    if not found:
        message = (
            "No ODBC driver of Microsoft's for SQL Server is installed on this machine."
            " mhsds-recon doctor says how to get one; or name another in the address (driver=)."
        )
        raise DatabaseError(message)
    return max(found, key=lambda name: int(name.split()[2]))


def _open_sqlite(location: DatabaseLocation) -> sqlite3.Connection:
    path = Path(location.url.database or "")
    if not path.is_file():
        message = f"The database at {location.place} is a SQLite file that does not exist."
        raise DatabaseError(message)
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _stop_after(seconds: int) -> Callable[..., None]:
    def before(connection: sa.Connection, *_: object) -> None:
        latest = time.monotonic() + seconds
        opened: Any = connection.connection.driver_connection
        opened.set_progress_handler(lambda: time.monotonic() > latest, _STEPS_BETWEEN_LOOKS)

    return before


def _forbid_writing(connection: sa.Connection, seconds: int) -> None:
    """Begin the transaction, so that it only reads and sees one state of the data."""
    match connection.dialect.name:
        case "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        case "postgresql":
            limit = sa.func.set_config("statement_timeout", str(seconds * 1000), sa.true())
            connection.execute(sa.select(limit))
        case _:
            connection.exec_driver_sql("SET XACT_ABORT ON")


def _listed(names: list[str]) -> str:
    more = " and others" if len(names) > _MOST_LISTED else ""
    return (", ".join(names[:_MOST_LISTED]) or "none") + more
