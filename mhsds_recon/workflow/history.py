"""Remember what the verbs do: runs, published files, and what those change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon.frames import Extract, InputFile, is_address
from mhsds_recon.history import History, PublishedChanges, RunFile, RunRecord
from mhsds_recon.packs import check_names
from mhsds_recon.published import best_of, read_each
from mhsds_recon.workflow.locating import kept_database
from mhsds_recon.workflow.writing import hashed, software_version

if TYPE_CHECKING:
    from sqlalchemy import URL

    from mhsds_recon.measures import Figures
    from mhsds_recon.published import LocalCounts, PublishedFigures
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.validation import Validation

__all__ = [
    "Memory",
    "history_address",
    "kept_national",
    "open_memory",
    "path_files",
    "read_national",
    "recorded",
]

_NO_HISTORY = "none"


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Where the verbs remember what they do.

    Attributes:
        history: The history.
        changes: What published files changed that it had not seen before, in their order.
    """

    history: History
    changes: list[PublishedChanges] = field(default_factory=list)


def open_memory(address: str | Path | None = None) -> Memory | None:
    """Open a history to remember in; None where the address is ``none``.

    Args:
        address: As ``history_address`` takes it.

    Raises:
        HistoryError: The database cannot be reached, or a server's needs an upgrade.
    """
    if address == _NO_HISTORY:
        return None
    return Memory(history=History.open(history_address(address)))


def history_address(address: str | Path | None) -> URL | str | Path | None:
    """Return the URL or path of a history; None for the user's own file.

    Args:
        address: That itself, or ``env:NAME`` or ``keyring:SERVICE/USER`` where it is kept.

    Raises:
        DatabaseError: It is no usable address, or nothing is kept there.
    """
    if isinstance(address, str) and is_address(address):
        return kept_database(address).url
    return address


def read_national(
    paths: Sequence[Path], *, provider: str, memory: Memory | None
) -> PublishedFigures:
    """Read published files, remember each, and return the best figure for each key.

    Raises:
        PublishedError: A file cannot be used; none was remembered.
        HistoryError: A file could not be remembered.
    """
    return kept_national(read_each(paths, provider=provider), provider=provider, memory=memory)


def kept_national(
    files: Sequence[PublishedFigures], *, provider: str, memory: Memory | None
) -> PublishedFigures:
    """Remember published files that were read, and return the best figure for each key.

    Raises:
        PublishedError: Two files contradict each other; none was remembered.
        PrivacyError: The name of a file points to a patient; none was remembered.
        HistoryError: A file could not be remembered.
    """
    national = best_of(files)
    if memory is not None:
        check_names(each.name for file in files for each in file.files)
        changes = memory.history.keep_published(*files, provider=provider, at=_now())
        memory.changes.append(changes)
    return national


def recorded(
    memory: Memory | None,
    *,
    verb: str,
    provider: str,
    period: ReportingPeriod | None,
    standard: Standard,
    extracts: Iterable[Extract] = (),
    reference: Path | None = None,
    files: Iterable[RunFile] = (),
    figures: Mapping[str, Figures | LocalCounts] | None = None,
    validation: Validation | None = None,
    reconciliation: Reconciliation | None = None,
    stage: str = "extract",
) -> int | None:
    """Remember a run, once its results are written, and return its number.

    Args:
        memory: Where; nothing is remembered where None.
        verb: What was done.
        provider: Code of the provider.
        period: The reporting period.
        standard: The version of the standard.
        extracts: What was read.
        reference: The folder of reference files that was read.
        files: What else was read or written.
        figures: Local figures by stage.
        validation: What the rules said.
        reconciliation: Comparisons and walks.
        stage: The stage of the figures that were compared.

    Raises:
        PrivacyError: The name of a file points to a patient; the results stand.
        HistoryError: It could not be remembered; the results stand.
    """
    if memory is None:
        return None
    record = RunRecord(
        verb=verb,
        provider=provider,
        period=period,
        software=software_version(),
        standard=standard.version,
        files=(
            *(RunFile.of_extract(extract.name, extract.files) for extract in extracts),
            *path_files("reference", _files_in(reference) if reference else ()),
            *files,
        ),
        figures=figures or {},
        validation=validation,
        reconciliation=reconciliation,
        stage=stage,
    )
    check_names(file.name for file in record.files)
    return memory.history.record(record, at=_now())


def path_files(role: str, paths: Iterable[Path]) -> list[RunFile]:
    """Return what is remembered of files by their paths, folders as extracts by all they hold."""
    return [_folder(role, path) if path.is_dir() else _file(role, path) for path in paths]


def _file(role: str, path: Path) -> RunFile:
    return RunFile(
        role=role, name=path.name, sha256=hashed(path)["sha256"], size=path.stat().st_size
    )


def _folder(role: str, path: Path) -> RunFile:
    held = path_files(role, _files_in(path))
    files = [InputFile(name=each.name, sha256=each.sha256, size=each.size, rows=0) for each in held]
    return replace(RunFile.of_extract(path.name, files), role=role)


def _files_in(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_file()]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
