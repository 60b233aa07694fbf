"""A small extract on disk, made of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MakeExtract = Callable[..., Path]


@pytest.fixture
def make_extract(tmp_path: Path) -> MakeExtract:
    """A function that writes an extract: a header and the files given, by name."""

    def make(
        name: str = "2025-09",
        files: dict[str, str | bytes] | None = None,
        *,
        provider: str = "RZZ",
        start: str = "2025-09-01",
        header: bool = True,
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        if header:
            text = f"OrgIDProvider,ReportingPeriodStartDate\n{provider},{start}\n"
            (folder / "MHS000Header.csv").write_text(text, encoding="utf-8")
        for file, content in (files or {}).items():
            data = content.encode() if isinstance(content, str) else content
            (folder / file).write_bytes(data)
        return folder

    return make
