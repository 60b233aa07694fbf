"""Single tables for tests and benchmarks: from a few values, or very long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing.identifiers import nhs_numbers
from mhsds_recon.testing.organisation import Organisation
from mhsds_recon.testing.people import YEAR, draw_people
from mhsds_recon.testing.referrals import draw_referrals, make_referrals
from mhsds_recon.testing.setting import NEVER, Setting, as_day

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["patients_of", "referrals", "table_rows"]

_LAST_PERIOD = ReportingPeriod(2025, 9)
_REFERRALS_EACH = 2


def table_rows(table: str, *rows: Mapping[str, str | None], version: str = "6.0") -> pl.DataFrame:
    """Return rows of a table as text, with null in every element that is not given.

    Args:
        table: Name of the table.
        rows: Values by element, one mapping for each row.
        version: Version of the standard.

    Raises:
        DefinitionError: There is no such table.
        UsageError: The table has no such element.
    """
    names = load_standard(version).table(table).element_names
    for name in {name for row in rows for name in row} - set(names):
        message = f"{table} has no element '{name}'.{near_miss(name, names)}"
        raise UsageError(message)
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )


def _setting(rows: int, seed: int) -> Setting:
    return Setting(
        standard=load_standard("6.0"),
        organisation=Organisation(provider="RZZ", people=rows),
        periods=(_LAST_PERIOD,),
        seed=seed,
    )


def referrals(rows: int, *, seed: int = 1) -> pl.DataFrame:
    """Return an MHS101 table of exactly so many valid rows for September 2025.

    Each patient has two referrals; ``patients_of`` returns the patients.
    """
    setting = _setting(rows, seed)
    people = draw_people(setting, rows)
    drawn = draw_referrals(setting, people)
    shared = replace(drawn, person=drawn.person // _REFERRALS_EACH)
    ledger = make_referrals(setting, people, shared, np.full(rows, NEVER))
    return ledger.month(setting.first, setting.last).head(rows)


def patients_of(rows: pl.DataFrame, *, seed: int = 1) -> pl.DataFrame:
    """Return a valid MHS001 table that holds the patients of an MHS101 table."""
    ids = rows["LocalPatientID"].unique(maintain_order=True)
    setting = _setting(len(ids), seed)
    rng = setting.rng("MHS001MPI")
    born = as_day(_LAST_PERIOD.start) - (rng.beta(1.2, 3.0, len(ids)) * 95 * YEAR).astype(np.int64)
    return setting.fill(
        "MHS001MPI",
        len(ids),
        rng,
        LocalPatientID=ids,
        NHSNumber=nhs_numbers(len(ids), rng),
        PersonBirthDate=born - 1,
        OrgIDEduEstab=None,
    ).with_columns(pl.col(pl.Date).cast(pl.String))
