"""The project's tasks, for any machine with Python 3.11 or later and nothing else.

    python tasks.py demo     install, then run the main job on synthetic data
    python tasks.py test     install with the test tools, then run all tests
    python tasks.py check    install with the check tools, then ruff, mypy and import-linter
    python tasks.py format   let ruff put the code into its form

Everything is installed into the folder .venv; further words go to the tool (``test -k pack``).
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FOLDER = ROOT / ".venv"
BIN = FOLDER / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = str(BIN / ("python.exe" if sys.platform == "win32" else "python"))

TASKS: dict[str, tuple[str, list[list[str]]]] = {
    "demo": (".", [["-m", "mhsds_recon", "demo"]]),
    "test": (
        ".[test]",
        [["-m", "pytest", "-n", "auto", "--dist", "loadscope", "--durations", "25"]],
    ),
    "check": (
        ".[test,check]",
        [
            ["-m", "ruff", "check", "."],
            ["-m", "ruff", "format", "--check", "."],
            ["-m", "mypy"],
            [
                "-c",
                "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())",
            ],
        ],
    ),
    "format": (".[check]", [["-m", "ruff", "format", "."]]),
}


# Tests run beside each other, one on each core: threads of their own would only be in the way.
THREADS = {"test": {"POLARS_MAX_THREADS": "1"}}


def main(words: list[str]) -> int:
    """Install what a task needs and run it; return the first exit code that is not 0."""
    if not words or words[0] not in TASKS:
        print(__doc__)
        return 2
    extras, commands = TASKS[words[0]]
    if not Path(PYTHON).exists():
        print(f"Making {FOLDER.name} ...", flush=True)
        venv.create(FOLDER, with_pip=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [[*install, "-c", "constraints.txt", "-e", extras], *commands]
    steps[-1] += words[1:]
    environment = THREADS.get(words[0], {}) | os.environ
    for step in steps:
        code = subprocess.run([PYTHON, *step], cwd=ROOT, env=environment, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
