"""Errors that stop the work, and the exit code that each gives a command.

What is wrong with the *data* is a finding and is returned; what stops the *work* is raised.

    ReconError                    3  an input cannot be read or does not fit
    ├── UsageError                2  the call itself is wrong
    ├── DefinitionError           3  files under schemas/ or rules/
    ├── ExtractError              3  an extract, or one of its files
    ├── ReferenceFileError        3  reference files
    ├── BaselineError             3  a baseline of known failures
    ├── PublishedError            3  a published file, or a counts file
    ├── PortalError               3  a Summary Reports zip of the portal
    ├── DatabaseError             3  a database cannot be reached or read
    ├── HistoryError              3  the history database
    ├── WarehouseError            3  a file of queries, or what a query gave
    ├── OutputError               3  a result cannot be written
    ├── PrivacyError              1  the privacy gate refused an output
    └── SignOffError              4  sign-off is missing, refused or void

Anything else is our own bug: it keeps its traceback and ends with exit code 70.
Messages say what was found, where, what was expected and what to do; never a patient's value.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "BaselineError",
    "DatabaseError",
    "DefinitionError",
    "ExtractError",
    "HistoryError",
    "OutputError",
    "PortalError",
    "PrivacyError",
    "PublishedError",
    "ReconError",
    "ReferenceFileError",
    "SignOffError",
    "UsageError",
    "WarehouseError",
    "near_miss",
]


class ReconError(Exception):
    """A problem that the user can put right; shown without a traceback."""

    exit_code: ClassVar[int] = 3


class UsageError(ReconError):
    """The command or function was called in a way that cannot work."""

    exit_code: ClassVar[int] = 2


class DefinitionError(ReconError):
    """Definition files hold problems; all of them are listed at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep every problem, each already naming its file and field."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ExtractError(ReconError):
    """An extract, or a file of it, cannot be read or does not fit."""


class ReferenceFileError(ReconError):
    """A reference file cannot be read or lacks a column."""


class BaselineError(ReconError):
    """A baseline file cannot be read or does not fit the standard."""


class PublishedError(ReconError):
    """A published file, or a counts file of the same layout, cannot be used."""


class PortalError(ReconError):
    """A Summary Reports zip cannot be read or does not fit."""


class DatabaseError(ReconError):
    """A database cannot be reached or read; nothing of its address is told."""


class HistoryError(ReconError):
    """The history database cannot be reached, read or added to; what was in it is still there."""


class WarehouseError(ReconError):
    """A file of queries on a warehouse, or what one of them gave, cannot be used."""


class OutputError(ReconError):
    """A result cannot be written; nothing was left half-written."""


class PrivacyError(ReconError):
    """The privacy gate found what may not leave; the output was not written."""

    exit_code: ClassVar[int] = 1


class SignOffError(ReconError):
    """Sign-off is missing, refused or void."""

    exit_code: ClassVar[int] = 4


def near_miss(name: str, known: Iterable[str]) -> str:
    """Return a sentence that suggests the closest known name, or an empty string."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""
