"""The values by which a rule names its records, looked up in the extract for failing rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Element, Standard, Table

__all__ = ["element_of", "has_one_value", "look_up"]

_HEADER_PREFIX = "header."


def element_of(name: str, table: Table, standard: Standard) -> Element:
    """Return the element that an identifying name means: ``X``, ``header.X`` or ``MHS501.X``."""
    prefix, _, bare = name.rpartition(".")
    number = {"": table.number, "header": standard.header.number}.get(prefix, prefix)
    return standard.numbered(number).element(bare)


def has_one_value(name: str, table: Table, standard: Standard) -> bool:
    """Return whether a row has at most one value for a name: not so for rows linked below it."""
    above = {ancestor.number for ancestor in _ancestors(table, standard)}
    return name.rpartition(".")[0] in {"", "header", *above}


def look_up(
    extract: Extract,
    wanted: Mapping[str, tuple[nw.DataFrame[Any], tuple[str, ...]]],
    standard: Standard,
) -> dict[str, nw.DataFrame[Any]]:
    """Return the values of some rows, by table: ``row_number`` and a column for each name.

    Where several rows above have the key, the first one counts, as for the header.

    Args:
        extract: Where to look.
        wanted: By table, the ``row_number`` of its rows, each once, and the names.
        standard: The tables and what links them.
    """
    plans = [extract.tables[standard.header.name].filter(nw.col(ROW_NUMBER) == 1)]
    for table, (rows, names) in wanted.items():
        found = [name for name in names if not name.startswith(_HEADER_PREFIX)]
        lineage = (standard.tables[table], *_ancestors(standard.tables[table], standard))
        asked = extract.engine.scan(rows.to_native().lazy())
        chosen = extract.tables[table].join(asked, on=ROW_NUMBER, how="semi")
        plans.append(_with_ancestors(extract, chosen, lineage, found).select(ROW_NUMBER, *found))
    first, *collected = extract.engine.collect(plans)
    facts = next(nw.from_native(first, eager_only=True).iter_rows(named=True), {})
    return {
        table: nw.from_native(values, eager_only=True).with_columns(
            nw.lit(facts.get(name.removeprefix(_HEADER_PREFIX)), dtype=nw.String()).alias(name)
            for name in names
            if name.startswith(_HEADER_PREFIX)
        )
        for (table, (_, names)), values in zip(wanted.items(), collected, strict=True)
    }


def _with_ancestors(
    extract: Extract,
    rows: nw.LazyFrame[Any],
    lineage: Sequence[Table],
    names: Collection[str],
) -> nw.LazyFrame[Any]:
    """Return rows of the first table with the named values of those above them."""
    table, *above = lineage
    key = table.parent_key
    numbers = {other.number for other in above}
    wanted = {name: name.partition(".") for name in names if name.partition(".")[0] in numbers}
    if not wanted or key is None:
        return rows
    parents = _with_ancestors(extract, extract.tables[above[0].name], above, wanted)
    parents = parents.unique(key, keep="first", order_by=[ROW_NUMBER])
    values = (
        nw.col(bare if number == above[0].number else name).alias(name)
        for name, (number, _, bare) in wanted.items()
    )
    return rows.join(parents.select(key, *values), on=key, how="left")


def _ancestors(table: Table, standard: Standard) -> list[Table]:
    found = []
    while table.parent is not None:
        table = standard.tables[table.parent]
        found.append(table)
    return found
