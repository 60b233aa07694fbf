"""Writing results whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["write_files"]

_REASONS = {
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EISDIR: "there is a folder of that name",
    errno.EEXIST: "there is a file of that name",
}


def write_files(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> tuple[Path, ...]:
    """Write files into a folder, all of them or none, and return their paths.

    Every file is first written beside its place under another name, so a full disk or a stop
    half-way leaves earlier files as they were.

    Args:
        folder: Where to write; made if need be.
        writers: For each file name, what writes it to a given path.

    Raises:
        OutputError: The folder or a file cannot be written.
    """
    staging: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
        for name, write in writers.items():
            write(staging / name)
        for name in writers:
            (staging / name).replace(folder / name)
    except OSError as error:
        message = (
            f"Results cannot be written to '{folder}': {_reason(error)}."
            " Nothing was changed. Choose another folder with --output, or make room."
        )
        raise OutputError(message) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    return tuple(folder / name for name in writers)


def _reason(error: OSError) -> str:
    if error.errno is None:  # polars gives the system's words without its number
        full = os.strerror(errno.ENOSPC) in str(error)
        return _REASONS[errno.ENOSPC] if full else "writing failed"
    return _REASONS.get(error.errno, os.strerror(error.errno))
