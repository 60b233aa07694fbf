"""Rules whose verdict on a value needs much work, or a look into a long list.

Codes and scores come from small vocabularies. Each different value is judged once, the same ones
of all tables together, and the rows that have a bad value are found by joining.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import narwhals as nw
from msgspec.structs import replace

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import (
    Check,
    FitsScheme,
    KnownPostcode,
    Organisation,
    Score,
    SnomedStructure,
)
from mhsds_recon.validation.kinds import holds
from mhsds_recon.validation.lookups import Lookups, look_up
from mhsds_recon.validation.scores import has_certain_scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule
    from mhsds_recon.validation.context import Context

__all__ = ["CERTAIN", "find_bad_values", "is_about_values"]

CERTAIN = "certain"
_VALUE, _BESIDE, _CODE = "value", "beside", "code"


def is_about_values(check: Check) -> bool:
    """Return whether a check is judged on each different value rather than on each row."""
    return isinstance(check, SnomedStructure | FitsScheme | Score | Organisation | KnownPostcode)


def find_bad_values(
    extract: Extract, rules: Sequence[Rule], context: Context
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` and ``certain`` of the failing rows by rule code.

    ``certain`` is false where the source does not hold all that a tool accepts as its score.
    """
    plans = [_plan_values(extract.tables[rule.table], rule) for rule in rules]
    different = [
        nw.from_native(values, eager_only=True) for values in extract.engine.collect(plans)
    ]
    context = dataclasses.replace(context, lookups=_look_up(rules, different, context, extract))
    alike: dict[Check, list[nw.DataFrame[Any]]] = {}
    for rule, values in zip(rules, different, strict=True):
        if len(values):
            alike.setdefault(_with_common_names(rule.check), []).append(values)
    bad: dict[str, nw.DataFrame[Any]] = {}
    for check, values_of_rules in alike.items():
        bad |= _bad_values(check, values_of_rules, context)
    found = [rule for rule in rules if rule.code in bad]
    plans = [_plan_rows(extract, rule, bad[rule.code]) for rule in found]
    rows = extract.engine.collect(plans)
    return {
        rule.code: nw.from_native(failing, eager_only=True)
        for rule, failing in zip(found, rows, strict=True)
    }


def _look_up(
    rules: Iterable[Rule],
    values: Iterable[nw.DataFrame[Any]],
    context: Context,
    extract: Extract,
) -> Lookups:
    """Return what the reference files say about the values of the rules that ask them."""
    asked = [
        of_rule.get_column(_VALUE)
        for rule, of_rule in zip(rules, values, strict=True)
        if isinstance(rule.check, Organisation | KnownPostcode)
    ]
    if not asked:
        return Lookups()
    together = nw.concat([column.to_frame() for column in asked]).get_column(_VALUE)
    return look_up(together, context.reference, extract.engine)


def _elements(check: Check) -> dict[str, str]:
    """Return the elements that are looked at, by the name they get among the values."""
    match check:
        case FitsScheme(element=element, scheme=beside) | Score(element=element, tool=beside):
            return {_VALUE: element, _BESIDE: beside}
        case SnomedStructure() | Organisation() | KnownPostcode():
            return {_VALUE: check.element}
    message = f"{type(check).__name__} is not judged on values"
    raise TypeError(message)


def _with_common_names(check: Check) -> Check:
    """Return the same check on the columns of the values."""
    match check:
        case FitsScheme():
            return replace(check, element=_VALUE, scheme=_BESIDE)
        case Score():
            return replace(check, element=_VALUE, tool=_BESIDE)
    return replace(check, element=_VALUE)


def _plan_values(rows: nw.LazyFrame[Any], rule: Rule) -> nw.LazyFrame[Any]:
    """Return the plan for the different values under a rule; with a null in it, all pass."""
    named = (nw.col(element).alias(name) for name, element in _elements(rule.check).items())
    return rows.select(*named, nw.lit(rule.code).alias(_CODE)).drop_nulls().unique()


def _bad_values(
    check: Check, values: Iterable[nw.DataFrame[Any]], context: Context
) -> dict[str, nw.DataFrame[Any]]:
    """Return the values that fail a check, with ``certain``, by rule code."""
    together = nw.concat(list(values))
    bad = together.filter(~holds(check, context))
    certain = (
        has_certain_scale(_BESIDE, context.standard.scales)
        if isinstance(check, Score)
        else nw.lit(value=True)
    )
    marked = bad.with_columns(certain.alias(CERTAIN))
    codes = marked.get_column(_CODE).unique().to_list()
    return {code: marked.filter(nw.col(_CODE) == code).drop(_CODE) for code in codes}


def _plan_rows(extract: Extract, rule: Rule, bad: nw.DataFrame[Any]) -> nw.LazyFrame[Any]:
    elements = _elements(rule.check)
    rows = extract.tables[rule.table].select(
        ROW_NUMBER, *(nw.col(element).alias(name) for name, element in elements.items())
    )
    values = extract.engine.scan(bad.to_native().lazy())
    return rows.join(values, on=list(elements), how="inner").select(ROW_NUMBER, CERTAIN)
