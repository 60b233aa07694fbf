"""Synthetic rows of the biggest tables, about one in a hundred of which fails a rule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.standard import Standard, load_standard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mhsds_recon.standard import Element, Table

__all__ = [
    "CONTACTS",
    "HEADER",
    "JUDGED",
    "PATIENTS",
    "REFERRALS",
    "SPELLS",
    "STAYS",
    "write_tables",
]

HEADER = "MHS000Header"
PATIENTS, REFERRALS, CONTACTS = "MHS001MPI", "MHS101Referral", "MHS201CareContact"
SPELLS, STAYS = "MHS501HospProvSpell", "MHS502WardStay"
JUDGED = (REFERRALS, CONTACTS, STAYS)
"""The tables whose rules are run both ways; the others are looked up."""

_FAILING = 0.01
_BLANK = 0.4
_SPOILT = {"date": "2025-02-30", "time": "24:00:00", "string": "X" * 60, "integer": "many"}
_FIRST, _LAST = dt.date(2025, 9, 1), dt.date(2025, 9, 30)
_IN_PERIOD = [(_FIRST + dt.timedelta(days=day)).isoformat() for day in range(30)]
_LONG_BEFORE = [(_FIRST - dt.timedelta(days=day)).isoformat() for day in range(100, 1200)]
_JUST_BEFORE = [(_FIRST - dt.timedelta(days=day)).isoformat() for day in range(1, 60)]
# Drawn so that no date lies before another by accident, nor an item is asked for that is blank.
_POOLS: dict[str, Sequence[str | None]] = {
    "ReferralRequestReceivedDate": _LONG_BEFORE,
    "StartDateHospProvSpell": _LONG_BEFORE,
    "StartDateWardStay": _JUST_BEFORE,
    "DischPlanCreationDate": _JUST_BEFORE,
    "DischDateHospProvSpell": [_LAST.isoformat()],
    "CareContCancelDate": [None],
    "ReasonableAdjustmentMade": ["Y", "N"],
}
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(24 * 60)]
_HEADER_ROW = {
    "OrgIDProvider": "RZZ",
    "ReportingPeriodStartDate": _FIRST.isoformat(),
    "ReportingPeriodEndDate": _LAST.isoformat(),
    "DateTimeDatSetCreate": "2025-10-10T08:15:00",
}


def write_tables(folder: Path, rows: int, seed: int = 1) -> None:
    """Write referrals and contacts with so many rows each, fewer stays, and what they link to.

    A failing row has one element spoilt, an unknown parent, or another row's identifier.
    """
    standard = load_standard("6.0")
    rng = np.random.default_rng(seed)
    sizes = {
        PATIENTS: rows // 3,
        REFERRALS: rows,
        CONTACTS: rows,
        SPELLS: rows // 8,
        STAYS: rows // 4,
    }
    for name, size in sizes.items():
        table = standard.tables[name]
        parents = sizes.get(table.parent or "", 0)
        drawn = _draw_table(table, max(size, 1), max(parents, 1), rng, standard)
        spoilt = _spoil(drawn, table, rng) if name in JUDGED else drawn
        spoilt.write_parquet(folder / f"{name}.parquet")
    pl.DataFrame(_HEADER_ROW).write_parquet(folder / f"{HEADER}.parquet")


def _draw_table(
    table: Table, rows: int, parents: int, rng: np.random.Generator, standard: Standard
) -> pl.DataFrame:
    drawn = {element.name: _draw(element, rows, rng, standard) for element in table.elements}
    if table.parent_key:
        drawn[table.parent_key] = _numbered(table.parent_key, rng.integers(0, parents, rows))
    (key,) = table.primary_key
    drawn[key] = _numbered(key, np.arange(rows))
    return pl.DataFrame(drawn)


def _draw(element: Element, rows: int, rng: np.random.Generator, standard: Standard) -> pl.Series:
    codes = standard.code_lists[element.code_list].values if element.code_list else ()
    of_type = {"date": _IN_PERIOD, "time": _CLOCK, "integer": ["30", "45", "60"]}
    pool: Sequence[str | None] = _POOLS.get(element.name) or of_type.get(element.type) or codes
    pool = pool or [f"Z{number:04}" for number in range(500)]
    values = pl.Series(pool, dtype=pl.String).gather(rng.integers(0, len(pool), rows))
    if element.requirement == "mandatory":
        return values
    return pl.select(pl.when(pl.Series(rng.random(rows) >= _BLANK)).then(values)).to_series()


def _spoil(drawn: pl.DataFrame, table: Table, rng: np.random.Generator) -> pl.DataFrame:
    rows, elements = len(drawn), table.elements
    faults = rng.integers(0, len(elements) + 1, rows)
    fault = pl.Series(np.where(rng.random(rows) < _FAILING, faults, -1))
    spoilt = drawn.with_columns(
        pl.when(fault == position)
        .then(pl.lit(_SPOILT[element.type]))
        .otherwise(pl.col(element.name))
        .alias(element.name)
        for position, element in enumerate(elements)
    )
    key = pl.col(table.primary_key[0])
    copied = pl.when(fault == len(elements)).then(key.shift(1)).otherwise(key)
    return spoilt.with_columns(copied)


def _numbered(element: str, numbers: NDArray[np.int64]) -> pl.Series:
    prefix = element[:2].upper()
    return pl.select(prefix + pl.Series(numbers).cast(pl.String).str.zfill(9)).to_series()
