"""What is written of actions into the history: that one was opened, and that it was closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from mhsds_recon.errors import UsageError
from mhsds_recon.standard.periods import Month

__all__ = [
    "ACTION",
    "ActionEntry",
    "Closed",
    "Effect",
    "Opened",
    "Origin",
    "Outcome",
    "action_entry_from",
    "action_to_content",
]

ACTION: Final = "action"
"""The kind of these statements in the history."""

Origin = Literal["walk", "condition", "hand"]
Outcome = Literal["done", "not_needed"]


class _Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose action, who says so and when.

    Attributes:
        provider: Code of the provider.
        period: The reporting period in which it is said, ``YYYY-MM``.
        name: Who says so.
        at: When, with its offset from UTC.
        recorded_by: The account under which it was recorded.
    """

    provider: str
    period: Month
    name: str
    at: datetime
    recorded_by: str = ""


class Effect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A difference between local and published that an action should make go away.

    Attributes:
        measure_id: The measure, for the whole provider.
        size: Local less published, as far as it comes from the cause; exact.
    """

    measure_id: str
    size: float


class Opened(_Entry, frozen=True, kw_only=True, tag="opened"):
    """That something is to be done.

    Attributes:
        what: What, in plain words; never about a patient.
        owner: Who does it, as a role of the sign-off policy.
        due: By when.
        origin: A step of a variance walk, a condition of a sign-off, or by hand.
        key: What it was opened from; the same thing opens one action only. Empty by hand.
        cause_id: The cause that it puts right, if any.
        effects: What should go away, the largest first.
        resend: Months that must be sent again.
    """

    what: str
    owner: str
    due: date
    origin: Origin
    key: str = ""
    cause_id: str = ""
    effects: tuple[Effect, ...] = ()
    resend: tuple[Month, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an action of which nobody can tell what it is.

        Raises:
            UsageError: It does not say what is to be done, or who says so.
        """
        if not self.what.strip():
            message = "An action needs to say what is to be done: --what."
            raise UsageError(message)
        _check_name(self.name)


class Closed(_Entry, frozen=True, kw_only=True, tag="closed"):
    """That an action is no longer open.

    Attributes:
        number: Its number.
        outcome: Whether it was done or turned out not to be needed.
        comment: Why; never about a patient.
    """

    number: int
    outcome: Outcome
    comment: str = ""

    def __post_init__(self) -> None:
        """Refuse to give up an action without a reason.

        Raises:
            UsageError: There is none, or nobody says so.
        """
        if self.outcome == "not_needed" and not self.comment.strip():
            message = "Closing an action that was not done needs a reason: --comment."
            raise UsageError(message)
        _check_name(self.name)


ActionEntry: TypeAlias = Opened | Closed


def action_to_content(entry: ActionEntry) -> str:
    """Return an entry as JSON: the same entry, the same text."""
    return msgspec.json.encode(entry, order="deterministic").decode()


def action_entry_from(content: str) -> ActionEntry:
    """Return the entry that ``action_to_content`` wrote.

    Raises:
        msgspec.ValidationError: The text is none.
    """
    entry: ActionEntry = msgspec.json.decode(content, type=ActionEntry)
    return entry


def _check_name(name: str) -> None:
    if not name.strip():
        message = "Say who opens or closes the action: --name."
        raise UsageError(message)
