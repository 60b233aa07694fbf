"""All actions of a provider, as their entries leave them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mhsds_recon.actions.effects import Finding
from mhsds_recon.actions.entries import ActionEntry, Closed, Opened

__all__ = ["Action", "ActionState", "register", "resent"]

ActionState = Literal["overdue", "open", "done", "not_needed"]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action, until it is closed.

    Attributes:
        number: Its number, from 1 for each provider.
        opened: What is to be done, by whom and by when.
        closed: How it ended, None while it is open.
        findings: What the last walks since say of the effects that were expected.
    """

    number: int
    opened: Opened
    closed: Closed | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.closed is None

    def state(self, on: dt.date) -> ActionState:
        """Return where it stands on a day."""
        if self.closed is not None:
            return self.closed.outcome
        return "overdue" if self.opened.due < on else "open"


def register(entries: Iterable[ActionEntry]) -> tuple[Action, ...]:
    """Return the actions of one provider, overdue and next due first, closed ones last.

    Args:
        entries: In the order in which they were recorded. What opens the same thing again, or
            closes what is closed, changes nothing.
    """
    opened: list[Opened] = []
    closed: dict[int, Closed] = {}
    keys: set[str] = set()
    for entry in entries:
        if isinstance(entry, Closed):
            closed.setdefault(entry.number, entry)
        elif entry.key not in keys:
            opened.append(entry)
            keys |= {entry.key} - {""}
    numbered = (
        Action(number=number, opened=entry, closed=closed.get(number))
        for number, entry in enumerate(opened, start=1)
    )
    return tuple(sorted(numbered, key=lambda one: (not one.is_open, one.opened.due, one.number)))


def resent(actions: Iterable[Action]) -> dict[str, tuple[int, ...]]:
    """Return the months that open actions ask to send again, each with their numbers."""
    months: dict[str, tuple[int, ...]] = {}
    for action in actions:
        if action.is_open:
            for month in action.opened.resend:
                months[month] = (*months.get(month, ()), action.number)
    return dict(sorted(months.items()))
