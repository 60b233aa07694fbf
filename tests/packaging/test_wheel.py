"""The wheel carries everything: installed elsewhere, it loads the standard and runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "constraints.txt"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a bare environment with the wheel and its base dependencies."""
    folder = tmp_path_factory.mktemp("packaging")
    _run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "bare", with_pip=True)
    windows = sys.platform == "win32"
    python = folder / "bare" / ("Scripts/python.exe" if windows else "bin/python")
    _run(python, "-m", "pip", "install", "--quiet", "-c", CONSTRAINTS, wheel)
    return python


@pytest.mark.packaging
def test_the_installed_standard_is_whole(installed: Path, tmp_path: Path) -> None:
    script = (
        "import mhsds_recon as mr\n"
        "standard = mr.load_standard('6.0')\n"
        "print(len(standard.tables), len(standard.code_lists), bool(standard.measures))\n"
        "print('MHS101Referral' in mr.schemas('6.0'))\n"
    )
    printed = _run(installed, "-c", script, cwd=tmp_path)
    assert printed.split() == ["61", "96", "True", "True"]


@pytest.mark.packaging
def test_the_demo_runs_from_the_wheel_with_base_dependencies_only(
    installed: Path, tmp_path: Path
) -> None:
    command = ["demo", "--output", "made", "--people", "150", "--months", "2"]
    printed = _run(installed, "-m", "mhsds_recon", *command, cwd=tmp_path)
    packs = list((tmp_path / "made").rglob("RZZ_*_B_v1.html"))
    assert len(packs) == 1
    assert packs[0].name in printed


def _run(*command: object, cwd: Path | None = None) -> str:
    """Run a command without the checkout on its path; return what it prints."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    finished = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout
