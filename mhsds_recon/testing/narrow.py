"""A standard cut down to a few of its tables, for tests and benchmarks of those alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mhsds_recon.standard.checks import Linked, names_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mhsds_recon.standard import Rule, Standard

__all__ = ["narrowed"]


def narrowed(
    standard: Standard, tables: Iterable[str], *, rules: Collection[str] | None = None
) -> Standard:
    """Return the standard with its header and some tables, and without file rules.

    Args:
        standard: The whole standard.
        tables: Names of the tables to keep.
        rules: Codes of the rules to keep; all that need no other table where None.
    """
    kept = {name: table for name, table in standard.tables.items() if name in set(tables)}
    kept = {standard.header.name: standard.header, **kept}
    judged = {
        code: rule
        for code, rule in standard.rules.items()
        if (rules is None or code in rules) and _tables_of(rule, standard) <= set(kept)
    }
    return msgspec.structs.replace(
        standard,
        tables=kept,
        rules=judged,
        link_order=tuple(code for code in standard.link_order if code in judged),
        file_rules={},
    )


def _tables_of(rule: Rule, standard: Standard) -> set[str]:
    prefixes = {name.rpartition(".")[0] for name in names_in(rule.check)}
    others = {standard.numbered(number).name for number in prefixes - {"", "header", "portal"}}
    linked = {rule.check.table} if isinstance(rule.check, Linked) else set()
    return {rule.table, *others, *linked}
