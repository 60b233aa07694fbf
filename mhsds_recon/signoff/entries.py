"""What is written into the governance record: entries that are added and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

__all__ = [
    "AGREEING",
    "KINDS",
    "Decision",
    "DecisionWord",
    "Distribution",
    "Entry",
    "Exemption",
    "PackMade",
    "Upload",
    "entry_from",
    "kind_of",
    "to_content",
    "words_of",
]

DecisionWord = Literal["agree", "agree_with_conditions", "do_not_agree", "no_response"]

AGREEING: frozenset[str] = frozenset({"agree", "agree_with_conditions"})
"""Decisions that let an upload go ahead."""


class _Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every entry says: whose submission, who said it and when.

    Attributes:
        provider: Code of the provider.
        period: Reporting period, ``YYYY-MM``.
        extract_sha256: Hash of the extract that the entry is about.
        name: Who says so.
        role: In which role, by the id that the policy gives it.
        at: When, with its offset from UTC.
        recorded_by: The account under which it was recorded.
    """

    provider: str
    period: str
    extract_sha256: str
    name: str
    role: str
    at: datetime
    recorded_by: str = ""


class PackMade(_Entry, frozen=True, kw_only=True, tag="pack"):
    """That a pack was written: what can be signed, and by whom it was prepared (``name``).

    Attributes:
        pack: Name of the pack, such as ``RXX_2026-08_A_v1``.
        pack_sha256: Hash of its canonical JSON.
        pack_type: ``A`` or ``B``.
        version: Its version.
        profile: Disclosure profile.
        status: Overall status word.
        groups: Status word of each measure group that it has figures for.
        files: Hash of each file that it was written as, by name.
        run: Number of the run that made it.
        configuration: Hash of each thing that decides how it was made, by name: the definitions,
            the words, the policy, the calendar and the trust's own lists.
    """

    pack: str
    pack_sha256: str
    pack_type: str
    version: int
    profile: str
    status: str
    groups: Mapping[str, str]
    files: Mapping[str, str]
    run: int
    configuration: Mapping[str, str] = msgspec.field(default_factory=dict)


class Decision(_Entry, frozen=True, kw_only=True, tag="decision"):
    """What one person decides on one measure group of one pack.

    Attributes:
        pack: Name of the pack, such as ``RXX_2026-08_A_v1``.
        pack_sha256: Hash of the pack as it was seen.
        group: The measure group, or ``upload``.
        decision: The word for it; ``no_response`` records that a deadline went by.
        organisation: Where the person works, if it is not the provider.
        comment: Why; never about a patient.
        conditions: What must still be done; each becomes an action.
    """

    pack: str
    pack_sha256: str
    group: str
    decision: DecisionWord
    organisation: str = ""
    comment: str = ""
    conditions: tuple[str, ...] = ()


class Upload(_Entry, frozen=True, kw_only=True, tag="upload"):
    """That a file was uploaded: its hash, and the portal's identifier of the submission."""

    file_sha256: str
    submission: str = ""


class Exemption(_Entry, frozen=True, kw_only=True, tag="exemption"):
    """That a rule, a measure or a missing sign-off is accepted for a time; ``name`` approves it.

    Attributes:
        subject: The code of a rule, the id of a measure or the measure group not signed off.
        reason: Why; never about a patient.
        expires: The last day on which it holds.
    """

    subject: str
    reason: str
    expires: date


class Distribution(_Entry, frozen=True, kw_only=True, tag="distribution"):
    """That a pack was given to people; ``name`` gave it.

    Attributes:
        pack: Name of the pack.
        pack_sha256: Hash of the pack as it was given.
        profile: Its disclosure profile.
        recipients: Who received it, by role.
    """

    pack: str
    pack_sha256: str
    profile: str
    recipients: tuple[str, ...]


Entry: TypeAlias = PackMade | Decision | Upload | Exemption | Distribution


def kind_of(entry: Entry | type[Entry]) -> str:
    """Return what the history calls an entry, or entries of a type."""
    return str(entry.__struct_config__.tag)


KINDS = tuple(kind_of(kind) for kind in (PackMade, Decision, Upload, Exemption, Distribution))
"""What the history calls these entries."""

_WORDS = ("name", "organisation", "comment", "conditions", "subject", "reason", "submission")


def words_of(entry: Entry) -> dict[str, str]:
    """Return what people wrote in an entry, by the name of the field; several are one text."""
    written = {field: getattr(entry, field, "") for field in _WORDS}
    return {
        field: words if isinstance(words, str) else "\n".join(words)
        for field, words in written.items()
        if words
    }


def to_content(entry: Entry) -> str:
    """Return an entry as JSON: the same entry, the same text."""
    return msgspec.json.encode(entry, order="deterministic").decode()


def entry_from(content: str) -> Entry:
    """Return the entry that ``to_content`` wrote.

    Raises:
        msgspec.ValidationError: The text is none.
    """
    entry: Entry = msgspec.json.decode(content, type=Entry)
    return entry
