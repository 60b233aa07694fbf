"""Commands in the how-to pages are commands as they are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from mhsds_recon.cli import app

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_can_be_parsed(page: Path) -> None:
    shown = re.findall(r"(?m)^\s{4,}mhsds-recon (.+)$", page.read_text(encoding="utf-8"))
    for line in shown:
        words = shlex.split(line.partition(" > ")[0])
        command, *_ = app.parse_args(words, exit_on_error=False, print_error=False)
        assert command.__name__
