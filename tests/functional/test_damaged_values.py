"""Whatever stands in the cells, validation ends with findings."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl
import pytest

from mhsds_recon.frames import Reference, extract_from_frames
from mhsds_recon.standard import PortalFacts
from mhsds_recon.testing import synthetic_trust
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Standard

_RANDOM = random.Random(1)  # noqa: S311  damage, not secrets
DAMAGE: dict[str, Callable[[], str]] = {
    "random bytes": lambda: _RANDOM.randbytes(24).decode("latin-1"),
    "random characters": lambda: "".join(map(chr, _RANDOM.choices(range(0x2FFF), k=12))),
    "10 kB strings": lambda: "9" * 10_000,
    "formulas": lambda: "=HYPERLINK(A1)+1e999",
    "bidirectional controls": lambda: "\u202e\u2066\u200f2025-09-01\u2069",
    "nulls in text": lambda: "\x00\x00",
    "year nought": lambda: "0000-01-01",
    "the last day": lambda: "9999-12-31",
    "long numbers": lambda: "9" * 400 + ".9",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    (month,) = synthetic_trust(months=1, people=100, plant=False).extracts.values()
    return {name: rows.head(5) for name, rows in month.items()}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_wholly_damaged_extract_ends_with_findings(
    tables: dict[str, pl.DataFrame], standard: Standard, kind: str
) -> None:
    spoilt = {name: _spoil(rows, DAMAGE[kind]) for name, rows in tables.items()}
    provider = pl.lit("RZZ").alias("OrgIDProvider")
    spoilt["MHS000Header"] = spoilt["MHS000Header"].with_columns(provider)
    everything = Reference(
        organisations=_lookup(code=["RZZ"], open_date=["1990"], close_date=[None], kind=["trust"]),
        postcodes=_lookup(postcode=["ZQ1 1AA"]),
    )
    portal = PortalFacts(submitted_timestamp="2025-10-15T09:30:00", sender_id="RZZ")
    result = validate(
        extract_from_frames(spoilt, standard=standard),
        standard=standard,
        reference=everything,
        portal=portal,
    )
    assert not result.file_verdict.accepted
    assert len(result.findings.filter(pl.col("row_number").is_not_null())) > 0


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_table_of_damaged_cells_ends_with_findings_on_every_engine(
    tables: dict[str, pl.DataFrame], standard: Standard, engine: Engine, kind: str
) -> None:
    spoilt = {name: tables[name] for name in ("MHS000Header", "MHS001MPI")}
    spoilt["MHS002GP"] = _spoil(tables["MHS002GP"], DAMAGE[kind])
    extract = extract_from_frames(spoilt, standard=standard, engine=engine)
    result = validate(extract, standard=standard)
    assert "MHS002GP" in set(result.findings.drop_nulls("row_number")["table"])


def _spoil(rows: pl.DataFrame, damage: Callable[[], str]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [damage() for _ in range(len(rows))] for name in rows.columns},
        schema=dict.fromkeys(rows.columns, pl.String),
    )


def _lookup(**columns: Sequence[str | None]) -> nw.LazyFrame[pl.LazyFrame]:
    return nw.from_native(pl.LazyFrame(columns, schema=dict.fromkeys(columns, pl.String)))
