"""Findings: one row per failing row and rule, named by the row's identifying elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.frames.row_keys import name_rows
from mhsds_recon.validation.values import CERTAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.frames import ShapeFinding
    from mhsds_recon.standard import Rule, Standard, Table

__all__ = ["each_once", "gather_findings"]

_SCHEMA = {
    "code": nw.String(),
    "level": nw.String(),
    "table": nw.String(),
    "uid": nw.String(),
    "element": nw.String(),
    ROW_NUMBER: nw.Int64(),
    "key": nw.String(),
    CERTAIN: nw.Boolean(),
}


def gather_findings(
    failing: Mapping[str, nw.DataFrame[Any]],
    keys: Mapping[str, nw.DataFrame[Any]],
    shape: Sequence[ShapeFinding],
    standard: Standard,
) -> nw.DataFrame[Any]:
    """Return the findings: those about shape, then in order of table, row and code.

    Args:
        failing: ``row_number`` of the failing rows by rule code; with ``certain`` where a
            finding may be wrong.
        keys: Every table's ``row_number`` and identifying elements.
        shape: What was found about tables and columns; reported as warnings.
        standard: The rules and tables.
    """
    found = [_shape_findings(shape, standard)]
    for table in standard.tables.values():
        failed = [rule for rule in standard.rules_of(table.name) if rule.code in failing]
        if failed:
            found.append(_of_table(table, failed, failing, keys[table.name]))
    return nw.concat(found)


def each_once(rows: Iterable[nw.DataFrame[Any]]) -> nw.DataFrame[Any]:
    """Return the ``row_number`` of all the frames together, each once."""
    return nw.concat([frame.select(ROW_NUMBER) for frame in rows]).unique(ROW_NUMBER)


def _of_table(
    table: Table,
    failed: Sequence[Rule],
    failing: Mapping[str, nw.DataFrame[Any]],
    keys: nw.DataFrame[Any],
) -> nw.DataFrame[Any]:
    rows = keys.join(each_once(failing[rule.code] for rule in failed), on=ROW_NUMBER, how="semi")
    named = nw.from_native(name_rows(rows.to_native(), table.identifying_elements), eager_only=True)
    pieces = nw.concat([_with_rule(failing[rule.code], rule, table) for rule in failed])
    found = pieces.join(named, on=ROW_NUMBER, how="left").sort(ROW_NUMBER, "code")
    return found.select(*_SCHEMA)


def _with_rule(rows: nw.DataFrame[Any], rule: Rule, table: Table) -> nw.DataFrame[Any]:
    uid = table.number if rule.element is None else table.element(rule.element).uid
    certain = nw.col(CERTAIN) if CERTAIN in rows.columns else nw.lit(value=True)
    return rows.select(
        nw.lit(rule.code).alias("code"),
        nw.lit(rule.level).alias("level"),
        nw.lit(table.name).alias("table"),
        nw.lit(uid).alias("uid"),
        nw.lit(rule.element, dtype=nw.String()).alias("element"),
        ROW_NUMBER,
        certain.alias(CERTAIN),
    )


def _shape_findings(shape: Sequence[ShapeFinding], standard: Standard) -> nw.DataFrame[Any]:
    known = standard.tables
    rows = [
        {
            "code": finding.code,
            "level": "warning",
            "table": finding.table,
            "uid": known[finding.table].number if finding.table in known else None,
            "element": finding.element,
            ROW_NUMBER: None,
            "key": None,
            CERTAIN: True,
        }
        for finding in shape
    ]
    columns = {name: [row[name] for row in rows] for name in _SCHEMA}
    return nw.from_dict(columns, schema=_SCHEMA, backend="polars")
