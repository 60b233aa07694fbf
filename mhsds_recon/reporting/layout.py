"""How text for a terminal is laid out: tables and paragraphs that fit a width."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["WIDTH", "paragraph", "paths", "shorten", "table"]

WIDTH = 110
"""Columns of a terminal, where it does not say."""

_LONGEST_VALUE = 40
_NO_NUMBER = ("*", "-", "")


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, width: int = WIDTH) -> str:
    """Return rows below their header, columns of numbers to the right, long cells folded.

    What stands in place of a number (``*``, ``-``, nothing) does not make a column one of text.
    """
    laid_out = Table(box=None, pad_edge=False, header_style="")
    body = list(rows)
    for index, name in enumerate(header):
        numeric = all(isinstance(row[index], int) or row[index] in _NO_NUMBER for row in body)
        laid_out.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in body:
        laid_out.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    target = io.StringIO()
    Console(file=target, width=width, color_system=None, markup=False).print(laid_out)
    return "\n".join(line.rstrip() for line in target.getvalue().splitlines())


def paragraph(text: str, *, width: int = WIDTH, indent: str = "  ") -> str:
    """Return text folded to a width, every line indented; long words stay whole."""
    return textwrap.fill(
        text,
        width=width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def shorten(value: str) -> str:
    """Return an example's value, a long one cut with its length beside it."""
    if len(value) <= _LONGEST_VALUE:
        return value
    return f"{value[:_LONGEST_VALUE]}... ({len(value)} characters)"


def paths(written: Iterable[Path]) -> list[str]:
    """Return a line for each written file."""
    return [f"Written: {path}" for path in written]
