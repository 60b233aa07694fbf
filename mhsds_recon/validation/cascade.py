"""Rules that a valid row of another table must exist, and how rejections move down the tree.

The rules are tried one after another in the national order, on all rows, rejected ones too; each
sees the rows left valid by those before it. Rows below a rejected row so fail their own rule,
and a rejection shows with one code per level. The work is done on the key columns alone, which
are read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import Linked
from mhsds_recon.validation.kinds import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule, Standard

__all__ = ["follow_links", "read_keys"]


def read_keys(extract: Extract, standard: Standard) -> dict[str, nw.DataFrame[Any]]:
    """Return each table's ``row_number``, identifying and linking elements, collected."""
    linking: dict[str, list[str]] = {}
    for rule, check in _link_rules(standard):
        for table in (rule.table, check.table):
            linking.setdefault(table, []).append(check.element)
    plans = [
        extract.tables[name].select(
            ROW_NUMBER, *dict.fromkeys((*table.identifying_elements, *linking.get(name, ())))
        )
        for name, table in standard.tables.items()
    ]
    collected = extract.engine.collect(plans)
    return {
        name: nw.from_native(rows, eager_only=True)
        for name, rows in zip(standard.tables, collected, strict=True)
    }


def follow_links(
    keys: Mapping[str, nw.DataFrame[Any]],
    rejected: Mapping[str, nw.DataFrame[Any]],
    standard: Standard,
) -> dict[str, nw.DataFrame[Any]]:
    """Return the rows that fail each rule of kind ``Linked``.

    Args:
        keys: Every table's ``row_number`` and key elements, one row per submitted row.
        rejected: ``row_number`` of the rows that are no longer valid, by table.
        standard: The rules and their order.

    Returns:
        ``row_number`` by rule code, for each rule that some row fails.
    """
    rules = list(_link_rules(standard))
    targets = {check.table for _, check in rules}
    valid = {
        table: _without(keys[table], rejected[table]) if table in rejected else keys[table]
        for table in targets
    }
    failing: dict[str, nw.DataFrame[Any]] = {}
    for rule, check in rules:
        unlinked = _unlinked(keys[rule.table], valid[check.table], check.element)
        if unlinked.is_empty():
            continue
        failing[rule.code] = unlinked
        if rule.rejects and rule.table in targets:
            valid[rule.table] = _without(valid[rule.table], unlinked)
    return failing


def _link_rules(standard: Standard) -> Iterator[tuple[Rule, Linked]]:
    """Yield the rules of kind ``Linked`` in the order in which they are tried."""
    for code in standard.link_order:
        rule = standard.rules[code]
        if isinstance(rule.check, Linked):
            yield rule, rule.check


def _unlinked(
    rows: nw.DataFrame[Any], targets: nw.DataFrame[Any], element: str
) -> nw.DataFrame[Any]:
    """Return ``row_number`` of the rows whose value, unless blank, no target has."""
    linking = rows.select(ROW_NUMBER, element).drop_nulls()
    unmatched = linking.join(targets.select(element), on=element, how="anti")
    return unmatched.filter(~is_blank(element)).select(ROW_NUMBER)


def _without(rows: nw.DataFrame[Any], dropped: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    return rows.join(dropped, on=ROW_NUMBER, how="anti")
