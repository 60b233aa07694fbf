"""Rules that compare a row with a row above it, reached by the keys of its parents.

All such rules of a table about one other table share a plan: rows with something to compare are
joined with those above them that have something to be compared with. Several rows above with one
key each count, so that one which the row does not fit makes it fail. Blank keys lead nowhere.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER
from mhsds_recon.standard.checks import NotAfter, NotBefore, names_in
from mhsds_recon.validation.kinds import is_blank
from mhsds_recon.validation.rows import find_failures

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule, Standard
    from mhsds_recon.standard.checks import Check
    from mhsds_recon.validation.context import Context

__all__ = ["ancestor_of", "find_misfits"]

_LINK, _NEXT_LINK = "link upwards", "next link upwards"


def ancestor_of(check: Check, standard: Standard) -> str | None:
    """Return the table above that a check compares with; None where it names none."""
    if not isinstance(check, NotBefore | NotAfter):
        return None
    number = check.other.rpartition(".")[0]
    above = (table.name for table in standard.tables.values() if table.number == number)
    return next(above, None)


def find_misfits(
    extract: Extract, rules: Sequence[Rule], context: Context
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` of the rows that fail each rule about a row above, by its code."""
    together: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        ancestor = ancestor_of(rule.check, context.standard)
        if ancestor is not None:
            together.setdefault((rule.table, ancestor), []).append(rule)
    joined = {
        tables: _joined(extract, tables, compared, context.standard)
        for tables, compared in together.items()
    }
    failing = find_failures(joined, together, context, extract.engine)
    return {code: rows.unique(ROW_NUMBER) for code, rows in failing.items()}


def _joined(
    extract: Extract, tables: tuple[str, str], rules: Sequence[Rule], standard: Standard
) -> nw.LazyFrame[Any]:
    """Return a table's rows beside the elements of an ancestor's, one row per pair."""
    table, ancestor = tables
    elements = sorted({rule.element for rule in rules if rule.element})
    others = sorted({name for rule in rules for name in names_in(rule.check) if "." in name})
    way = standard.way_up(table, ancestor) or ()
    own = extract.tables[table].select(ROW_NUMBER, _link(way[0], standard, _LINK), *elements)
    rows = _with_any(own, elements)
    for below, name in pairwise(way[:-1]):
        links = _link(below, standard, _LINK), _link(name, standard, _NEXT_LINK)
        above = extract.tables[name].select(*links)
        rows = rows.join(above, on=_LINK, how="inner").drop(_LINK).rename({_NEXT_LINK: _LINK})
    named = (nw.col(other.rpartition(".")[2]).alias(other) for other in others)
    above = extract.tables[ancestor].select(_link(way[-2], standard, _LINK), *named)
    return rows.join(_with_any(above, others), on=_LINK, how="inner")


def _link(below: str, standard: Standard, name: str) -> nw.Expr:
    """Return the element by which rows of a table are linked upwards; both sides have it."""
    return nw.col(standard.tables[below].parent_key or "").alias(name)


def _with_any(rows: nw.LazyFrame[Any], elements: Collection[str]) -> nw.LazyFrame[Any]:
    """Return the rows that have a link and any of the elements."""
    any_given = nw.any_horizontal(*(~nw.col(e).is_null() for e in elements), ignore_nulls=True)
    return rows.filter(~is_blank(_LINK), any_given)
