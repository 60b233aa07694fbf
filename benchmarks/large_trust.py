"""Months of a large trust: a synthetic one, its people and their referrals written several times.

Every copy has identifiers of its own, so that nothing joins across copies; people, teams, staff
and wards are as many as in a large trust.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.standard import load_standard
from mhsds_recon.testing import synthetic_trust

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mhsds_recon.standard import Standard

__all__ = ["PERIOD", "PROVIDER", "write_large_trust"]

PERIOD, PROVIDER = "2025-09", "RZZ"
_OF_PEOPLE, _OF_REFERRALS = 4, 4
_PATIENTS, _REFERRALS, _CONTACTS = "MHS001MPI", "MHS101Referral", "MHS201CareContact"
_PATIENT_IDS = ("LocalPatientID", "NHSNumber")


def write_large_trust(folder: Path, people: int, months: int) -> None:
    """Write months of a trust up to ``PERIOD``.

    12 months of 80,000 people have about 1,650,000 referral rows and 2,500,000 contacts.

    Args:
        folder: Where to write ``extracts/YYYY-MM/<Table>.parquet`` and ``reference``.
        people: How many people are known over all months.
        months: How many months.
    """
    standard = load_standard()
    trust = synthetic_trust(
        months=months,
        people=people // _OF_PEOPLE,
        provider=PROVIDER,
        last_period=PERIOD,
        plant=False,
    )
    for month, tables in trust.extracts.items():
        (folder / "extracts" / month).mkdir(parents=True)
        for name, rows in tables.items():
            written = pl.concat(_copies(name, rows, standard)) if rows.height else rows
            written.write_parquet(folder / "extracts" / month / f"{name}.parquet")
    (folder / "reference").mkdir()
    for name, rows in trust.reference.items():
        rows.write_csv(folder / "reference" / f"{name}.csv")


def _copies(name: str, rows: pl.DataFrame, standard: Standard) -> Iterator[pl.DataFrame]:
    """Yield the rows of a table as often as it has copies of what they belong to."""
    above = _ancestors(name, standard)
    if _PATIENTS not in above:
        yield rows
        return
    patient_ids = [one for one in _PATIENT_IDS if one in rows.columns]
    keys = [standard.tables[table].primary_key for table in above]
    unique = {key[0] for key in keys if len(key) == 1}
    own_ids = [one for one in rows.columns if one in unique - set(_PATIENT_IDS)]
    of_referrals = range(_OF_REFERRALS) if _REFERRALS in above else range(1)
    for person, referral in product(range(_OF_PEOPLE), of_referrals):
        suffix = f"{person}{referral}"
        copied = rows.with_columns(pl.col(patient_ids) + f"{person}", pl.col(own_ids) + f"{suffix}")
        yield copied
        if _CONTACTS in above and referral == 0:
            of_contact = [one for one in own_ids if one != "ServiceRequestID"]
            yield copied.with_columns(pl.col(of_contact) + "X")


def _ancestors(name: str, standard: Standard) -> set[str]:
    """Return a table and those that its rows belong to, directly or not."""
    parent = standard.tables[name].parent if name in standard.tables else None
    return {name} if parent is None else {name} | _ancestors(parent, standard)
