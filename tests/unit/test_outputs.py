"""Results are written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.errors import OutputError
from mhsds_recon.outputs import write_files


def _writes(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


def _fails(code: int) -> Callable[[Path], object]:
    def write(path: Path) -> object:
        path.write_text("half", encoding="utf-8")
        raise OSError(code, "as a real disk would say")

    return write


def test_all_files_are_written(tmp_path: Path) -> None:
    written = write_files(tmp_path / "new", {"a.txt": _writes("1"), "b.txt": _writes("2")})
    assert [path.read_text(encoding="utf-8") for path in written] == ["1", "2"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "permission is denied")],
)
def test_a_failure_leaves_earlier_files_as_they_were(
    tmp_path: Path, code: int, reason: str
) -> None:
    write_files(tmp_path, {"a.txt": _writes("old")})
    with pytest.raises(OutputError, match=f"{reason}.*Nothing was changed"):
        write_files(tmp_path, {"a.txt": _writes("new"), "b.txt": _fails(code)})
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_told_without_its_number(tmp_path: Path) -> None:
    def write(_: Path) -> object:
        raise OSError(os.strerror(errno.ENOSPC) + " (os error 28)")

    with pytest.raises(OutputError, match="the disk is full"):
        write_files(tmp_path, {"a.csv": write})


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="results"):
        write_files(tmp_path / "results", {"a.txt": _writes("1")})
