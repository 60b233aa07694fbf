"""The calendar: cut-offs as listed, as estimated, and what is due when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.errors import DefinitionError
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.cut_offs import load_cut_offs

OURS = load_cut_offs()
PERIODS = st.builds(ReportingPeriod, st.integers(2023, 2090), st.integers(1, 12))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The path of a trust's own file."""
    return tmp_path / "our_calendar.toml"


def test_a_date_that_is_not_listed_is_the_21st_or_the_friday_before_and_marked() -> None:
    listed = {"2025-09": dt.date(2025, 10, 21), "2026-01": dt.date(2026, 2, 20)}
    for period, day in {**listed, "2026-05": dt.date(2026, 6, 19)}.items():
        found = OURS.of(ReportingPeriod.parse(period))
        assert (found.day, found.is_estimate) == (day, True)


def test_a_listed_date_replaces_the_estimate_and_all_steps_count_back_from_it(own: Path) -> None:
    own.write_text('[[cut_off]]\nperiod = "2025-09"\nday = 2025-10-24\n')
    found = load_cut_offs(own).of(ReportingPeriod(2025, 9))
    assert (found.day, found.is_estimate) == (dt.date(2025, 10, 24), False)
    assert [(s.id, s.first.day, s.last.day) for s in found.steps] == [
        ("extract", 14, 14),
        ("fixes", 17, 20),
        ("pack", 21, 21),
        ("responses", 23, 23),
        ("upload", 24, 24),
    ]
    assert found.source == "our_calendar.toml"


def test_the_offsets_are_settings(own: Path) -> None:
    own.write_text('[[step]]\nid = "all"\ndays = [5, 2]\nwhat = "Everything"\nrole = "preparer"\n')
    (step,) = load_cut_offs(own).of(ReportingPeriod(2025, 9)).steps
    assert (step.first, step.last) == (dt.date(2025, 10, 16), dt.date(2025, 10, 19))


def test_a_year_ends_in_may_for_all_its_months() -> None:
    first, last = (OURS.of(ReportingPeriod(*when)) for when in ((2025, 4), (2026, 3)))
    assert first.last_resubmission == last.last_resubmission == dt.date(2026, 5, 21)
    assert first.last_is_estimate


def test_the_july_2025_figures_came_out_when_expected() -> None:
    assert OURS.of(ReportingPeriod(2025, 7)).publication == dt.date(2025, 9, 11)


def test_days_left_run_to_nothing_on_the_day_and_below_it_afterwards() -> None:
    found = OURS.of(ReportingPeriod(2025, 9))
    assert [found.days_left(found.day + dt.timedelta(days)) for days in (-3, 0, 2)] == [3, 0, -2]


def test_the_next_step_is_the_first_that_is_not_over() -> None:
    found = OURS.of(ReportingPeriod(2025, 9))
    due = {day: found.next_step(dt.date(2025, 10, day)) for day in (1, 11, 12, 18, 21, 22)}
    ids = {day: step.id if step else None for day, step in due.items()}
    assert ids == {
        1: "extract",
        11: "extract",
        12: "fixes",
        18: "pack",
        21: "upload",
        22: None,
    }


@given(PERIODS)
def test_every_estimate_is_a_working_day_in_the_month_after(period: ReportingPeriod) -> None:
    found = OURS.of(period)
    assert found.day.weekday() < 5
    assert ReportingPeriod.of(found.day) == period.back(-1)
    assert found.day.day >= 19
    assert found.last_resubmission >= found.day


@given(st.dates(dt.date(2023, 11, 1), dt.date(2090, 1, 1)))
def test_what_comes_next_is_not_over_and_the_one_before_is(day: dt.date) -> None:
    coming = OURS.coming(day)
    assert coming.day >= day > OURS.of(coming.period.back(1)).day


def test_every_step_is_for_a_role_that_can_sign_off() -> None:
    assert {step.role for step in OURS.steps} <= set(load_policy().roles)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cut_off = [", "no TOML file"),
        ('[[cut_off]]\nperiod = "2025-9"\nday = 2025-10-24', "Expected `str` matching"),
        ('[[cut_off]]\nperiod = "2025-09"\nday = 2025-09-30', "before the end of the month"),
        ("cutoff = []", "unknown field `cutoff`"),
        ("step = []", "at least one"),
        ('[[step]]\nid = "a"\ndays = [2, 5]\nwhat = "x"\nrole = "y"', "ends before it begins"),
        (
            '[[cut_off]]\nperiod = "2025-09"\nday = 2025-10-24\n' * 2,
            "period '2025-09' is there twice",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(own: Path, text: str, told: str) -> None:
    own.write_text(text)
    with pytest.raises(DefinitionError, match=told) as caught:
        load_cut_offs(own)
    assert "our_calendar.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_named(own: Path) -> None:
    with pytest.raises(DefinitionError, match=r"our_calendar\.toml' cannot be read"):
        load_cut_offs(own)
