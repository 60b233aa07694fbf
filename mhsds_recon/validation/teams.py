"""Which local team the failing rows belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard
    from mhsds_recon.validation.result import Validation

__all__ = ["failures_by_team"]

_REFERRAL = "MHS101Referral"
_TEAM = ("CareProfTeamLocalID", "OtherCareProfTeamLocalID")


def failures_by_team(validation: Validation) -> pl.DataFrame:
    """Return how many rows of each team fail each rule.

    The team of a row is the one it names, else that of the nearest row above it, as far as the
    referral. Rows of a patient, who can have several teams, and rows that lead to no referral
    have none.

    Returns:
        team (CareProfTeamLocalID, null where there is none), code, level, table, rows.
    """
    extract, standard = validation.extract, validation.standard
    found = nw.from_native(validation.findings, eager_only=True).filter(
        ~nw.col(ROW_NUMBER).is_null()
    )
    tables = sorted(set(found.get_column("table").to_list()))
    failing = {name: found.filter(nw.col("table") == name) for name in tables}
    teams = extract.engine.collect(
        [_teams(extract, name, standard).select(ROW_NUMBER, "team") for name in tables]
    )
    placed = [
        failing[name].join(nw.from_native(team, eager_only=True), on=ROW_NUMBER, how="left")
        for name, team in zip(tables, teams, strict=True)
    ]
    rows = nw.concat(placed) if placed else found.with_columns(team=nw.lit(None, nw.String))
    by = ("team", "code", "level", "table")
    counted = rows.group_by(*by).agg(nw.len().cast(nw.Int64).alias("rows"))
    ordered: pl.DataFrame = counted.sort(*by, nulls_last=True).to_native()
    return ordered


def _teams(
    extract: Extract, name: str, standard: Standard, *, key: str | None = None
) -> nw.LazyFrame[Any]:
    """Return row_number, team and, where wanted, ``key`` of a table's rows."""
    table = standard.tables[name]
    own = next((element for element in table.element_names if element in _TEAM), None)
    named = _filled(own) if own else nw.lit(None, nw.String)
    kept = nw.lit(None, nw.String) if key is None else _filled(key)
    parent, link = table.parent, table.parent_key
    leads_on = name != _REFERRAL and standard.way_up(name, _REFERRAL) is not None
    if not leads_on or parent is None or link is None:
        return extract.tables[name].select(ROW_NUMBER, key=kept, team=named)
    rows = extract.tables[name].select(ROW_NUMBER, key=kept, named=named, link=_filled(link))
    above = _teams(extract, parent, standard, key=link)
    one_each = above.filter(~nw.col("key").is_null()).group_by("key").agg(nw.col("team").min())
    joined = rows.join(one_each.rename({"key": "link"}), on="link", how="left")
    return joined.select(ROW_NUMBER, "key", team=nw.coalesce("named", "team"))


def _filled(element: str) -> nw.Expr:
    value = nw.col(element)
    return nw.when(value.str.strip_chars() != "").then(value)
