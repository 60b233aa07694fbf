"""What kind of person a patient row describes, for breakdowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.measures.derivations.people import patient_records
from mhsds_recon.measures.submissions import is_one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mhsds_recon.measures.submissions import Submissions

__all__ = ["demographics"]

_UPPER_GROUPS: Mapping[str, str] = {
    "ABC": "White or White British",
    "DEFG": "Mixed",
    "HJKL": "Asian or Asian British",
    "MNP": "Black or Black British",
    "RS": "Other Ethnic Groups",
    "Z": "Not Stated",
}


def demographics(submissions: Submissions) -> nw.LazyFrame[Any]:
    """Return the gender, ethnic group and deprivation of each patient of every month.

    Returns:
        One row per UniqMonthID and LocalPatientID: gender_group (a code; null where unknown),
        ethnicity (the first character of the category, or 99), upper_ethnicity (null where
        unknown), white_british (``White British``,
        ``Non-white British`` or ``Missing/invalid``) and imd_decile (null where unknown).

    Source:
        Shared definition S12.
    """
    first = nw.col("EthnicCategory").str.slice(0, 1)
    not_known = nw.col("EthnicCategory") == "99"
    upper: nw.Expr = nw.when(not_known).then(nw.lit("Not Known"))
    for letters, group in _UPPER_GROUPS.items():
        upper = nw.when(first.is_in(tuple(letters))).then(nw.lit(group)).otherwise(upper)
    other_british = first.is_in(tuple("BCDEFGHJKLMNPRS"))
    white = (
        nw.when(first == "A")
        .then(nw.lit("White British"))
        .otherwise(
            nw.when(other_british)
            .then(nw.lit("Non-white British"))
            .otherwise(nw.lit("Missing/invalid"))
        )
    )
    stated = nw.when(is_one_of("GenderIDCode", ("1", "2", "3", "4"))).then(nw.col("GenderIDCode"))
    sex = nw.when(is_one_of("Gender", ("1", "2", "9"))).then(nw.col("Gender"))
    return submissions.derive(patient_records).select(
        "UniqMonthID",
        "LocalPatientID",
        gender_group=nw.coalesce(stated, sex),
        ethnicity=nw.when(not_known).then(nw.lit("99")).otherwise(first),
        upper_ethnicity=upper,
        white_british=white,
        imd_decile=nw.col("imd_decile"),
    )
