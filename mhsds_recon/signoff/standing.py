"""Where a submission stands: what is decided, by whom, and what is still against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mhsds_recon.signoff.entries import AGREEING, Decision, Exemption, Upload

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from mhsds_recon.signoff.entries import Entry
    from mhsds_recon.signoff.policy import Policy

__all__ = ["GroupStanding", "Reopened", "Standing", "standing_of"]

State = Literal[
    "awaiting",
    "agreed",
    "agreed_with_conditions",
    "refused",
    "no_response",
    "void",
    "not_entitled",
    "reopened",
]
Reopened = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By the hash of a pack, the measure groups with a published figure that has changed since, each
with the measures."""

_STATES: dict[str, State] = {
    "agree": "agreed",
    "agree_with_conditions": "agreed_with_conditions",
    "do_not_agree": "refused",
    "no_response": "no_response",
}
UPLOAD = "upload"
_NOTHING: Reopened = {}


@dataclass(frozen=True, kw_only=True)
class GroupStanding:
    """The last word on a measure group.

    Attributes:
        group: The measure group, or ``upload``.
        state: ``void`` where what was decided is about another extract than the one at hand;
            ``not_entitled`` where the policy does not let its role agree; ``reopened`` where a
            published figure of the pack that was decided on is no longer the one that counts.
        decision: The last decision, or None.
        measures: Those whose published figures reopened it.
    """

    group: str
    state: State
    decision: Decision | None = None
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the sign-off of one extract stands.

    Attributes:
        extract_sha256: The extract at hand.
        groups: The last word on each measure group, in the policy's order.
        problems: What stands against sign-off, one sentence each; none where it is complete.
        uploads: What was uploaded for the period.
        exemptions: Approved for this very extract.
    """

    extract_sha256: str
    groups: tuple[GroupStanding, ...]
    problems: tuple[str, ...]
    uploads: tuple[Upload, ...]
    exemptions: tuple[Exemption, ...]

    @property
    def is_signed_off(self) -> bool:
        """Whether every group has agreed to this very extract, by the right people."""
        return not self.problems

    def may_upload(self, on: date) -> bool:
        """Return whether an upload goes ahead: signed off, or all that is missing is exempted.

        An exemption of ``upload`` lets it go ahead whatever is missing, one of a measure group
        stands for that group's agreement.
        """
        held = {exemption.subject for exemption in self.exemptions if on <= exemption.expires}
        missing = {one.group for one in self.groups if one.state not in _AGREED}
        only_groups = len(self.problems) == len(missing)
        return self.is_signed_off or UPLOAD in held or (only_groups and missing <= held)


def standing_of(  # noqa: PLR0913  each is a fact of its own
    entries: Sequence[Entry],
    *,
    extract_sha256: str,
    groups: Collection[str],
    policy: Policy,
    prepared_by: Collection[str] = (),
    reopened: Reopened = _NOTHING,
) -> Standing:
    """Return where the sign-off of an extract stands.

    Args:
        entries: Of one provider and period, in the order in which they were recorded.
        extract_sha256: The extract at hand; decisions on another one are void for it.
        groups: The measure groups that the pack has figures for; ``upload`` is always asked.
        policy: Who may decide what.
        prepared_by: Who made the packs: they cannot be the only ones to sign.
        reopened: What later published files have changed since packs were made.
    """
    asked = [group.id for group in policy.groups if group.id in groups or group.id == UPLOAD]
    last = _last_words(entries, extract_sha256)
    standings = tuple(
        _reopened(_standing(name, last.get(name), extract_sha256, policy), reopened)
        for name in asked
    )
    signed = [one.decision for one in standings if one.decision and one.state in _AGREED]
    problems = [_problem(one) for one in standings if one.state not in _AGREED]
    if signed and {_person(one.name) for one in signed} <= {_person(who) for who in prepared_by}:
        problems.append("Whoever prepared the pack cannot be the only one to sign it.")
    return Standing(
        extract_sha256=extract_sha256,
        groups=standings,
        problems=tuple(problems),
        uploads=tuple(entry for entry in entries if isinstance(entry, Upload)),
        exemptions=tuple(
            entry
            for entry in entries
            if isinstance(entry, Exemption) and entry.extract_sha256 == extract_sha256
        ),
    )


_AGREED = frozenset(_STATES[word] for word in AGREEING)
_ANSWERED = _AGREED | {"refused"}


def _last_words(entries: Sequence[Entry], extract_sha256: str) -> dict[str, Decision]:
    """Return the last decision on each group: on this extract, or else on any other.

    That nobody answered never stands over an answer: the two can be recorded at the same moment.
    """
    last: dict[str, Decision] = {}
    for entry in entries:
        if isinstance(entry, Decision):
            before = last.get(entry.group)
            if before is None or _weight(entry, extract_sha256) >= _weight(before, extract_sha256):
                last[entry.group] = entry
    return last


def _weight(decision: Decision, extract_sha256: str) -> tuple[bool, bool]:
    return decision.extract_sha256 == extract_sha256, decision.decision != "no_response"


def _standing(
    group: str, decision: Decision | None, extract_sha256: str, policy: Policy
) -> GroupStanding:
    if decision is None:
        return GroupStanding(group=group, state="awaiting")
    state = _STATES[decision.decision]
    if decision.extract_sha256 != extract_sha256:
        state = "void"
    elif state in _AGREED and decision.role not in policy.group(group).decided_by:
        state = "not_entitled"
    return GroupStanding(group=group, state=state, decision=decision)


def _reopened(one: GroupStanding, reopened: Reopened) -> GroupStanding:
    """Return where a group stands once later published files are looked at."""
    if one.decision is None or one.state not in _ANSWERED:
        return one
    measures = reopened.get(one.decision.pack_sha256, {}).get(one.group, ())
    return replace(one, state="reopened", measures=measures) if measures else one


def _problem(one: GroupStanding) -> str:
    sentences = {
        "reopened": f"published figures have changed since it was decided on"
        f" ({', '.join(one.measures)}): make pack B again and decide on that",
        "awaiting": "nobody has decided yet",
        "refused": "the last decision is not to agree",
        "no_response": "nobody answered by the deadline",
        "void": "the extract has changed since it was decided on",
        "not_entitled": "whoever agreed has no role that may",
    }
    return f"{one.group}: {sentences[one.state]}."


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()
