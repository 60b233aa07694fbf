"""Look sign-off up: the packs that can be signed, where an extract stands, the record."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mhsds_recon import frames
from mhsds_recon.errors import ExtractError, HistoryError, ReconError, SignOffError, UsageError
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_privacy
from mhsds_recon.packs.words import load_words
from mhsds_recon.signoff import (
    KINDS,
    Entry,
    PackMade,
    Policy,
    Reopened,
    Standing,
    entry_from,
    kind_of,
    load_policy,
    standing_of,
)
from mhsds_recon.signoff.record import GovernanceRecord, governance_record_of, record_json
from mhsds_recon.standard import load_standard
from mhsds_recon.workflow.writing import hashed, writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mhsds_recon.frames import Extract, Location
    from mhsds_recon.history import History

__all__ = [
    "all_entries",
    "gate",
    "governance_record",
    "made_packs",
    "open_pack",
    "reopened_groups",
    "sha256_of",
    "sign_off_entries",
    "standing",
    "standing_in",
    "submission_of",
    "write_record",
]

_FORMS = (".html", ".json")
_NO_PACK = "No pack was made of this extract: make one with 'mhsds-recon pack', and sign that."


def made_packs(
    history: History, *, provider: str | None = None, period: str | None = None
) -> tuple[PackMade, ...]:
    """Return the packs that were written, in order; a filter that is None lets all through."""
    entries = _entries(history, kind_of(PackMade), provider=provider, period=period)
    return tuple(entry for entry in entries if isinstance(entry, PackMade))


def open_pack(history: History, path: Path) -> PackMade:
    """Return the pack of a file, if that is still as it was written.

    Args:
        history: That the pack was remembered in.
        path: Its page or its JSON; of a page, the JSON lies beside it.

    Raises:
        ReconError: The file cannot be read.
        SignOffError: It was changed, or the history does not hold the pack.
    """
    if path.suffix.lower() not in _FORMS:
        message = f"'{path.name}' is no pack: name its page (.html) or its JSON (.json)."
        raise UsageError(message)
    own, content = sha256_of(path), sha256_of(path.with_suffix(".json"))
    packs = made_packs(history)
    found = next((pack for pack in reversed(packs) if pack.pack_sha256 == content), None)
    if found is not None and own in found.files.values() and _are_as_written(found, path.parent):
        return found
    if found is not None or any(path.stem == pack.pack for pack in packs):
        message = (
            f"The pack '{path.stem}' was changed since it was written, so it cannot be signed."
            " Make it again, or take the files as they were written."
        )
    else:
        message = (
            f"The history in {history.place} does not hold the pack '{path.stem}'."
            " Give the --history that it was made with, or make the pack again."
        )
    raise SignOffError(message)


def all_entries(history: History) -> tuple[Entry, ...]:
    """Return the packs, decisions, uploads and exemptions of all periods, in order.

    Raises:
        HistoryError: An entry cannot be read.
    """
    return _entries(history, provider=None, period=None)


def sign_off_entries(history: History, *, provider: str, period: str) -> tuple[Entry, ...]:
    """Return the packs, decisions, uploads and exemptions of a period, in order.

    Raises:
        HistoryError: An entry cannot be read.
    """
    return _entries(history, provider=provider, period=period)


def standing(
    history: History,
    *,
    provider: str,
    period: str,
    extract_sha256: str,
    policy: Policy | None = None,
) -> Standing:
    """Return where an extract stands, by what the history holds.

    Every measure group is asked for that a pack of this extract has figures for, and the upload.
    """
    entries = sign_off_entries(history, provider=provider, period=period)
    return standing_in(
        entries, extract_sha256, policy=policy, reopened=reopened_groups(history, entries)
    )


def reopened_groups(history: History, entries: Iterable[Entry]) -> Reopened:
    """Return which measure groups of packs B a later published file reopens, by hash of the pack.

    Derived from what the history holds each time, never written: a pack made anew is compared with
    the figures that count now.
    """
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for pack in entries:
        if isinstance(pack, PackMade) and pack.pack_type == "B":
            own = groups.setdefault(pack.pack_sha256, {})
            for measure in history.outdated(pack.run):
                group = _group_of(measure)
                own[group] = (*own.get(group, ()), measure)
            groups[pack.pack_sha256] = own
    return groups


@cache
def _group_of(measure_id: str, version: str = "6.0") -> str:
    """Return the measure group that packs show a measure in."""
    for group, words in load_words().groups.items():
        if measure_id in words.measures:
            return group
    known = load_standard(version).measures.get(measure_id)
    return "" if known is None else known.group


def standing_in(
    entries: Sequence[Entry],
    extract_sha256: str,
    *,
    policy: Policy | None = None,
    reopened: Reopened | None = None,
) -> Standing:
    """Return where an extract stands, by the entries of its provider and period.

    Args:
        entries: Of the provider and period, in order.
        extract_sha256: The extract.
        policy: Who may decide what.
        reopened: From ``reopened_groups``.
    """
    packs = [entry for entry in entries if isinstance(entry, PackMade)]
    own = [pack for pack in packs if pack.extract_sha256 == extract_sha256]
    found = standing_of(
        entries,
        extract_sha256=extract_sha256,
        groups={group for pack in own or packs for group in pack.groups},
        policy=policy or load_policy(),
        prepared_by={pack.name for pack in own},
        reopened=reopened or {},
    )
    return found if own else replace(found, problems=(_NO_PACK, *found.problems))


def gate(
    history: History, path: Location, *, version: str = "6.0", policy: Policy | None = None
) -> Standing:
    """Return where the very extract at a path stands.

    What was changed in the history's entries of sign-off, or in the chain, is a problem too.

    Raises:
        ExtractError: The extract cannot be read, or its header does not say whose it is.
        DatabaseError: A database cannot be reached.
    """
    extract = frames.open_extract(path, standard=load_standard(version))
    provider, period = submission_of(extract)
    found = standing(
        history,
        provider=provider,
        period=period,
        extract_sha256=extract.sha256,
        policy=policy,
    )
    verification = history.verify(matters=lambda _, kind: kind in KINDS)
    return replace(found, problems=(*found.problems, *verification.problems))


def governance_record(
    history: History, pack: PackMade, *, policy: Policy | None = None
) -> GovernanceRecord:
    """Return everything that the history holds of a pack, and whether it is as it was recorded."""
    return governance_record_of(
        pack,
        run=history.run(pack.run),
        entries=sign_off_entries(history, provider=pack.provider, period=pack.period),
        standing=standing(
            history,
            provider=pack.provider,
            period=pack.period,
            extract_sha256=pack.extract_sha256,
            policy=policy,
        ),
        verification=history.verify(
            matters=lambda number, kind: kind in KINDS or number == pack.run
        ),
    )


def write_record(record: GovernanceRecord, folder: Path) -> Path:
    """Write a governance record into a folder, whole or not at all, and return its path.

    Raises:
        PrivacyError: The gate found what may not leave; nothing was written.
        OutputError: It cannot be written.
    """
    name = f"{record.pack.pack}.signoff.json"
    text = record_json(record)
    check_privacy({name: text})
    (written,) = write_files(folder, {name: writer(text)})
    return written


def sha256_of(path: Path) -> str:
    """Return the hash of a file.

    Raises:
        ReconError: It cannot be read.
    """
    try:
        return hashed(path)["sha256"]
    except OSError as error:
        message = f"'{path.name}' cannot be read: {error.strerror or 'reading failed'}."
        raise ReconError(message) from error


def submission_of(extract: Extract) -> tuple[str, str]:
    """Return the provider and the period of an extract.

    Raises:
        ExtractError: Its header does not say both.
    """
    if extract.period is None or not extract.provider:
        message = (
            f"The header of '{extract.name}' has no readable provider and reporting period, so"
            " no sign-off can be found for it. Correct it first."
        )
        raise ExtractError(message)
    return extract.provider, str(extract.period)


def _entries(
    history: History, *kinds: str, provider: str | None, period: str | None
) -> tuple[Entry, ...]:
    stated = history.statements(*(kinds or KINDS), provider=provider, period=period)
    try:
        return tuple(entry_from(each.content) for each in stated)
    except msgspec.MsgspecError:
        message = (
            f"The history in {history.place} holds an entry of sign-off that cannot be read."
            " Run 'mhsds-recon history verify' with the same --history."
        )
        raise HistoryError(message) from None


def _are_as_written(pack: PackMade, folder: Path) -> bool:
    """Return whether the pages and JSON of a pack that lie in a folder are as written."""
    files = ((folder / name, kept) for name, kept in pack.files.items())
    return all(
        sha256_of(path) == kept for path, kept in files if path.suffix in _FORMS and path.exists()
    )
