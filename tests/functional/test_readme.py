"""What the README shows works as shown."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.testing import published_rows, synthetic_trust, write_published

Command = Callable[..., tuple[int, str, str]]
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def demo(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with what the demo leaves in ``mhsds-demo``, of fewer months and people."""
    folder = tmp_path / "mhsds-demo"
    synthetic_trust(months=2, people=200, seed=3).write(folder, format="csv")
    monkeypatch.chdir(tmp_path)
    words = ["measures", folder / "extracts", "--period", "2025-09"]
    command(*words, "--output", folder / "counts.csv")
    counts = pl.read_csv(folder / "counts.csv", infer_schema=False)
    (folder / "published").mkdir()
    published = folder / "published" / "MHSDS Data_SepPerf_2025.csv"
    write_published(published_rows(counts, seed=1), published)


@pytest.mark.usefixtures("demo")
def test_the_commands_run(command: Command) -> None:
    shown = re.findall(r"^    mhsds-recon (.+)$", README, re.MULTILINE)
    lines = [line for line in shown if not line.startswith("portal")]  # its zip is the portal's
    codes = {line: command(*shlex.split(line))[0] for line in lines}
    expected = {line: int(line.startswith("validate")) for line in lines}
    assert len(lines) >= 6
    assert codes == expected


@pytest.mark.usefixtures("demo")
def test_the_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102  our own README
    assert {"result", "figures", "published"} <= set(names)
