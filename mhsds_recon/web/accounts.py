"""Who may sign in: a file of accounts, with hashes of passwords and never a password."""

from __future__ import annotations

import stat
from pathlib import Path
from threading import Lock

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from mhsds_recon.errors import ReconError, UsageError
from mhsds_recon.outputs import write_files

__all__ = ["VIEWER", "Account", "Accounts"]

VIEWER = "viewer"
"""The role that reads and decides nothing; all others are roles of the sign-off policy."""

_SHORTEST, _LONGEST = 12, 200
_HASHER = PasswordHasher()


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person.

    Attributes:
        account: What is typed in or what the proxy tells.
        name: Who it is, as it stands in the record.
        roles: Roles of the sign-off policy, or ``viewer``.
        password_hash: Of argon2; empty for someone who signs in through a proxy only.
    """

    account: str
    name: str
    roles: tuple[str, ...]
    password_hash: str = ""


class Accounts:
    """The accounts of a file, read again whenever it changes."""

    def __init__(self, path: Path, *, hasher: PasswordHasher = _HASHER) -> None:
        self.path = path
        self._hasher = hasher
        self._known: dict[str, Account] = {}
        self._seen: tuple[int, int] | None = None
        self._reading = Lock()
        self._hashing = Lock()  # one at a time: each needs 64 MB
        self._nobody = hasher.hash("nobody has this")

    def find(self, account: str) -> Account | None:
        """Return an account, or None.

        Raises:
            ReconError: The file cannot be read.
        """
        return self._all().get(account.casefold())

    def everyone(self) -> tuple[Account, ...]:
        """Return all accounts.

        Raises:
            ReconError: The file cannot be read.
        """
        return tuple(self._all().values())

    def check(self, account: str, password: str) -> Account | None:
        """Return the account that a password opens; as slow for one that there is not."""
        found = self.find(account)
        kept = found.password_hash if found is not None else ""
        try:
            with self._hashing:
                self._hasher.verify(kept or self._nobody, password[: _LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return None
        return found if kept else None

    def add(self, account: Account, *, password: str = "") -> None:
        """Add an account, or put it in the place of the one of that name.

        Args:
            account: The account, without a hash.
            password: Its password; empty for someone who signs in through a proxy only.

        Raises:
            UsageError: The password is too short or too long, or a name is missing.
            ReconError: The file cannot be read or written.
        """
        if not account.account.strip() or not account.name.strip() or not account.roles:
            message = "An account needs a name to sign in with, a person's name and a role."
            raise UsageError(message)
        if password and not _SHORTEST <= len(password) <= _LONGEST:
            message = f"A password needs {_SHORTEST} to {_LONGEST} characters: three words will do."
            raise UsageError(message)
        kept = self._hasher.hash(password) if password else ""
        whole = msgspec.structs.replace(account, password_hash=kept)
        self._write({**self._all(), account.account.casefold(): whole})

    def remove(self, account: str) -> None:
        """Remove an account; whoever is signed in with it is out at once.

        Raises:
            UsageError: There is none.
            ReconError: The file cannot be read or written.
        """
        known = dict(self._all())
        if known.pop(account.casefold(), None) is None:
            message = f"There is no account '{account}'."
            raise UsageError(message)
        self._write(known)

    def _all(self) -> dict[str, Account]:
        with self._reading:
            try:
                found = self.path.stat()
                if (now := (found.st_mtime_ns, found.st_ino)) != self._seen:
                    listed = msgspec.json.decode(self.path.read_bytes(), type=list[Account])
                    self._known = {one.account.casefold(): one for one in listed}
                    self._seen = now
            except FileNotFoundError:
                self._known, self._seen = {}, None
            except (OSError, msgspec.MsgspecError) as error:
                message = f"The accounts in '{self.path.name}' cannot be read. Restore the file."
                raise ReconError(message) from error
            return self._known

    def _write(self, known: dict[str, Account]) -> None:
        content = msgspec.json.format(msgspec.json.encode(list(known.values())), indent=2)

        def write(place: Path) -> None:
            place.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
            place.write_bytes(content + b"\n")

        write_files(self.path.parent, {self.path.name: write})
