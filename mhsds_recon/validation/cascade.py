"""Rules that another valid row must exist, and how rejections move down the tree.

The rules are tried one after another in the national order, on all rows, rejected ones too; each
sees the rows left valid by those before it. Rows below a rejected row so fail their own rule,
and a rejection shows with one code per level. The work is done on the key columns alone, which
are read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import FollowedBy, Linked, names_in
from mhsds_recon.validation.days import day_in
from mhsds_recon.validation.kinds import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule, Standard

    Frame = nw.DataFrame[Any]

__all__ = ["follow_links", "read_keys"]


_NEXT = "next"


def read_keys(extract: Extract, standard: Standard) -> dict[str, Frame]:
    """Return each table's ``row_number``, identifying and linking elements, collected."""
    linking: dict[str, list[str]] = {}
    for rule, check in _rules_in_order(standard):
        names = [name for name in names_in(check) if "." not in name]
        for table in {rule.table, _target(rule, check)}:
            linking.setdefault(table, []).extend(names)
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
    keys: Mapping[str, Frame],
    rejected: Mapping[str, Frame],
    standard: Standard,
) -> dict[str, Frame]:
    """Return the rows that fail each rule about another row.

    Args:
        keys: Every table's ``row_number`` and key elements, one row per submitted row.
        rejected: ``row_number`` of the rows that are no longer valid, by table.
        standard: The rules and their order.

    Returns:
        ``row_number`` by rule code, for each rule that some row fails.
    """
    rules = list(_rules_in_order(standard))
    targets = {_target(rule, check) for rule, check in rules}
    valid = {
        table: _without(keys[table], rejected[table]) if table in rejected else keys[table]
        for table in targets
    }
    failing: dict[str, Frame] = {}
    for rule, check in rules:
        lonely = _lonely(check, keys[rule.table], valid[_target(rule, check)])
        if lonely.is_empty():
            continue
        failing[rule.code] = lonely
        if rule.rejects and rule.table in targets:
            valid[rule.table] = _without(valid[rule.table], lonely)
    return failing


def _rules_in_order(standard: Standard) -> Iterator[tuple[Rule, Linked | FollowedBy]]:
    """Yield the rules about another row in the order in which they are tried."""
    for code in standard.link_order:
        rule = standard.rules[code]
        if isinstance(rule.check, Linked | FollowedBy):
            yield rule, rule.check


def _target(rule: Rule, check: Linked | FollowedBy) -> str:
    """Return the table in which the other row has to be."""
    return check.table if isinstance(check, Linked) else rule.table


def _lonely(check: Linked | FollowedBy, rows: Frame, targets: Frame) -> Frame:
    """Return ``row_number`` of the rows that lack the other row which they need."""
    if rows.is_empty():
        return rows.select(ROW_NUMBER)
    if isinstance(check, Linked):
        return _unlinked(rows, targets, check.element)
    return _not_followed(rows, targets, check)


def _unlinked(rows: Frame, targets: Frame, element: str) -> Frame:
    """Return ``row_number`` of the rows whose value, unless blank, no target has."""
    unmatched = rows.join(targets, on=element, how="anti")
    if unmatched.is_empty():
        return unmatched.select(ROW_NUMBER)
    return unmatched.filter(~is_blank(element)).select(ROW_NUMBER)


def _without(rows: Frame, dropped: Frame) -> Frame:
    return rows.join(dropped, on=ROW_NUMBER, how="anti")


def _not_followed(rows: Frame, targets: Frame, check: FollowedBy) -> Frame:
    """Return ``row_number`` of the ended rows that none of the targets carries on from."""
    ended = rows.filter(~is_blank(check.end), ~is_blank(check.key))
    days = ended.with_columns(day_in(nw.col(check.end), with_clock=False).alias(check.end))
    starts = targets.select(
        check.key,
        nw.col(check.differs).alias(_NEXT),
        day_in(nw.col(check.start), with_clock=False).alias(check.start),
    )
    next_day = nw.col(check.end).str.to_date("%Y-%m-%d").dt.offset_by("1d").dt.to_string("%Y-%m-%d")
    pairs = days.drop_nulls(check.end).drop(check.start).join(starts, on=check.key, how="inner")
    followed = pairs.filter(
        (nw.col(check.start) == nw.col(check.end)) | (nw.col(check.start) == next_day),
        nw.col(check.differs) != nw.col(_NEXT),
        ~is_blank(check.differs),
        ~is_blank(_NEXT),
    )
    return _without(ended.select(ROW_NUMBER), followed.select(ROW_NUMBER))
