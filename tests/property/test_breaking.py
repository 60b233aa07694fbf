"""Breaking one field of a clean extract gives that rule's finding, its cascade and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from plain_rules import Finding, Row, judge

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard import Standard, load_standard
from mhsds_recon.standard.checks import (
    FollowedBy,
    Format,
    Linked,
    Mandatory,
    NationalCode,
    NotAfter,
    NotBefore,
    SnomedStructure,
    names_in,
)
from mhsds_recon.testing import narrowed, synthetic_trust
from mhsds_recon.validation import validate
from mhsds_recon.validation.examples import example_of

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "MHS000Header"
BOUND = "header.ReportingPeriod"  # the examples and the synthetic trust have the same period
_OF_ONE_VALUE = Mandatory | Format | NationalCode | SnomedStructure | NotBefore | NotAfter
_STANDARD = load_standard("6.0")


def _breakable() -> list[str]:
    """Return the rules that one value of a row can break, whatever else is in the row."""
    return [
        code
        for code, rule in _STANDARD.rules.items()
        if isinstance(rule.check, _OF_ONE_VALUE)
        and getattr(rule.check, "when", None) is None
        and getattr(rule.check, "other", BOUND).startswith(BOUND)
        and rule.table != HEADER
        and example_of(rule, _STANDARD)
    ]


@pytest.fixture(scope="module")
def clean() -> dict[str, pl.DataFrame]:
    (tables,) = synthetic_trust(months=1, people=100, plant=False).extracts.values()
    return {name: rows for name, rows in tables.items() if name in _STANDARD.tables}


def test_a_clean_extract_has_no_findings(
    clean: dict[str, pl.DataFrame], standard: Standard
) -> None:
    assert _findings(clean, standard) == set()


@given(st.sampled_from(_breakable()), st.integers(0, 10**6))
@settings(max_examples=12, deadline=None, phases=[Phase.generate])  # an extract is slow to shrink
def test_one_broken_field_gives_its_finding_and_cascade_alone(
    clean: dict[str, pl.DataFrame], standard: Standard, code: str, draw: int
) -> None:
    rule = standard.rules[code]
    rows = clean.get(rule.table, pl.DataFrame())
    assume(len(rows))
    example = example_of(rule, standard)
    assert example is not None
    assert rule.element is not None
    place, value = draw % len(rows), example.failing[0].values[rule.element]
    broken = {**clean, rule.table: _with_value(rows, place, rule.element, value)}

    found = _findings(broken, standard)

    own = {finding for finding in found if not _is_about_others(finding[0], standard)}
    assert (code, rule.table, place + 1) in own
    for failed, table, row in own:
        assert (table, row) == (rule.table, place + 1) or _compares_with(failed, rule.table)
        assert rule.element in {
            name.rpartition(".")[2] for name in names_in(standard.rules[failed].check)
        }
    cascade = judge(
        _as_rows(broken, standard),
        narrowed(standard, standard.tables, rules={*standard.link_order, *(f[0] for f in own)}),
    )
    assert found == cascade


def _compares_with(code: str, table: str) -> bool:
    """Return whether a rule compares its rows with those of a table above."""
    names = names_in(_STANDARD.rules[code].check)
    return any(name.startswith(_STANDARD.tables[table].number) for name in names)


def _is_about_others(code: str, standard: Standard) -> bool:
    return isinstance(standard.rules[code].check, Linked | FollowedBy)


def _with_value(rows: pl.DataFrame, place: int, element: str, value: str | None) -> pl.DataFrame:
    here = pl.int_range(pl.len()) == place
    changed = pl.when(here).then(pl.lit(value, dtype=pl.String)).otherwise(pl.col(element))
    return rows.with_columns(changed.alias(element))


def _as_rows(tables: Mapping[str, pl.DataFrame], standard: Standard) -> dict[str, list[Row]]:
    return {name: tables[name].to_dicts() if name in tables else [] for name in standard.tables}


def _findings(tables: Mapping[str, pl.DataFrame], standard: Standard) -> set[Finding]:
    result = validate(extract_from_frames(tables, standard=standard), standard=standard)
    found = result.findings.drop_nulls("row_number")
    return set(found.select("code", "table", "row_number").iter_rows())
