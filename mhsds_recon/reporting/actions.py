"""What the commands on actions print."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from mhsds_recon.actions import resent
from mhsds_recon.packs.disclosure import Numbers
from mhsds_recon.packs.sections.actions import expected_in_words, found_in_words
from mhsds_recon.packs.words import load_words
from mhsds_recon.reporting.layout import WIDTH, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mhsds_recon.actions import Action
    from mhsds_recon.packs.model import Profile

__all__ = ["actions_text"]


def actions_text(
    actions: Sequence[Action],
    *,
    on: dt.date,
    roles: Mapping[str, str],
    profile: Profile = "national",
    width: int = WIDTH,
) -> str:
    """Return each action with its state, overdue first, and the months to send again.

    Args:
        actions: As ``register`` orders them.
        on: Today.
        roles: What people call each role.
        profile: How small numbers are shown.
        width: Columns of the terminal.
    """
    if not actions:
        return "No action."
    numbers = Numbers(profile=profile)
    told = ["\n".join(_lines(action, on, roles, numbers, width)) for action in actions]
    if months := resent(actions):
        listed = ", ".join(
            f"{month} (action {', '.join(map(str, numbers))})" for month, numbers in months.items()
        )
        told.append(paragraph(f"To be sent again: {listed}.", width=width, indent=""))
    return "\n".join(told)


def _lines(
    action: Action, on: dt.date, roles: Mapping[str, str], numbers: Numbers, width: int
) -> Iterator[str]:
    opened = action.opened
    cause = f" ({opened.cause_id})" if opened.cause_id else ""
    state = action.state(on).replace("_", " ")
    yield f"{action.number:>3}  {state}: {opened.what}{cause}"
    yield paragraph(
        f"{roles.get(opened.owner, opened.owner)}, due {opened.due.isoformat()}; opened in"
        f" {opened.period}",
        width=width,
        indent="     ",
    )
    words = load_words()
    for text in (
        expected_in_words(action, numbers, words),
        found_in_words(action, numbers, words),
    ):
        if text:
            yield paragraph(text, width=width, indent="     ")
