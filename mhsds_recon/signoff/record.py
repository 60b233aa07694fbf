"""The governance record of a pack: what was read, what came of it, and who said what of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from mhsds_recon.signoff.entries import Decision, Distribution, Exemption, PackMade, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from mhsds_recon.history import PastRun, Verification
    from mhsds_recon.signoff.entries import Entry
    from mhsds_recon.signoff.standing import Standing

__all__ = ["GovernanceRecord", "governance_record_of", "record_json"]

_OWN = "Provider"


class _Value(Struct, frozen=True, kw_only=True):
    """Common settings of the record's parts."""


class FileRead(_Value, frozen=True, kw_only=True):
    """Something that the run read: its name without folders, its hash, and when it was read."""

    role: str
    name: str
    size: int
    rows: int
    sha256: str
    read_at: datetime


class Results(_Value, frozen=True, kw_only=True):
    """What the run came to, as it may be shown outside.

    Attributes:
        file_accepted: Whether the portal would take the file.
        rules_with_findings: How many rules have any, by level.
        measures: The provider's figures as they would be published, by measure.
        comparisons: How many figures came to each result.
    """

    file_accepted: bool | None
    rules_with_findings: Mapping[str, int]
    measures: Mapping[str, str | None]
    comparisons: Mapping[str, int]


class Chain(_Value, frozen=True, kw_only=True):
    """Whether the history that the record is read from is whole, and where it ends."""

    entries: int
    last_sha256: str
    problems: tuple[str, ...]


class GovernanceRecord(_Value, frozen=True, kw_only=True):
    """Everything that is kept of one version of a pack.

    Attributes:
        pack: The pack itself, with who prepared it.
        supersedes: The pack of the same period and type before it; empty for the first.
        software: Version of this software.
        standard: Version of the standard.
        inputs: What was read.
        results: What came of it.
        is_signed_off: Whether the extract of the pack is.
        states: Where each measure group stands.
        problems: What stands against sign-off.
        sign_offs: Every decision of the period, in order; those on another extract do not count.
        uploads: Every upload of the period.
        exceptions: Every exemption of the period.
        configuration_sha256: One hash over ``pack.configuration``; empty where that is.
        distribution: To whom this pack was given, in order.
        chain: Whether all of this is as it was recorded.
    """

    pack: PackMade
    supersedes: str
    software: str
    standard: str
    inputs: tuple[FileRead, ...]
    results: Results
    is_signed_off: bool
    states: Mapping[str, str]
    problems: tuple[str, ...]
    sign_offs: tuple[Decision, ...]
    uploads: tuple[Upload, ...]
    exceptions: tuple[Exemption, ...]
    configuration_sha256: str
    distribution: tuple[Distribution, ...]
    chain: Chain


def governance_record_of(
    pack: PackMade,
    *,
    run: PastRun,
    entries: Sequence[Entry],
    standing: Standing,
    verification: Verification,
) -> GovernanceRecord:
    """Return the governance record of a pack.

    Args:
        pack: The pack.
        run: The run that made it.
        entries: Of its provider and period, in the order in which they were recorded.
        standing: Where its extract stands.
        verification: What checking the history found.
    """
    return GovernanceRecord(
        pack=pack,
        supersedes=_before(pack, entries),
        software=run.facts["software"],
        standard=run.facts["standard"],
        inputs=tuple(
            FileRead(role=role, name=name, size=size, rows=rows, sha256=sha256, read_at=pack.at)
            for role, name, sha256, size, rows in run.files.rows()
            if role != "output"
        ),
        results=_results(run),
        is_signed_off=standing.is_signed_off and verification.is_whole,
        states={one.group: one.state for one in standing.groups},
        problems=standing.problems,
        sign_offs=tuple(entry for entry in entries if isinstance(entry, Decision)),
        uploads=standing.uploads,
        exceptions=tuple(entry for entry in entries if isinstance(entry, Exemption)),
        configuration_sha256=_one_hash(pack.configuration),
        distribution=tuple(
            entry
            for entry in entries
            if isinstance(entry, Distribution) and entry.pack_sha256 == pack.pack_sha256
        ),
        chain=Chain(
            entries=verification.entries,
            last_sha256=verification.last,
            problems=verification.problems,
        ),
    )


def record_json(record: GovernanceRecord) -> str:
    """Return the record as JSON for a file; the same record, the same text."""
    content = msgspec.json.encode(record, order="deterministic")
    return msgspec.json.format(content, indent=2).decode() + "\n"


def _one_hash(configuration: Mapping[str, str]) -> str:
    content = msgspec.json.encode(configuration, order="sorted")
    return hashlib.sha256(content).hexdigest() if configuration else ""


def _before(pack: PackMade, entries: Sequence[Entry]) -> str:
    alike = [
        entry.pack
        for entry in entries
        if isinstance(entry, PackMade)
        and entry.pack_type == pack.pack_type
        and entry.run < pack.run
    ]
    return alike[-1] if alike else ""


def _results(run: PastRun) -> Results:
    rules = run.rules.select("level", "code").unique()
    figures = run.figures.filter(run.figures["breakdown"] == _OWN).sort("measure_id")
    shown = figures.select("measure_id", "local_published").rows()
    return Results(
        file_accepted=run.facts["file_accepted"],
        rules_with_findings=_tally(rules, "level"),
        measures=dict(shown),
        comparisons=_tally(run.comparisons, "result"),
    )


def _tally(rows: pl.DataFrame, name: str) -> dict[str, int]:
    return dict(rows.group_by(name).len().sort(name).rows())
