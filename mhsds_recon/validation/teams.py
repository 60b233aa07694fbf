"""Which local teams, and how many people, the failing rows belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.validation.belonging import failing_rows_of

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.validation.result import Validation

__all__ = ["failures_by_team", "people_by_rule"]

_PATIENTS, _REFERRAL = "MHS001MPI", "MHS101Referral"
_PATIENT = ("LocalPatientID",)
_TEAM = ("CareProfTeamLocalID", "OtherCareProfTeamLocalID")


def failures_by_team(validation: Validation) -> pl.DataFrame:
    """Return how many rows of each team fail each rule.

    The team of a row is the one it names, else that of the nearest row above it, as far as the
    referral. Rows of a patient, who can have several teams, and rows that lead to no referral
    have none.

    Returns:
        team (CareProfTeamLocalID, null where there is none), code, level, table, rows.
    """
    rows = failing_rows_of(validation, elements=_TEAM, top=_REFERRAL)
    by = ("team", "code", "level", "table")
    counted = (
        rows.rename({"belongs_to": "team"}).group_by(*by).agg(nw.len().cast(nw.Int64).alias("rows"))
    )
    ordered: pl.DataFrame = counted.sort(*by, nulls_last=True).to_native()
    return ordered


def people_by_rule(validation: Validation) -> pl.DataFrame:
    """Return how many people have rows that fail each rule.

    A person is a LocalPatientID, of the row or of the nearest row above it that names one.

    Returns:
        code, table, people; no row for a rule whose rows lead to nobody.
    """
    rows = failing_rows_of(validation, elements=_PATIENT, top=_PATIENTS)
    named = rows.filter(~nw.col("belongs_to").is_null())
    counted = named.group_by("code", "table").agg(
        nw.col("belongs_to").n_unique().cast(nw.Int64).alias("people")
    )
    ordered: pl.DataFrame = counted.sort("code", "table").to_native()
    return ordered
