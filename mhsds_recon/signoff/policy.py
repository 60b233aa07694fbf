"""Who may decide what, read from a file that a trust can replace."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from mhsds_recon.errors import DefinitionError, UsageError, near_miss
from mhsds_recon.signoff.entries import Decision, Distribution, Exemption, Upload, words_of
from mhsds_recon.standard.files import definitions_folder

__all__ = ["GroupPolicy", "Policy", "load_policy"]

_FILE = "sign_off.toml"
_MOST_CHARACTERS = 4000
_INSIDE_ONLY = "internal"
_UNPRINTABLE = frozenset({"Cc", "Cs"})


class GroupPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided, and the roles of which one must decide it."""

    id: str
    decided_by: tuple[str, ...]


class ExemptionPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The roles that may approve an exemption."""

    approved_by: tuple[str, ...]


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs what off.

    Attributes:
        source: Where the rules come from.
        roles: What people call each role, by its id.
        groups: What is decided, in the order shown.
        exceptions: Who may approve an upload without full sign-off.
        outside: Roles held outside the trust: packs with exact counts are not for them.
    """

    source: str
    roles: Mapping[str, str]
    groups: tuple[GroupPolicy, ...] = msgspec.field(name="group")
    exceptions: ExemptionPolicy
    outside: tuple[str, ...] = ()

    def group(self, name: str) -> GroupPolicy:
        """Return what is decided under a name.

        Raises:
            UsageError: Nothing is.
        """
        found = next((group for group in self.groups if group.id == name), None)
        if found is None:
            known = [group.id for group in self.groups]
            message = f"No measure group '{name}': choose from {', '.join(known)}."
            raise UsageError(message + near_miss(name, known))
        return found

    def check(self, entry: Decision | Distribution | Exemption | Upload) -> None:
        """Refuse an entry that says too little, or that its role may not make.

        Raises:
            UsageError: With everything that is wrong with it.
        """
        problems = list(filter(None, self._problems(entry)))
        if problems:
            raise UsageError("\n".join(problems))

    def _problems(self, entry: Decision | Distribution | Exemption | Upload) -> Iterator[str]:
        if not entry.name.strip():
            yield "A sign-off needs the name of the person who gives it: --name."
        if entry.at.utcoffset() is None:
            yield "The time of an entry needs an offset from UTC."
        yield from _cannot_be_kept(words_of(entry))
        if entry.role not in self.roles:
            known = ", ".join(self.roles)
            yield f"No role '{entry.role}': choose from {known}.{near_miss(entry.role, self.roles)}"
        if isinstance(entry, Distribution):
            yield from self._reach(entry)
        elif isinstance(entry, Exemption):
            yield from self._may(entry.role, self.exceptions.approved_by, "approve an exemption")
            if not entry.reason.strip():
                yield "An exemption needs a reason: --reason."
            if entry.expires < entry.at.date():
                yield f"An exemption that ended on {entry.expires} exempts nothing: --expires."
        elif isinstance(entry, Decision):
            yield from _says_enough(entry)
            decided_by = self.group(entry.group).decided_by
            if entry.decision != "no_response":
                yield from self._may(entry.role, decided_by, f"decide on '{entry.group}'")

    def _reach(self, entry: Distribution) -> Iterator[str]:
        if not entry.recipients:
            yield f"Say who received it, by role: --to, such as {', '.join(self.roles)}."
        for role in entry.recipients:
            if role not in self.roles:
                yield f"No role '{role}': choose from {', '.join(self.roles)}."
                yield near_miss(role, self.roles).strip()
        outside = [self.roles[role] for role in entry.recipients if role in self.outside]
        if entry.profile == _INSIDE_ONLY and outside:
            yield (
                f"A pack with exact counts stays inside: not for {', '.join(outside)}. Make it with"
                " --profile national."
            )

    def _may(self, role: str, allowed: Collection[str], what: str) -> Iterator[str]:
        if role in self.roles and role not in allowed:
            who = " or ".join(self.roles[one] for one in allowed)
            yield f"The role '{self.roles[role]}' cannot {what}; that is for: {who}."


def load_policy(path: Path | None = None, *, version: str = "6.0") -> Policy:
    """Return who signs what off, by a trust's own file or by the one that comes with us.

    Raises:
        DefinitionError: The file cannot be read or does not fit.
    """
    file = path or definitions_folder() / "rules" / f"v{version}" / _FILE
    try:
        policy = msgspec.toml.decode(file.read_bytes(), type=Policy)
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{file.name} does not say who signs off: {error}. Compare rules/v6.0/{_FILE}."
        raise DefinitionError([message]) from error
    named = {role for group in policy.groups for role in group.decided_by}
    named |= {*policy.exceptions.approved_by, *policy.outside}
    unknown = named - set(policy.roles)
    if unknown:
        message = f"{file.name} names roles that it does not list: {', '.join(sorted(unknown))}."
        raise DefinitionError([message])
    return policy


def _says_enough(decision: Decision) -> Iterator[str]:
    if decision.decision == "do_not_agree" and not decision.comment.strip():
        yield "Not agreeing needs a reason: --comment."
    if decision.decision == "agree_with_conditions" and not any(
        condition.strip() for condition in decision.conditions
    ):
        yield "Agreeing with conditions needs at least one: --condition."
    if decision.conditions and decision.decision != "agree_with_conditions":
        yield "Conditions go with the decision agree_with_conditions only."


def _cannot_be_kept(words: Mapping[str, str]) -> Iterator[str]:
    for field, text in words.items():
        if len(text) > _MOST_CHARACTERS:
            yield f"The {field} has over {_MOST_CHARACTERS:,} characters: say it in fewer."
        if any(
            unicodedata.category(character) in _UNPRINTABLE and character != "\n"
            for character in text
        ):
            yield f"The {field} holds characters that cannot be printed: type it again."
