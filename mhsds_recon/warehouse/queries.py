"""The file of queries: TOML that says where the warehouse is and what to ask it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, convert, field

from mhsds_recon.errors import WarehouseError, near_miss
from mhsds_recon.frames.connection_strings import ENVIRONMENT, KEYRING
from mhsds_recon.warehouse.statements import statement_problems

__all__ = ["ConnectionSettings", "Query", "QueryFile", "read_queries"]

_SECRETS = frozenset({"url", "address", "password", "connection_string", "uri", "dsn"})
_NEVER_HERE = (
    " An address or password does not belong in this file, which others read: keep it in an"
    " environment variable or the keyring, and name that with environment = or keyring =."
)


class ConnectionSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the connection string is kept, and how long a statement may run.

    Attributes:
        environment: Name of an environment variable.
        keyring: Entry of the system's keyring, as ``SERVICE/USER``.
        timeout_seconds: How long one query may run.
    """

    environment: str | None = None
    keyring: str | None = None
    timeout_seconds: int = 300

    @property
    def address(self) -> str:
        """The address in the form that ``mhsds_recon.frames.locate`` takes."""
        if self.environment is not None:
            return f"{ENVIRONMENT}{self.environment}"
        return f"{KEYRING}{self.keyring}"


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One named query.

    Attributes:
        name: What messages call it.
        sql: One SELECT; or ``file``, a file of it beside this one.
        file: See ``sql``; its text is in ``sql`` once read.
        measure_id: Measure of all its rows, where they do not say.
        breakdown: Breakdown of all its rows, where they do not say.
    """

    name: str
    sql: str = ""
    file: str = ""
    measure_id: str | None = None
    breakdown: str = "Provider"


class QueryFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of queries.

    Attributes:
        connection: Where the warehouse is.
        provider: Code of the provider that is counted.
        status: STATUS of the figures.
        queries: What to ask.
    """

    connection: ConnectionSettings
    provider: str | None = None
    status: Literal["Adhoc", "Provisional", "Performance", "Final"] = "Performance"
    queries: tuple[Query, ...] = field(name="query", default=())


def read_queries(path: Path) -> QueryFile:
    """Return the queries of a file, each with its SQL.

    Raises:
        WarehouseError: The file or a query cannot be used; every problem is named at once.
    """
    try:
        content = msgspec.toml.decode(_text_of(path))
    except msgspec.DecodeError as error:
        message = f"'{path.name}' is no TOML: {error}. Strings of SQL stand between three quotes."
        raise WarehouseError(message) from None
    problems = [*_unknown_settings(content), *_setting_problems(content)]
    if not problems:
        found = convert(content, QueryFile)
        queries = tuple(_with_sql(query, path.parent, problems) for query in found.queries)
        problems += _query_problems(queries)
    if problems:
        raise WarehouseError("\n".join(f"'{path.name}': {problem}" for problem in problems))
    return msgspec.structs.replace(found, queries=queries)


def _text_of(path: Path) -> str:
    """Return a text file's content; SQL Server's tools write UTF-16 and byte-order marks."""
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        message = f"'{path}' does not exist. Give a TOML file of queries."
        raise WarehouseError(message) from None
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}."
        raise WarehouseError(message) from None
    form = "utf-16" if stored[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return stored.decode(form)
    except UnicodeDecodeError:
        message = f"'{path.name}' is not in UTF-8. Save it as UTF-8."
        raise WarehouseError(message) from None


def _unknown_settings(content: dict[str, Any]) -> list[str]:
    """Return what is wrong with the names of settings, with the name that is probably meant."""
    connection, queries = content.get("connection"), content.get("query")
    entries = queries if isinstance(queries, list) else []
    parts: list[tuple[str, Any, type[Struct]]] = [
        ("", content, QueryFile),
        ("[connection] ", connection, ConnectionSettings),
        *((f"query '{_name(entry)}' ", entry, Query) for entry in entries),
    ]
    return [
        f"{where}has no setting '{name}'.{near_miss(name, _settings(kind))}"
        f"{_NEVER_HERE if name.lower() in _SECRETS else f' Settings: {_listed(kind)}.'}"
        for where, part, kind in parts
        if isinstance(part, dict)
        for name in part
        if name not in _settings(kind)
    ]


def _settings(kind: type[Struct]) -> list[str]:
    return [each.encode_name for each in msgspec.structs.fields(kind)]


def _listed(kind: type[Struct]) -> str:
    return ", ".join(_settings(kind))


def _name(entry: object) -> str:
    return str(entry.get("name", "without a name")) if isinstance(entry, dict) else "?"


def _setting_problems(content: dict[str, Any]) -> list[str]:
    """Return what is wrong with values, query by query so that each is told."""
    queries = content.get("query")
    entries = queries if isinstance(queries, list) else []
    problems = []
    for kind, part, where in (
        (QueryFile, {**content, "query": []}, ""),
        *((Query, entry, f"query '{_name(entry)}': ") for entry in entries),
    ):
        try:
            convert(part, kind)
        except msgspec.ValidationError as error:
            if "unknown field" not in str(error):
                problems.append(f"{where}{error}.")
    if not problems and not entries:
        problems.append("has no [[query]].")
    if not problems and "connection" in content:
        problems += _connection_problems(convert(content["connection"], dict))
    return problems


def _connection_problems(connection: dict[str, Any]) -> list[str]:
    problems = []
    if len({"environment", "keyring"} & connection.keys()) != 1:
        problems.append(
            "[connection] says where the connection string is kept: give either"
            ' environment = "NAME" or keyring = "SERVICE/USER".'
        )
    elif not re.fullmatch(r"\w+", connection.get("environment", "X")):
        problems.append(
            "[connection] environment is the name of an environment variable, such as"
            " TRUST_WAREHOUSE: letters, digits and underscores." + _NEVER_HERE
        )
    if connection.get("timeout_seconds", 1) < 1:
        problems.append("[connection] timeout_seconds is 1 or more.")
    return problems


def _with_sql(query: Query, folder: Path, problems: list[str]) -> Query:
    if bool(query.sql.strip()) == bool(query.file):
        problems.append(f"query '{query.name}' needs either sql or file.")
        return query
    if not query.file:
        return query
    try:
        return msgspec.structs.replace(query, sql=_text_of(folder / query.file))
    except WarehouseError as error:
        problems.append(f"query '{query.name}': {error}")
        return query


def _query_problems(queries: tuple[Query, ...]) -> list[str]:
    names = [query.name for query in queries]
    twice = sorted({name for name in names if names.count(name) > 1})
    return [
        *(f"two queries are called '{name}'." for name in twice),
        *(
            f"query '{query.name}' {problem}"
            for query in queries
            if query.sql.strip()
            for problem in statement_problems(query.sql)
        ),
    ]
