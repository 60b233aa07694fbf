"""Synthetic MHS101 rows for the benchmarks, about one in a hundred of which fails a rule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.standard import Standard, load_standard

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mhsds_recon.standard import Element

__all__ = ["PATIENTS", "REFERRALS", "write_referrals"]

REFERRALS, PATIENTS = "MHS101Referral", "MHS001MPI"
_HEADER = "MHS000Header"
_FAILING = 0.01
_BLANK = 0.4
_SPOILT = {"date": "2025-02-30", "time": "24:00:00", "string": "X" * 60}
_DAYS = [(dt.date(2022, 4, 1) + dt.timedelta(days=day)).isoformat() for day in range(1279)]
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}:00" for minute in range(24 * 60)]


def write_referrals(folder: Path, rows: int, seed: int = 1) -> None:
    """Write MHS101 with so many rows, MHS001 with a third as many, and a header, as parquet.

    A failing row has one element spoilt, an unknown patient, or another row's identifier.
    """
    standard = load_standard("6.0")
    rng = np.random.default_rng(seed)
    elements = standard.tables[REFERRALS].elements
    drawn = {element.name: _draw(element, rows, rng, standard) for element in elements}
    people = max(rows // 3, 1)
    drawn["ServiceRequestID"] = _numbered("SR", np.arange(rows))
    drawn["LocalPatientID"] = _numbered("P", rng.integers(0, people, rows))
    fault = np.where(rng.random(rows) < _FAILING, rng.integers(0, len(elements) + 1, rows), -1)
    referrals = pl.DataFrame(drawn).with_columns(
        pl.when(pl.Series(fault == position))
        .then(pl.lit(_SPOILT[element.type]))
        .otherwise(pl.col(element.name))
        .alias(element.name)
        for position, element in enumerate(elements)
    )
    key = pl.col("ServiceRequestID")
    copied = pl.when(pl.Series(fault == len(elements))).then(key.shift(1)).otherwise(key)
    referrals.with_columns(copied.alias("ServiceRequestID")).write_parquet(
        folder / f"{REFERRALS}.parquet"
    )
    patients = pl.DataFrame({"LocalPatientID": _numbered("P", np.arange(people))})
    patients.write_parquet(folder / f"{PATIENTS}.parquet")
    header = {"OrgIDProvider": ["RZZ"], "ReportingPeriodStartDate": ["2025-09-01"]}
    pl.DataFrame(header).write_parquet(folder / f"{_HEADER}.parquet")


def _draw(element: Element, rows: int, rng: np.random.Generator, standard: Standard) -> pl.Series:
    codes = standard.code_lists[element.code_list].values if element.code_list else ()
    pool = {"date": _DAYS, "time": _CLOCK}.get(element.type) or list(codes)
    pool = pool or [f"{number:03}Z" for number in range(500)]
    values = pl.Series(pool).gather(rng.integers(0, len(pool), rows))
    if element.requirement == "mandatory":
        return values
    return pl.select(pl.when(pl.Series(rng.random(rows) >= _BLANK)).then(values)).to_series()


def _numbered(prefix: str, numbers: NDArray[np.int64]) -> pl.Series:
    return pl.select(prefix + pl.Series(numbers).cast(pl.String).str.zfill(9)).to_series()
