"""What databases and their drivers say when they refuse, made fit to be shown.

Their words may hold an address, a password or a patient's value: only what cannot is passed on.
"""

from __future__ import annotations

import re

__all__ = ["refusal", "unreachable"]

_REASONS = {
    r"password authentication failed|no password supplied|login failed|28P01|28000": (
        "the user name or the password is not accepted"
    ),
    r"no such host|translate host|resolve host|name or service|nodename|getaddrinfo|server was not"
    r" found|server is not found": "there is no such host on this network",
    r"refused|no such file or directory|could not connect|unable to connect": (
        "nothing answers at that host and port"
    ),
    r"timeout|timed out|HYT0[01]": "it did not answer in time",
    r"database \S+ does not exist|cannot open database|3D000": "it has no database of that name",
    r"certificate|ssl provider|ssl error|08001.*ssl": (
        "the encrypted connection is not trusted or not offered"
    ),
    r"can't open lib|data source name not found|IM00[1-4]": "its ODBC driver is not installed",
    r"not a database|malformed|unable to open database": "the file is no SQLite database",
}
"""What drivers say, and what it means; the first that fits."""


def refusal(error: Exception) -> str:
    """Return why a database refused a statement, without anything that could be a value.

    The database's own words are passed on where they can only name what the statement names: a
    table or column that is not there, or a spelling.
    """
    original = getattr(error, "orig", None)
    text, state = str(original or ""), _state(original)
    if re.search(r"interrupted|statement timeout|Query timeout|HYT00", text) or state == "57014":
        return "it took longer than it may (in a file of queries: timeout_seconds of [connection])"
    if re.search(r"read.?only", text, re.IGNORECASE) or state == "25006":
        return "it would change the database, and this connection only reads"
    if re.search(r"permission (?:was )?denied", text, re.IGNORECASE) or state == "42501":
        return "this login may not read one of its tables"
    if state[:2] == "42" and _names_only(text):
        return _one_line(text)
    if re.match(r"no such (?:table|column|function)|near |ambiguous column", text):
        return _one_line(text)
    kind = type(original or error).__name__ + (f", code {state}" if state else "")
    return f"{kind} (its words are kept back: they may quote values)"


def unreachable(error: Exception) -> str:
    """Return why a database could not be reached, without anything of its address."""
    original = getattr(error, "orig", None) or error
    text = f"{_state(original)} {original}"
    for pattern, reason in _REASONS.items():
        if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            return reason
    return f"the driver refused ({type(original).__name__} {_state(original)})".replace(" )", ")")


def _state(original: object) -> str:
    """Return the SQLSTATE that a driver gives, or nothing."""
    state = getattr(original, "sqlstate", None)
    if state is None and isinstance(original, Exception) and original.args:
        state = original.args[0]
    return state if isinstance(state, str) and re.fullmatch("[0-9A-Z]{5}", state) else ""


def _names_only(text: str) -> bool:
    """Return whether a message of SQL Server, known by its number, quotes the statement only."""
    numbers = re.findall(r"\((\d{2,5})\) \(SQL", text)
    spelling_or_name = {"102", "156", "195", "207", "208", "209", "4104", "8120"}
    return set(numbers) <= spelling_or_name


def _one_line(text: str) -> str:
    told = re.sub(r"\[[^\]]*\]\s*(?=\[|\w)", "", text.splitlines()[0]) if text else ""
    return told.strip().rstrip(".")[:200]
