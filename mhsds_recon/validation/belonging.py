"""What failing rows belong to: a value of their own, or of the nearest row above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.validation.result import Validation

__all__ = ["failing_rows_of"]


def failing_rows_of(
    validation: Validation, *, elements: Collection[str], top: str
) -> nw.DataFrame[Any]:
    """Return the findings about rows with what each row belongs to.

    Args:
        validation: What the rules say about an extract.
        elements: Whose value says what a row belongs to; the first that its table has.
        top: Up to which table a row without a value takes that of the row above it.

    Returns:
        The columns of the findings and belongs_to, null where nothing says it.
    """
    extract, standard = validation.extract, validation.standard
    found = nw.from_native(validation.findings, eager_only=True).filter(
        ~nw.col(ROW_NUMBER).is_null()
    )
    tables = sorted(set(found.get_column("table").to_list()) & extract.tables.keys())
    failing = {name: found.filter(nw.col("table") == name) for name in tables}
    above = extract.engine.collect(
        [
            _rows(extract, name, standard, elements, top).select(ROW_NUMBER, "belongs_to")
            for name in tables
        ]
    )
    placed = [
        failing[name].join(nw.from_native(rows, eager_only=True), on=ROW_NUMBER, how="left")
        for name, rows in zip(tables, above, strict=True)
    ]
    return nw.concat(placed) if placed else found.with_columns(belongs_to=nw.lit(None, nw.String))


def _rows(  # noqa: PLR0913  what is asked, and the key by which it is passed on
    extract: Extract,
    name: str,
    standard: Standard,
    elements: Collection[str],
    top: str,
    *,
    key: str | None = None,
) -> nw.LazyFrame[Any]:
    """Return row_number, belongs_to and, where wanted, ``key`` of a table's rows."""
    table = standard.tables[name]
    own = next((element for element in table.element_names if element in elements), None)
    named = _filled(own) if own else nw.lit(None, nw.String)
    kept = nw.lit(None, nw.String) if key is None else _filled(key)
    parent, link = table.parent, table.parent_key
    leads_on = name != top and link != own and standard.way_up(name, top) is not None
    if not leads_on or parent is None or link is None:
        return extract.tables[name].select(ROW_NUMBER, key=kept, belongs_to=named)
    rows = extract.tables[name].select(ROW_NUMBER, key=kept, named=named, link=_filled(link))
    above = _rows(extract, parent, standard, elements, top, key=link)
    one_each = (
        above.filter(~nw.col("key").is_null()).group_by("key").agg(nw.col("belongs_to").min())
    )
    joined = rows.join(one_each.rename({"key": "link"}), on="link", how="left")
    return joined.select(ROW_NUMBER, "key", belongs_to=nw.coalesce("named", "belongs_to"))


def _filled(element: str) -> nw.Expr:
    value = nw.col(element)
    return nw.when(value.str.strip_chars() != "").then(value)
