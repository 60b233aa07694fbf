"""Which measures a rule can touch: by the rows that it can take away, or by what it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.effects.rejections import link_rules
from mhsds_recon.measures import elements_read
from mhsds_recon.standard.checks import OneValidRow, Unique, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.standard import Measure, Rule, Standard

__all__ = ["can_touch", "may_cost_more", "measures_touched", "speaks_of", "tables_below"]


def measures_touched(rule: Rule, standard: Standard) -> tuple[str, ...]:
    """Return the ids of the measures that a rule can touch."""
    measures = standard.measures.values()
    return tuple(measure.id for measure in measures if can_touch(rule, measure, standard))


def can_touch(rule: Rule, measure: Measure, standard: Standard) -> bool:
    """Return whether a rule can touch a measure, on any data.

    A rejecting rule can, where the measure reads its table or one whose rows can fall with it.
    Any other rule can, where the measure reads an element that it speaks of: its findings then
    take nothing away, but the value itself may be one that does not count. A rule on which the
    whole file depends can touch every measure.
    """
    read = elements_read(measure, standard)
    if rule.rejects:
        return _can_reject_file(rule, standard) or not tables_below(
            rule.table, standard
        ).isdisjoint(read)
    return speaks_of(rule, measure, standard)


def speaks_of(rule: Rule, measure: Measure, standard: Standard) -> bool:
    """Return whether a rule is about an element that a measure reads."""
    read = elements_read(measure, standard)
    return any(name in read.get(table, ()) for table, name in _elements_of(rule, standard))


def may_cost_more(rule: Rule, measure: Measure, standard: Standard) -> bool:
    """Return whether a rejected row may not have counted anyway, for the very value at fault.

    Counting again cannot show what a measure loses by a date that cannot be read, or by the key
    of a referral that is not there: the row does not count even where it is let through. Copies
    are nothing of the kind; each has its values.
    """
    spoils = rule.rejects and not isinstance(rule.check, Unique)
    return spoils and speaks_of(rule, measure, standard)


def tables_below(table: str, standard: Standard) -> frozenset[str]:
    """Return a table and those whose rows can be rejected because one of its rows is."""
    below = {table}
    links = [(rule.table, check.table) for rule, check in link_rules(standard)]
    size = 0
    while size != (size := len(below)):
        below |= {child for child, parent in links if parent in below}
    return frozenset(below)


def _can_reject_file(rule: Rule, standard: Standard) -> bool:
    checks = [file_rule.check for file_rule in standard.file_rules.values()]
    return any(isinstance(check, OneValidRow) and check.table == rule.table for check in checks)


def _elements_of(rule: Rule, standard: Standard) -> Iterator[tuple[str, str]]:
    """Yield table and name of the elements that a rule's check uses."""
    numbers = {table.number: table.name for table in standard.tables.values()}
    for name in names_in(rule.check):
        prefix, dot, element = name.rpartition(".")
        if not dot:
            yield rule.table, element
        elif prefix in numbers:
            yield numbers[prefix], element
