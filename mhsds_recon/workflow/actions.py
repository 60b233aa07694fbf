"""Carry actions from month to month: open them, say whether their effect came, close them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mhsds_recon.actions import (
    ACTION,
    Action,
    Closed,
    Opened,
    action_entry_from,
    action_to_content,
    findings_of,
    from_conditions,
    from_walk,
    load_action_rules,
    register,
)
from mhsds_recon.actions.opening import Opener
from mhsds_recon.errors import HistoryError, UsageError, near_miss
from mhsds_recon.packs import check_words
from mhsds_recon.signoff import Decision, entry_from, kind_of, load_policy
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.cut_offs import load_cut_offs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mhsds_recon.actions.entries import ActionEntry, Outcome
    from mhsds_recon.history import History

__all__ = [
    "Opening",
    "actions_of",
    "close_action",
    "open_action",
    "open_actions",
    "open_conditions",
]

_CONDITIONS_GO_TO = "preparer"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Who opens actions of a period, when, and by which files of the trust's own.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        name: Who opens them.
        at: Now, with its offset.
        recorded_by: The account under which it is recorded.
        calendar: The trust's own file of cut-offs.
        policy: The trust's own file of who signs off.
        version: Version of the standard.
    """

    provider: str
    period: ReportingPeriod
    name: str
    at: dt.datetime
    recorded_by: str = ""
    calendar: Path | None = None
    policy: Path | None = None
    version: str = "6.0"

    def opener(self) -> Opener:
        """Return who opens, with the calendar read."""
        return Opener(
            provider=self.provider,
            period=self.period,
            name=self.name,
            at=self.at,
            recorded_by=self.recorded_by,
            calendar=load_cut_offs(self.calendar, version=self.version),
        )


def actions_of(history: History, provider: str) -> tuple[Action, ...]:
    """Return the actions of a provider, overdue first, with what later walks say of each."""
    actions = register(_entries(history, provider))
    measures = {effect.measure_id for action in actions for effect in action.opened.effects}
    if not measures:
        return actions
    compared = history.differences(provider, measure_ids=measures)
    steps = history.steps(provider, measure_ids=measures)
    return tuple(
        replace(action, findings=findings_of(action.opened, compared, steps)) for action in actions
    )


def open_actions(history: History, opening: Opening) -> tuple[Action, ...]:
    """Open what follows from the period's walk and from conditions of its sign-off.

    What is being dealt with already is not opened again.

    Returns:
        The actions that are new.
    """
    opener = opening.opener()
    known = register(_entries(history, opening.provider))
    walked = from_walk(
        history.steps(opening.provider),
        opener=opener,
        rules=load_action_rules(opening.version),
        causes=load_causes(opening.version),
        known=known,
    )
    keys = {action.opened.key for action in known}
    new = [entry for entry in walked if entry.key not in keys]
    return (*_add(history, new), *open_conditions(history, opening))


def open_conditions(history: History, opening: Opening) -> tuple[Action, ...]:
    """Open an action for each condition of the period's sign-off that has none yet.

    Returns:
        The actions that are new.
    """
    known = {action.opened.key for action in register(_entries(history, opening.provider))}
    conditions = _conditions(history, opening)
    agreed = from_conditions(conditions, opener=opening.opener(), owner=_CONDITIONS_GO_TO)
    return _add(history, [entry for entry in agreed if entry.key not in known])


def open_action(
    history: History,
    opening: Opening,
    *,
    what: str,
    owner: str,
    due: dt.date | None = None,
    cause_id: str = "",
    resend: Sequence[str] = (),
) -> Action:
    """Open one action by hand.

    Args:
        history: Where it is kept.
        opening: Who opens it.
        what: What is to be done; never about a patient.
        owner: Who does it, as a role of the sign-off policy.
        due: By when; the day of the next extract where None.
        cause_id: The cause that it puts right, if any.
        resend: Months that must be sent again.

    Raises:
        UsageError: The role, cause or a month is not known.
        PrivacyError: The words hold what points to a patient.
    """
    _check_known("role", owner, load_policy(opening.policy, version=opening.version).roles)
    if cause_id:
        _check_known("cause", cause_id, load_causes(opening.version))
    opener = opening.opener()
    entry = opener.open(
        what=what,
        owner=owner,
        due=due or opener.due,
        origin="hand",
        cause_id=cause_id,
        resend=tuple(str(ReportingPeriod.parse(month)) for month in resend),
    )
    (action,) = _add(history, [entry])
    return action


def close_action(
    history: History,
    number: int,
    *,
    provider: str,
    outcome: Outcome,
    name: str,
    at: dt.datetime,
    comment: str = "",
    recorded_by: str = "",
) -> Action:
    """Close an action.

    Raises:
        UsageError: There is no open action of that number, or the reason is missing.
        PrivacyError: The comment holds what points to a patient.
    """
    known = {action.number: action for action in register(_entries(history, provider))}
    action = known.get(number)
    if action is None or not action.is_open:
        is_what = "is closed already" if action else "does not exist"
        message = f"Action {number} of {provider} {is_what}. See: mhsds-recon actions list."
        raise UsageError(message)
    entry = Closed(
        provider=provider,
        period=str(ReportingPeriod.of(at.date()).back(1)),
        number=number,
        outcome=outcome,
        comment=comment,
        name=name,
        at=at,
        recorded_by=recorded_by,
    )
    check_words({"comment": comment, "name": name})
    _state(history, entry)
    return replace(action, closed=entry)


def _add(history: History, entries: Sequence[Opened]) -> tuple[Action, ...]:
    for entry in entries:
        check_words({"what is to be done": entry.what, "name": entry.name})
    if not entries:
        return ()
    first = entries[0]
    provider, contents = first.provider, [action_to_content(entry) for entry in entries]
    history.state_each(ACTION, *contents, provider=provider, period=first.period, at=first.at)
    added = set(contents)
    return tuple(
        action
        for action in register(_entries(history, provider))
        if action_to_content(action.opened) in added
    )


def _state(history: History, entry: ActionEntry) -> int:
    return history.state(
        ACTION,
        provider=entry.provider,
        period=entry.period,
        content=action_to_content(entry),
        at=entry.at,
    )


def _entries(history: History, provider: str) -> list[ActionEntry]:
    try:
        return [
            action_entry_from(said.content)
            for said in history.statements(ACTION, provider=provider)
        ]
    except msgspec.MsgspecError as error:
        message = (
            f"An action in {history.place} cannot be read: a later version of this software may"
            " have written it. See: mhsds-recon history verify."
        )
        raise HistoryError(message) from error


def _conditions(history: History, opening: Opening) -> dict[tuple[str, str], None]:
    said = history.statements(
        kind_of(Decision), provider=opening.provider, period=str(opening.period)
    )
    decisions = (entry_from(each.content) for each in said)
    return dict.fromkeys(
        (decision.pack, condition)
        for decision in decisions
        if isinstance(decision, Decision)
        for condition in decision.conditions
    )


def _check_known(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        message = f"No {what} '{name}'.{near_miss(name, known)} Known: {', '.join(known)}."
        raise UsageError(message)
