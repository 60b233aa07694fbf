"""Widths of the columns of a printed table."""

from __future__ import annotations

import pytest

from mhsds_recon.packs.columns import column_widths
from mhsds_recon.packs.model import Column, Table


def widths(*rows: tuple[str, ...]) -> tuple[float, ...]:
    columns = tuple(Column(name=f"C{number}") for number, _ in enumerate(rows[0]))
    return column_widths(Table(id="t", caption="t", columns=columns, rows=rows))


def test_widths_fill_the_line() -> None:
    assert sum(widths(("a", "b", "c"), ("word", "two words", "1,234"))) == pytest.approx(100, abs=1)


def test_every_column_has_room_for_its_longest_word() -> None:
    prose = "Some records would be rejected and would not count. " * 6
    code, _, number = widths(("MHS113a", prose, "fewer than 5"))
    assert code > 100 * len("MHS113a") / 125
    assert number > 100 * len("fewer") / 125


def test_sentences_get_what_codes_and_numbers_leave() -> None:
    code, prose, number = widths(("MHS95", "A long sentence about nothing at all. " * 4, "5"))
    assert prose > 4 * max(code, number)


def test_a_table_without_rows_has_widths_too() -> None:
    columns = (Column(name="Only"),)
    assert column_widths(Table(id="t", caption="t", columns=columns, rows=())) == (100.0,)
