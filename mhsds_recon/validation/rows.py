"""Rules about single rows: one fused lazy plan per table, in two passes.

The first pass asks which rules any row may fail, by cheap screens on all rows. The second tries
the full meaning of those few rules, on the rows that their screens name. Most rules fail nowhere,
so that their meaning is never even built.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import Format, NationalCode
from mhsds_recon.standard.formats import to_regex
from mhsds_recon.validation.kinds import holds, suspect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Rule
    from mhsds_recon.validation.context import Context

_Key = TypeVar("_Key", bound=Hashable)

__all__ = ["find_failures", "plan_failures", "rows_by_rule"]


def find_failures(
    rows: Mapping[_Key, nw.LazyFrame[Any]],
    rules: Mapping[_Key, Sequence[Rule]],
    context: Context,
    engine: Engine,
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` of the rows that fail each rule about single rows, by its code.

    Args:
        rows: Frames to look at.
        rules: The rules to try on each, all of one table.
        context: What the rules may need beside their rows.
        engine: What runs the plans.
    """
    contexts = {key: context.of(tried[0].table) for key, tried in rules.items()}
    screens = [_plan_screens(rows[key], tried, contexts[key]) for key, tried in rules.items()]
    answers = dict(zip(rules, engine.collect(screens), strict=True))
    plans = [
        plan_failures(rows[key], suspects, contexts[key])
        for key, tried in rules.items()
        if (suspects := _suspects(tried, answers[key], contexts[key]))
    ]
    failing: dict[str, nw.DataFrame[Any]] = {}
    for failures in engine.collect(plans):
        failing |= rows_by_rule(failures)
    return failing


def plan_failures(
    rows: nw.LazyFrame[Any], rules: Sequence[Rule], context: Context
) -> nw.LazyFrame[Any]:
    """Return the plan for the rows that may fail a rule of a table, and which they fail.

    Returns:
        ``row_number`` and one boolean column per rule, named by its code: true where it fails.
    """
    screens = [suspect(rule.check, context) for rule in rules]
    fails = (
        (~holds(rule.check, context)).fill_null(value=False).alias(rule.code) for rule in rules
    )
    return rows.filter(nw.any_horizontal(*screens, ignore_nulls=True)).select(ROW_NUMBER, *fails)


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


def _plan_screens(
    rows: nw.LazyFrame[Any], rules: Sequence[Rule], context: Context
) -> nw.LazyFrame[Any]:
    """Return the plan for one row that says by rule code whether any row may fail the rule."""
    implied = _implied(rules, context)
    return rows.select(
        suspect(rule.check, context).any().alias(rule.code)
        for rule in rules
        if rule.code not in implied
    )


def _suspects(rules: Sequence[Rule], answers: pl.DataFrame, context: Context) -> list[Rule]:
    """Return the rules that some row may fail, by the answers to their screens."""
    implied = _implied(rules, context)
    asked = answers.row(0, named=True)
    return [rule for rule in rules if asked[implied.get(rule.code, rule.code)]]


def _implied(rules: Sequence[Rule], context: Context) -> dict[str, str]:
    """Return, for rules that a row can only fail together with another, that other by code.

    A value outside a code list is caught by the list, so that the format which all its codes
    have need not be tested on every row as well.
    """
    lists = {rule.check.element: rule for rule in rules if isinstance(rule.check, NationalCode)}
    implied = {}
    for rule in rules:
        if isinstance(rule.check, Format) and rule.check.element in lists:
            listing = lists[rule.check.element]
            pattern = re.compile(to_regex(rule.check.format))
            if all(map(pattern.search, _codes(listing, context))):
                implied[rule.code] = listing.code
    return implied


def _codes(rule: Rule, context: Context) -> Sequence[str]:
    check = rule.check
    return (
        context.standard.code_lists[check.code_list].values
        if isinstance(check, NationalCode)
        else ()
    )
