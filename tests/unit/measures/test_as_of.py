"""Figures as of a later month: what was sent after the period counts where all months do."""

from __future__ import annotations

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import Extract, PolarsEngine, extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
from mhsds_recon.testing import synthetic_trust

PERIOD = ReportingPeriod(2025, 8)
LATER = ReportingPeriod(2025, 9)
SCORES = "MHS607CodedScoreAssessmentAct"
ABOVE = ("MHS001MPI", "MHS101Referral", "MHS201CareContact", "MHS202CareActivity")
MEASURES = ("MHS95", "MHS30d", "CYP32", "MHS111", "MRS13")


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load_standard("6.0")


@pytest.fixture(scope="module")
def extracts(standard: Standard) -> list[Extract]:
    """Months of which the period's scores were sent a month late, with what they belong to."""
    months = dict(synthetic_trust(months=4, people=300, plant=False).extracts)
    before, after = dict(months[str(PERIOD)]), dict(months[str(LATER)])
    for name in (*ABOVE, SCORES):
        after[name] = pl.concat([after[name], before[name]], how="diagonal")
    before[SCORES] = before[SCORES].clear()
    months |= {str(PERIOD): before, str(LATER): after}
    engine = PolarsEngine()
    return [
        extract_from_frames(tables, standard=standard, engine=engine, name=month)
        for month, tables in months.items()
    ]


def figures(
    extracts: list[Extract], standard: Standard, *, as_of: ReportingPeriod | None = None
) -> dict[str, float]:
    counted = count(
        extracts,
        standard=standard,
        period=PERIOD,
        measure_ids=MEASURES,
        breakdowns=["Provider"],
        as_of=as_of,
    )
    return dict(counted.frame.select("measure_id", "exact_value").rows())


def test_later_months_are_left_out(extracts: list[Extract], standard: Standard) -> None:
    known = [one for one in extracts if one.period is not None and one.period <= PERIOD]
    assert figures(extracts, standard) == figures(known, standard)
    assert figures(extracts, standard, as_of=PERIOD) == figures(known, standard)


def test_scores_sent_late_count_as_of_the_month_they_came_in(
    extracts: list[Extract], standard: Standard
) -> None:
    then, now = figures(extracts, standard), figures(extracts, standard, as_of=LATER)
    assert now["MHS111"] > then["MHS111"]
    others = set(MEASURES) - {"MHS111"}
    assert {name: now[name] for name in others} == {name: then[name] for name in others}


def test_as_of_a_month_before_the_period_is_refused(
    extracts: list[Extract], standard: Standard
) -> None:
    with pytest.raises(UsageError, match=r"2025-08 cannot be as of 2025-07"):
        figures(extracts, standard, as_of=ReportingPeriod(2025, 7))
