"""Laws of counting, on a small synthetic trust."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mhsds_recon.frames import DuckDBEngine, extract_from_frames, open_extracts
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.standard.measures import Quality, Share
from mhsds_recon.testing import synthetic_trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mhsds_recon.frames import Engine, Extract

Months: TypeAlias = dict[str, dict[str, pl.DataFrame]]
Row: TypeAlias = dict[str, str | None]

STANDARD = load_standard("6.0")
PERIOD = ReportingPeriod(2025, 9)
MONTH = str(PERIOD)
JUNK = (None, "", "  ", "2025-02-30", "2025-9-1", "9999-12-31", "0001-01-01", "-5", "é")
IDENTIFIERS = (
    "LocalPatientID",
    "NHSNumber",
    "ServiceRequestID",
    "CareContactID",
    "CareActID",
    "CarePlanID",
    "CareProfTeamLocalID",
    "OtherCareProfTeamLocalID",
    "HospProvSpellID",
    "WardStayID",
    "WardCode",
    "MHActLegalStatusClassPeriodID",
)
OF_ATTENDED_CONTACTS = ("MHS95", "MHS69", "MHS91", "MHS110", "MHS130", "MRS16", "ED86a", "MHS61a")
OF_RECENT_REFERRALS = ("MHS110", "MHS130", "MRS11", "MRS13", "ED86a", "CYP32", "MHS32")
BELONGS_TO_NOTHING: Sequence[tuple[str, Row]] = (
    ("MHS001MPI", {"LocalPatientID": "new", "NHSNumber": None}),
    ("MHS005PatInd", {"LocalPatientID": "unknown", "LACStatus": "Y"}),
    ("MHS008CarePlanType", {"CarePlanID": "new", "LocalPatientID": "unknown"}),
    ("MHS101Referral", {"ServiceRequestID": "new", "LocalPatientID": "unknown"}),
    ("MHS101Referral", {"ServiceRequestID": None}),
    ("MHS102OtherServiceType", {"ServiceRequestID": "unknown"}),
    ("MHS201CareContact", {"CareContactID": "new", "ServiceRequestID": None}),
    ("MHS202CareActivity", {"CareActID": "new", "CareContactID": "unknown"}),
    ("MHS204IndirectActivity", {"ServiceRequestID": "unknown"}),
    ("MHS501HospProvSpell", {"HospProvSpellID": "new", "ServiceRequestID": "unknown"}),
    ("MHS502WardStay", {"WardStayID": "new", "HospProvSpellID": "unknown"}),
    ("MHS606CodedScoreAssessmentRefer", {"ServiceRequestID": "unknown"}),
    ("MHS607CodedScoreAssessmentAct", {"CareActID": "unknown"}),
)


def one_of_each_cohort() -> list[str]:
    """Return a measure of each cohort, but not those that ask what submitted rows look like."""
    found: dict[str, str] = {}
    for name, measure in STANDARD.measures.items():
        if not (measure.local or isinstance(measure.count, Quality | Share)):
            found.setdefault(measure.count.cohort, name)
    return [name for cohort, name in found.items() if cohort != "submitted_tables"]


@cache
def months() -> Months:
    trust = synthetic_trust(months=2, people=400, seed=3, plant=False)
    return {period: dict(tables) for period, tables in trust.extracts.items()}


@cache
def figures() -> dict[str, float | None]:
    return figures_of(months())


def figures_of(submitted: Months, engine: Engine | None = None) -> dict[str, float | None]:
    extracts = [
        extract_from_frames(tables, standard=STANDARD, engine=engine, name=period)
        for period, tables in submitted.items()
    ]
    return values_of(extracts)


def values_of(extracts: Sequence[Extract]) -> dict[str, float | None]:
    """Return the provider's exact values of some measures, by id."""
    wanted = {*one_of_each_cohort(), *OF_ATTENDED_CONTACTS, *OF_RECENT_REFERRALS}
    counted = count(
        extracts,
        standard=STANDARD,
        period=PERIOD,
        measure_ids=[name for name in STANDARD.measures if name in wanted],
        breakdowns=["Provider"],
    )
    return dict(counted.frame.select("measure_id", "exact_value").iter_rows())


def with_rows(added: Sequence[tuple[str, Row]]) -> Months:
    """Return the months with rows added to the last, like the first of their table otherwise."""
    tables = dict(months()[MONTH])
    for table, row in added:
        like = tables[table].head(1)
        values = (pl.lit(value, dtype=pl.String).alias(name) for name, value in row.items())
        tables[table] = pl.concat([tables[table], like.with_columns(values)])
    return {**months(), MONTH: tables}


def test_there_is_something_to_count() -> None:
    assert sum(bool(value) for value in figures().values()) > len(figures()) * 2 / 3


@settings(max_examples=2)
@given(label=st.text("ABCxyz019", min_size=1, max_size=4), reverse=st.booleans())
def test_relabelling_identifiers_changes_nothing(*, label: str, reverse: bool) -> None:
    def relabelled(rows: pl.DataFrame) -> pl.DataFrame:
        ids = pl.col([name for name in IDENTIFIERS if name in rows.columns])
        return rows.with_columns((ids.str.reverse() if reverse else ids) + label)

    others = {
        period: {table: relabelled(rows) for table, rows in tables.items()}
        for period, tables in months().items()
    }
    assert figures_of(others) == figures()


@settings(max_examples=2)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    others = {
        period: {
            table: rows.sample(fraction=1, shuffle=True, seed=seed)
            for table, rows in tables.items()
        }
        for period, tables in months().items()
    }
    assert figures_of(others) == figures()


def test_resubmitting_an_identical_month_changes_nothing(tmp_path: Path) -> None:
    for month, tables in months().items():
        write(tables, tmp_path / month)
    write(months()[MONTH], tmp_path / f"{MONTH}.v2")
    assert values_of(open_extracts(tmp_path, standard=STANDARD)) == figures()


def write(tables: dict[str, pl.DataFrame], folder: Path) -> None:
    folder.mkdir()
    for table, rows in tables.items():
        rows.write_parquet(folder / f"{table}.parquet")


def test_records_that_belong_to_nothing_change_nothing() -> None:
    assert figures_of(with_rows(BELONGS_TO_NOTHING)) == figures()


@pytest.mark.parametrize(
    ("table", "row", "measures"),
    [
        ("MHS201CareContact", {"CareContactID": "1", "AttendStatus": "3"}, OF_ATTENDED_CONTACTS),
        ("MHS201CareContact", {"CareContactID": "1", "ConsMechanismMH": "06"}, ("MHS95", "MRS16")),
        (
            "MHS101Referral",
            {"ServiceRequestID": "1", "ReferralRequestReceivedDate": "1995-01-01"},
            OF_RECENT_REFERRALS,
        ),
    ],
    ids=["not attended", "by a mechanism that does not count", "long ago"],
)
def test_a_record_that_fails_a_filter_changes_nothing(
    table: str, row: Row, measures: Sequence[str]
) -> None:
    found = figures_of(with_rows([(table, row)]))
    assert {name: found[name] for name in measures} == {name: figures()[name] for name in measures}


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000), copies=st.booleans())
def test_damage_is_counted_around_and_engines_agree_on_it(*, seed: int, copies: bool) -> None:
    """Whatever is in the cells, every measure gets the same value from both engines."""
    random = Random(seed)  # noqa: S311  drawn damage, no secret
    others = {
        period: {
            table: damaged(rows, random, copies=copies) if table != "MHS000Header" else rows
            for table, rows in tables.items()
        }
        for period, tables in months().items()
    }
    assert figures_of(others, DuckDBEngine()) == figures_of(others)


def damaged(rows: pl.DataFrame, random: Random, *, copies: bool) -> pl.DataFrame:
    """Return the rows with some junk in about half of the columns, and some rows twice."""
    for column in rows.columns:
        if random.random() < 0.5:
            hit = pl.Series([random.random() < 0.15 for _ in range(rows.height)], dtype=pl.Boolean)
            junk = pl.lit(random.choice(JUNK), dtype=pl.String)
            rows = rows.with_columns(pl.when(hit).then(junk).otherwise(column).alias(column))
    return pl.concat([rows, rows.head(rows.height // 10)]) if copies else rows
