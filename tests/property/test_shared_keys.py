"""Rows that share a key: they neither multiply what is counted nor the work."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import narwhals as nw
import polars as pl
import pytest

from mhsds_recon.frames import PolarsEngine, extract_from_frames
from mhsds_recon.measures import count, submissions_of
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.submissions import NO_REFERENCE
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.standard.measures import Quality, Rows
from mhsds_recon.testing import synthetic_trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhsds_recon.frames import Extract

Months: TypeAlias = dict[str, dict[str, pl.DataFrame]]

STANDARD = load_standard("6.0")
PERIOD = ReportingPeriod(2025, 9)
MONTH = str(PERIOD)
MANY = 20_000
KEYS = (
    ("LocalPatientID",),
    ("ServiceRequestID",),
    ("CareContactID", "CareActID"),
    ("HospProvSpellID", "WardStayID", "WardCode"),
    ("CareProfTeamLocalID", "OtherCareProfTeamLocalID"),
)
COPIED = (
    *("MHS001", "MHS101", "MHS102", "MHS201", "MHS202"),
    *("MHS501", "MHS502", "MHS606", "MHS607", "MHS902"),
)
ROWS_AS_SUCH = "DQ-COVERAGE"


@cache
def submitted() -> Months:
    trust = synthetic_trust(months=2, people=400, seed=3, plant=False)
    return {month: dict(tables) for month, tables in trust.extracts.items()}


def extracts_of(months: Months) -> list[Extract]:
    return [
        extract_from_frames(tables, standard=STANDARD, name=month)
        for month, tables in months.items()
    ]


def rows_of_cohorts(months: Months) -> dict[str, int]:
    """Return how many rows each cohort has, by team too where it says one."""
    submissions = submissions_of(extracts_of(months), PERIOD, NO_REFERENCE, STANDARD)
    derivations = {
        f"{name}{suffix}": derive
        for name, cohort in COHORTS.items()
        for suffix, derive in (("", cohort.derive), (" by team", cohort.by_team))
        if derive is not None
    }
    plans = [submissions.derive(one).select(nw.len()) for one in derivations.values()]
    lengths = PolarsEngine().collect(plans, find_shared=False)
    return dict(zip(derivations, (int(one.item()) for one in lengths), strict=True))


def with_one_key(rows: pl.DataFrame, keys: Iterable[str]) -> pl.DataFrame:
    return rows.with_columns(pl.lit("same").alias(name) for name in keys if name in rows.columns)


@pytest.mark.parametrize("keys", [*KEYS, sum(KEYS, ())], ids=lambda keys: keys[0])
def test_a_key_that_all_rows_share_multiplies_no_rows(keys: Iterable[str]) -> None:
    """Were two tables joined by a key that both share, there would be a row for each pair."""
    months = submitted()
    tables = {name: with_one_key(rows, keys) for name, rows in months[MONTH].items()}
    most = sum(rows.height for month in months.values() for rows in month.values())
    found = rows_of_cohorts({**months, MONTH: tables})
    assert {name: rows for name, rows in found.items() if rows > most} == {}


def test_a_row_submitted_thousands_of_times_counts_once() -> None:
    months = submitted()
    tables = {
        name: pl.concat([rows, rows.head(1).sample(MANY, with_replacement=True)])
        if rows.height and name[:6] in COPIED
        else rows
        for name, rows in months[MONTH].items()
    }
    assert figures_of({**months, MONTH: tables}) == figures_of(months)


def figures_of(months: Months) -> dict[tuple[str, str, str], float]:
    """Return the figures of every measure that does not count submitted rows as such."""
    wanted = [
        name
        for name, measure in STANDARD.measures.items()
        if name != ROWS_AS_SUCH and not (measure.local or isinstance(measure.count, Quality | Rows))
    ]
    figures = count(extracts_of(months), standard=STANDARD, period=PERIOD, measure_ids=wanted)
    rows = figures.frame.select("measure_id", "breakdown", "secondary_level", "exact_value")
    return {(measure, breakdown, level): value for measure, breakdown, level, value in rows.rows()}
