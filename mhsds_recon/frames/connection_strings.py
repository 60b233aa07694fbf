"""Where connection strings are kept: the environment, or the keyring of the operating system.

A connection string holds a password as often as not, so it is never an argument of a command
that has a choice, and never part of a message. Messages name the place it was looked for in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.errors import DatabaseError, UsageError, near_miss

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENVIRONMENT", "KEYRING", "is_address", "kept_string", "place_of"]

ENVIRONMENT, KEYRING = "env:", "keyring:"
_FORM = "dialect://user@host/database, such as mssql+pyodbc://@server/warehouse"


def is_address(text: str) -> bool:
    """Return whether a text is the address of a database, or says where that is kept."""
    return "://" in text or text.startswith((ENVIRONMENT, KEYRING))


def place_of(address: str) -> str:
    """Return how messages call an address: where it is kept, and nothing of what it says."""
    if address.startswith(ENVIRONMENT):
        return f"environment variable {address.removeprefix(ENVIRONMENT)}"
    if address.startswith(KEYRING):
        return f"keyring entry {address.removeprefix(KEYRING)}"
    return "the address given"


def kept_string(address: str, environment: Mapping[str, str]) -> str:
    """Return the connection string of an address.

    Args:
        address: ``env:NAME``, ``keyring:SERVICE/USER``, or a connection string itself.
        environment: Environment variables.

    Raises:
        UsageError: A keyring entry is not written as service and user.
        DatabaseError: There is no such variable or entry, or no keyring.
    """
    if address.startswith(ENVIRONMENT):
        name = address.removeprefix(ENVIRONMENT)
        if not environment.get(name):
            likely = [known for known in environment if known.isupper()]
            message = (
                f"The environment variable {name} is not set.{near_miss(name, likely)}"
                f" Set it to the connection string of the database: {_FORM}."
            )
            raise DatabaseError(message)
        return environment[name]
    if address.startswith(KEYRING):
        return _from_keyring(address.removeprefix(KEYRING))
    return address


def _from_keyring(entry: str) -> str:
    service, slash, user = entry.partition("/")
    if not (service and slash and user):
        message = "Write a keyring entry as SERVICE/USER, such as mhsds-recon/warehouse."
        raise UsageError(message)
    try:
        import keyring  # noqa: PLC0415  an extra: imported only where it is asked for
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        message = "Reading the keyring needs an extra: pip install 'mhsds-recon[keyring]'."
        raise DatabaseError(message) from None
    try:
        kept = keyring.get_password(service, user)
    except KeyringError as error:
        message = (
            f"The keyring of this system cannot be read ({type(error).__name__}). Unlock it, or"
            " keep the connection string in an environment variable."
        )
        raise DatabaseError(message) from None
    if not kept:
        message = (
            f"The keyring has no entry {entry}. Add it: keyring set {service} {user}, then"
            f" enter the connection string: {_FORM}."
        )
        raise DatabaseError(message)
    return kept
