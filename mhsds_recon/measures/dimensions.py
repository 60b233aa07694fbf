"""Dimensions: what breakdowns divide by beyond the columns of a cohort, joined where asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon.measures.derivations.commissioners import (
    commissioners_of_month,
    commissioners_of_quarter,
    commissioners_of_records,
    commissioners_of_year,
)
from mhsds_recon.measures.derivations.demographics import demographics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.measures.submissions import Derivation

__all__ = ["DIMENSIONS", "Dimension"]


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """Something known of persons or patients; what is not known counts as ``UNKNOWN``.

    Attributes:
        derive: Makes its rows, by the months that a measure takes a commissioner from.
        on: The columns by which its rows are joined, which are unique in them, likewise.
        columns: What it gives.
    """

    derive: Mapping[str | None, Derivation]
    on: Mapping[str | None, tuple[str, ...]]
    columns: tuple[str, ...]


_OF_RECORD = ("UniqMonthID", "LocalPatientID")

DIMENSIONS: Mapping[str, Dimension] = {
    "commissioner": Dimension(
        derive={
            "record": commissioners_of_records,
            "month": commissioners_of_month,
            "quarter": commissioners_of_quarter,
            "year": commissioners_of_year,
        },
        on={
            "record": _OF_RECORD,
            "month": ("Person_ID",),
            "quarter": ("Person_ID",),
            "year": ("Person_ID",),
        },
        columns=("sub_icb", "icb", "region"),
    ),
    "patient": Dimension(
        derive={None: demographics},
        on={None: _OF_RECORD},
        columns=("gender_group", "ethnicity", "upper_ethnicity", "white_british", "imd_decile"),
    ),
}
