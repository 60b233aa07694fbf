"""Laws of counting, on a small synthetic trust."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mhsds_recon.frames import DuckDBEngine, extract_from_frames, open_extracts
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing import synthetic_trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mhsds_recon.frames import Engine, Extract

Months: TypeAlias = dict[str, dict[str, pl.DataFrame]]

STANDARD = load_standard("6.0")
PERIOD = ReportingPeriod(2025, 9)
JUNK = (None, "", "  ", "2025-02-30", "2025-9-1", "9999-12-31", "0001-01-01", "-5", "é")
IDENTIFIERS = (
    "LocalPatientID",
    "NHSNumber",
    "ServiceRequestID",
    "CareContactID",
    "CareProfTeamLocalID",
    "OtherCareProfTeamLocalID",
    "HospProvSpellID",
    "WardStayID",
    "WardCode",
)


@pytest.fixture(scope="module")
def months() -> Months:
    trust = synthetic_trust(months=3, people=200, seed=3)
    return {period: dict(tables) for period, tables in trust.extracts.items()}


@pytest.fixture(scope="module")
def figures(months: Months) -> dict[str, float]:
    return figures_of(months)


def figures_of(months: Months, engine: Engine | None = None) -> dict[str, float]:
    extracts = [
        extract_from_frames(tables, standard=STANDARD, engine=engine, name=period)
        for period, tables in months.items()
    ]
    return values_of(extracts)


def values_of(extracts: Sequence[Extract]) -> dict[str, float]:
    frame = count(extracts, standard=STANDARD, period=PERIOD).frame
    return dict(frame.filter(breakdown="Provider").select("measure_id", "exact_value").iter_rows())


def with_last(months: Months, table: str, rows: pl.DataFrame) -> Months:
    """Return the months with other rows in a table of the last month."""
    return {**months, "2025-09": {**months["2025-09"], table: rows}}


def test_the_trust_gives_every_measure_something_to_count(figures: dict[str, float]) -> None:
    assert min(figures.values()) > 0


@settings(max_examples=5, deadline=None)
@given(label=st.text("ABCxyz019", min_size=1, max_size=4), reverse=st.booleans())
def test_relabelling_identifiers_changes_nothing(
    months: Months, figures: dict[str, float], *, label: str, reverse: bool
) -> None:
    def relabelled(rows: pl.DataFrame) -> pl.DataFrame:
        ids = pl.col([name for name in IDENTIFIERS if name in rows.columns])
        return rows.with_columns((ids.str.reverse() if reverse else ids) + label)

    others = {
        period: {table: relabelled(rows) for table, rows in tables.items()}
        for period, tables in months.items()
    }
    assert figures_of(others) == figures


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(
    months: Months, figures: dict[str, float], seed: int
) -> None:
    others = {
        period: {
            table: rows.sample(fraction=1, shuffle=True, seed=seed)
            for table, rows in tables.items()
        }
        for period, tables in months.items()
    }
    assert figures_of(others) == figures


def test_resubmitting_an_identical_month_changes_nothing(
    months: Months, figures: dict[str, float], tmp_path: Path
) -> None:
    for month, tables in months.items():
        write(tables, tmp_path / month)
    write(months["2025-09"], tmp_path / "2025-09.v2")
    extracts = open_extracts(tmp_path, standard=STANDARD)
    assert values_of(extracts) == figures


def write(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    folder.mkdir()
    for table, rows in tables.items():
        rows.write_parquet(folder / f"{table}.parquet")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("MHS201CareContact", {"CareContactID": "new", "AttendStatus": "3"}),
        ("MHS201CareContact", {"CareContactID": "new", "CareContDate": "no date"}),
        ("MHS201CareContact", {"CareContactID": "new", "ServiceRequestID": None}),
        ("MHS204IndirectActivity", {"ServiceRequestID": "unknown"}),
        (
            "MHS101Referral",
            {"ServiceRequestID": "new", "ReferralRequestReceivedDate": "1980-01-01"},
        ),
        ("MHS101Referral", {"ServiceRequestID": "new", "LocalPatientID": "unknown"}),
        ("MHS101Referral", {"ServiceRequestID": None}),
        ("MHS102OtherServiceType", {"ServiceRequestID": "unknown"}),
        ("MHS501HospProvSpell", {"ServiceRequestID": "unknown"}),
        ("MHS001MPI", {"LocalPatientID": "new", "NHSNumber": None}),
    ],
)
def test_a_record_that_fails_a_filter_changes_nothing(
    months: Months, figures: dict[str, float], table: str, row: dict[str, str | None]
) -> None:
    rows = months["2025-09"][table]
    added = rows.head(1).with_columns(
        pl.lit(value, dtype=pl.String).alias(name) for name, value in row.items()
    )
    assert figures_of(with_last(months, table, pl.concat([rows, added]))) == figures


def test_attended_contacts_split_by_team_add_up_to_the_whole(
    months: Months, figures: dict[str, float]
) -> None:
    tables = months["2025-09"]
    contacts, referrals = tables["MHS201CareContact"], tables["MHS101Referral"]
    by_team = contacts.join(
        referrals.select("ServiceRequestID", "CareProfTeamLocalID").unique("ServiceRequestID"),
        on="ServiceRequestID",
        how="left",
        maintain_order="left",
    ).partition_by("CareProfTeamLocalID", include_key=False)
    parts = [figures_of(with_last(months, "MHS201CareContact", part))["MHS30d"] for part in by_team]
    assert len(parts) > 1
    assert sum(parts) == figures["MHS30d"]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), copies=st.booleans())
def test_damage_is_counted_around_and_engines_agree_on_it(
    months: Months, *, seed: int, copies: bool
) -> None:
    """Whatever is in the cells, every measure gets the same whole number from both engines."""
    random = Random(seed)  # noqa: S311  drawn damage, no secret
    others = {
        period: {
            table: damaged(rows, random, copies=copies) if table != "MHS000Header" else rows
            for table, rows in tables.items()
        }
        for period, tables in months.items()
    }
    values = figures_of(others)
    assert all(value >= 0 and value == int(value) for value in values.values())
    assert figures_of(others, DuckDBEngine()) == values


def damaged(rows: pl.DataFrame, random: Random, *, copies: bool) -> pl.DataFrame:
    """Return the rows with some junk in about half of the columns, and some rows twice."""
    for column in rows.columns:
        if random.random() < 0.5:
            hit = pl.Series([random.random() < 0.15 for _ in range(rows.height)], dtype=pl.Boolean)
            junk = pl.lit(random.choice(JUNK), dtype=pl.String)
            rows = rows.with_columns(pl.when(hit).then(junk).otherwise(column).alias(column))
    return pl.concat([rows, rows.head(rows.height // 10)]) if copies else rows
