"""Make a small warehouse from monthly extracts, to try the queries beside this file on.

python examples/warehouse/make_warehouse.py mhsds-demo/extracts sqlite:///warehouse.sqlite
export EXAMPLE_WAREHOUSE=sqlite:///warehouse.sqlite
mhsds-recon counts examples/warehouse/queries.toml --period 2025-09
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

TABLES = {
    "referrals": (
        "MHS101Referral",
        {
            "ServiceRequestID": "referral_id",
            "LocalPatientID": "patient_id",
            "ReferralRequestReceivedDate": "received_on",
            "ServDischDate": "discharged_on",
        },
    ),
    "contacts": (
        "MHS201CareContact",
        {
            "CareContactID": "contact_id",
            "ServiceRequestID": "referral_id",
            "CareContDate": "contact_on",
            "AttendStatus": "attendance",
        },
    ),
}
"""The warehouse's tables: the table of the standard that each is made from, and its columns."""


def make_warehouse(extracts: Path, url: str) -> None:
    """Write the tables of every month, with the month's first day beside each row."""
    months = sorted(path for path in extracts.iterdir() if path.is_dir())
    for name, (table, columns) in TABLES.items():
        rows = pl.concat(
            pl.read_csv(month / f"{table}.csv", infer_schema=False)
            .select(columns.keys())
            .rename(columns)
            .with_columns(submitted_for=pl.lit(f"{month.name[:7]}-01"))
            for month in months
        )
        days = pl.col("^.*_on$", "submitted_for").str.to_date(strict=False)
        rows.with_columns(days).write_database(name, url, if_table_exists="replace")


if __name__ == "__main__":
    make_warehouse(Path(sys.argv[1]), sys.argv[2])
