"""Actions as their entries leave them: numbers, order, state, months to send again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mhsds_recon.actions import (
    Closed,
    Opened,
    action_entry_from,
    action_to_content,
    register,
    resent,
)
from mhsds_recon.actions.entries import ActionEntry
from mhsds_recon.errors import UsageError

NOW = dt.datetime(2025, 11, 20, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()


def opened(**changes: Any) -> Opened:  # noqa: ANN401  any field
    usual: dict[str, Any] = {
        "provider": "RZZ",
        "period": "2025-09",
        "what": "Map the new clinic",
        "owner": "preparer",
        "due": dt.date(2025, 12, 1),
        "origin": "hand",
        "name": "Ada",
        "at": NOW,
    }
    return Opened(**{**usual, **changes})


def closed(number: int, **changes: Any) -> Closed:  # noqa: ANN401  any field
    usual: dict[str, Any] = {
        "provider": "RZZ",
        "period": "2025-10",
        "number": number,
        "outcome": "done",
        "name": "Ada",
        "at": NOW,
    }
    return Closed(**{**usual, **changes})


def test_overdue_comes_first_then_what_is_due_next_and_closed_last() -> None:
    entries: list[ActionEntry] = [
        opened(what="later"),
        opened(what="closed", due=dt.date(2025, 1, 1)),
        opened(what="overdue", due=dt.date(2025, 11, 19)),
        opened(what="today", due=TODAY),
        closed(2),
    ]
    actions = register(entries)
    assert [(a.number, a.opened.what, a.state(TODAY)) for a in actions] == [
        (3, "overdue", "overdue"),
        (4, "today", "open"),
        (1, "later", "open"),
        (2, "closed", "done"),
    ]


def test_the_same_thing_opens_one_action_even_when_two_open_it_at_once() -> None:
    twice = [opened(key="walk of 2025-09: VC01"), opened(key="walk of 2025-09: VC01"), opened()]
    assert [action.number for action in register(twice)] == [1, 2]
    assert len(register([opened(), opened()])) == 2


def test_the_first_close_counts() -> None:
    (action,) = register([opened(), closed(1), closed(1, outcome="not_needed", comment="x")])
    assert action.state(TODAY) == "done"


def test_every_month_that_an_open_action_asks_for_is_named_once() -> None:
    months = ("2025-04", "2025-05")
    entries = [opened(resend=months), opened(resend=("2025-05",)), opened(resend=("2025-06",))]
    assert resent(register([*entries, closed(3)])) == {"2025-04": (1,), "2025-05": (1, 2)}


@pytest.mark.parametrize("entry", [opened(resend=("2025-04",)), closed(4, comment="é")])
def test_an_entry_comes_back_as_it_was_written(entry: Opened | Closed) -> None:
    assert action_entry_from(action_to_content(entry)) == entry


def test_an_action_says_what_and_who_and_is_not_given_up_without_a_reason() -> None:
    with pytest.raises(UsageError, match="--what"):
        opened(what=" ")
    with pytest.raises(UsageError, match="--name"):
        opened(name="")
    with pytest.raises(UsageError, match="--comment"):
        closed(1, outcome="not_needed")
