"""How wide the columns of a printed table are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mhsds_recon.packs.model import Table

__all__ = ["column_widths"]

_OF_A_LINE = 125
_LONGEST_WORD = 24
_LONGEST_TEXT = 160
_BETWEEN = 1.5


def column_widths(table: Table) -> tuple[float, ...]:
    """Return the width of each column in percent: its longest word, and a share of what is left.

    A table whose widths are known beforehand takes half as long to lay out.
    """
    texts = [
        [column.name, *(row[index] for row in table.rows)]
        for index, column in enumerate(table.columns)
    ]
    least = [_longest_word(each) + _BETWEEN for each in texts]
    usual = [min(sum(map(len, each)) / len(each), _LONGEST_TEXT) for each in texts]
    more = [max(text - word, 0) + 1 for text, word in zip(usual, least, strict=True)]
    left = max(_OF_A_LINE - sum(least), 0)
    wide = [word + left * text / sum(more) for word, text in zip(least, more, strict=True)]
    return tuple(round(100 * each / sum(wide), 1) for each in wide)


def _longest_word(texts: list[str]) -> float:
    words = {word for text in texts for word in text.split()}
    return min(max(map(_width, words), default=0), _LONGEST_WORD)


def _width(word: str) -> float:
    """Return the width of a word in usual letters; capitals and digits are wider."""
    return len(word) + 0.4 * sum(map(str.isupper, word)) + 0.1 * sum(map(str.isdigit, word))
