"""Who is signed in, kept in memory: a restart signs everybody out."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mhsds_recon.web.accounts import Account

__all__ = ["Attempts", "Sessions"]

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
_WITHIN = timedelta(minutes=15)
_MOST_FROM_ONE, _MOST_FROM_ALL = 5, 50


@dataclass(frozen=True, kw_only=True)
class _Session:
    account: str
    password_hash: str
    since: datetime
    last: datetime


class Sessions:
    """Sessions by the hash of their token; a token is new at each sign-in."""

    def __init__(self, *, idle: timedelta = IDLE, longest: timedelta = LONGEST) -> None:
        self._idle, self._longest = idle, longest
        self._open: dict[str, _Session] = {}
        self._lock = Lock()

    def open(self, account: Account, *, at: datetime) -> str:
        """Return the token of a new session, and forget those that are over."""
        token = secrets.token_urlsafe(32)
        opened = _Session(
            account=account.account, password_hash=account.password_hash, since=at, last=at
        )
        with self._lock:
            self._open = {key: one for key, one in self._open.items() if self._holds(one, at)}
            self._open[_hash(token)] = opened
        return token

    def account(self, token: str, *, at: datetime) -> tuple[str, str] | None:
        """Return whose session a token is, and the password's hash when it was opened.

        None once it is over; the idle time starts anew.
        """
        key = _hash(token)
        with self._lock:
            found = self._open.get(key)
            if found is None or not self._holds(found, at):
                self._open.pop(key, None)
                return None
            self._open[key] = replace(found, last=at)
            return found.account, found.password_hash

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._open.pop(_hash(token), None)

    def _holds(self, one: _Session, at: datetime) -> bool:
        return at - one.last < self._idle and at - one.since < self._longest


class Attempts:
    """Failed sign-ins: after a few from one address an account rests for it, whatever the password.

    So that nobody locks others out, it takes many more until it rests for every address.
    """

    def __init__(self) -> None:
        self._failed: dict[str, tuple[datetime, ...]] = {}
        self._lock = Lock()

    def take(self, account: str, address: str, *, at: datetime) -> bool:
        """Count an attempt before it is judged, and return whether it may be."""
        most = dict(zip(_keys(account, address), (_MOST_FROM_ONE, _MOST_FROM_ALL), strict=True))
        with self._lock:
            self._failed = {
                key: recent
                for key, times in self._failed.items()
                if (recent := tuple(time for time in times if at - time < _WITHIN))
            }
            if any(len(self._failed.get(key, ())) >= some for key, some in most.items()):
                return False
            self._failed |= {key: (*self._failed.get(key, ()), at) for key in most}
            return True

    def forget(self, account: str, address: str) -> None:
        """Forget the attempts of an account that signed in."""
        with self._lock:
            for key in _keys(account, address):
                self._failed.pop(key, None)


def _keys(account: str, address: str) -> tuple[str, str]:
    name = account.casefold()
    return _hash(f"{address}\n{name}"), _hash(name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
