"""Rules about single rows: one fused lazy plan per table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import Format, NationalCode
from mhsds_recon.standard.formats import to_regex
from mhsds_recon.validation.kinds import holds, suspect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from mhsds_recon.standard import Rule
    from mhsds_recon.standard.checks import Check
    from mhsds_recon.validation.kinds import Context

__all__ = ["plan_failures", "rows_by_rule"]


def plan_failures(
    rows: nw.LazyFrame[Any], rules: Sequence[Rule], context: Context
) -> nw.LazyFrame[Any]:
    """Return the plan for the rows that may fail a rule of a table, and which they fail.

    Returns:
        ``row_number`` and one boolean column per rule, named by its code: true where it fails.
    """
    screens = [suspect(check, context) for check in _screening(rules, context)]
    fails = (
        (~holds(rule.check, context)).fill_null(value=False).alias(rule.code) for rule in rules
    )
    return rows.filter(nw.any_horizontal(*screens, ignore_nulls=True)).select(ROW_NUMBER, *fails)


def _screening(rules: Sequence[Rule], context: Context) -> Iterator[Check]:
    """Yield the checks whose screens together catch every failing row.

    A value outside a code list is caught by the list, so that the format which all its codes
    have need not be tested on every row as well.
    """
    checks = [rule.check for rule in rules]
    codes = {
        check.element: context.standard.code_lists[check.code_list].values
        for check in checks
        if isinstance(check, NationalCode)
    }
    for check in checks:
        if isinstance(check, Format) and check.element in codes:
            pattern = re.compile(to_regex(check.format))
            if all(pattern.search(code) for code in codes[check.element]):
                continue
        yield check


def rows_by_rule(failures: pl.DataFrame) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` by rule code, for each rule that a row of a collected plan fails.

    One filter per failed rule: unpivoting would hold every rule for every row at once.
    """
    rows = nw.from_native(failures, eager_only=True)
    codes = [name for name in rows.columns if name != ROW_NUMBER]
    return {
        code: rows.filter(nw.col(code)).select(ROW_NUMBER)
        for code in codes
        if rows.get_column(code).any()
    }
