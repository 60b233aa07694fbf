"""Which actions a walk and a sign-off open, and whether their effect came."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from mhsds_recon.actions import Action, findings_of, from_conditions, from_walk, load_action_rules
from mhsds_recon.actions.entries import Effect, Opened
from mhsds_recon.actions.opening import Opener
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.cut_offs import load_cut_offs

CAUSES, RULES = load_causes(), load_action_rules()
SEPTEMBER = ReportingPeriod(2025, 9)
OPENER = Opener(
    provider="RZZ",
    period=SEPTEMBER,
    name="Ada",
    at=dt.datetime(2025, 11, 13, 9, tzinfo=dt.UTC),
    calendar=load_cut_offs(),
)


def step(cause_id: str, size: float | None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    usual = {
        "measure_id": "CYP32",
        "breakdown": "Provider",
        "reporting_period_start": SEPTEMBER.start,
        "reporting_period_end": SEPTEMBER.end,
        "cause_id": cause_id,
        "size": size,
    }
    return {**usual, **changes}


def walk(*steps: dict[str, Any]) -> pl.DataFrame:
    types = {"size": pl.Float64, "cause_id": pl.String}
    return pl.DataFrame(list(steps), schema_overrides=types)


def opened_by(*steps: dict[str, Any], known: tuple[Action, ...] = ()) -> tuple[Opened, ...]:
    return from_walk(walk(*steps), opener=OPENER, rules=RULES, causes=CAUSES, known=known)


def test_a_cause_with_an_owner_opens_one_action_for_all_its_measures() -> None:
    (action,) = opened_by(
        step("VC01", 12.0), step("VC01", 40.0, measure_id="MHS95"), step("VC01", -9.0)
    )
    assert action.cause_id == "VC01"
    assert action.owner == "preparer"
    assert [(e.measure_id, e.size) for e in action.effects] == [("MHS95", 40.0), ("CYP32", 3.0)]
    assert action.key == "walk of 2025-09: VC01"


def test_what_nobody_can_put_right_or_does_not_show_opens_none() -> None:
    nothing = [
        step("VC53", 40.0),
        step("VC01", 4.0),
        step("VC01", None),
        step("VC01", 40.0, breakdown="Age band"),
        step("VC01", 40.0, reporting_period_end=dt.date(2025, 8, 31)),
        step("VC99", 40.0),
    ]
    assert opened_by(*nothing) == ()


def test_a_cause_that_is_dealt_with_already_opens_no_second_action() -> None:
    (first,) = opened_by(step("VC01", 40.0))
    going_on = (Action(number=1, opened=first),)
    assert opened_by(step("VC01", 40.0), known=going_on) == ()


def test_months_to_send_again_are_those_of_the_window_that_are_still_open() -> None:
    rolling = step("VC01", 40.0, reporting_period_start=dt.date(2024, 10, 1))
    (action,) = opened_by(rolling)
    assert action.resend[0] == "2025-04"
    assert action.resend[-1] == "2025-09"
    assert len(action.resend) == 6


def test_a_fix_of_others_asks_for_no_month() -> None:
    (action,) = opened_by(step("VC10", 40.0))
    assert (action.owner, action.resend) == ("icb_recipient", ())


def test_it_is_due_on_the_day_of_the_next_extract() -> None:
    (action,) = opened_by(step("VC01", 40.0))
    assert action.due == dt.date(2025, 12, 9)


def test_every_condition_becomes_an_action_and_empty_ones_do_not() -> None:
    conditions = [("RZZ_2025-09_A_v1", "Resend May"), ("p", "  ")]
    (action,) = from_conditions(conditions, opener=OPENER, owner="preparer")
    assert (action.what, action.origin) == ("Resend May", "condition")
    assert "RZZ_2025-09_A_v1" in action.key


def test_every_owner_of_a_fix_is_a_role_or_none() -> None:
    assert set(RULES.owners.values()) <= set(load_policy().roles)
    assert {cause.fix_owner for cause in CAUSES.values()} - {"none"} == set(RULES.owners)
    assert set(RULES.owners) >= RULES.resent_by


OCTOBER = {
    "reporting_period_start": dt.date(2025, 10, 1),
    "reporting_period_end": dt.date(2025, 10, 31),
}


@pytest.mark.parametrize(
    ("later", "compared", "came", "left"),
    [
        ([], True, "came", 0.0),
        ([step("VC02", 40.0, **OCTOBER)], True, "came", 0.0),
        ([step("VC01", 4.0, **OCTOBER)], True, "came", 4.0),
        ([step("VC01", 20.0, **OCTOBER)], True, "came_in_part", 20.0),
        ([step("VC01", 39.0, **OCTOBER)], True, "did_not_come", 39.0),
        ([step("VC01", 60.0, **OCTOBER)], True, "did_not_come", 60.0),
        ([step("VC01", None, **OCTOBER)], True, "cannot_tell", None),
        ([], False, "cannot_tell", None),
    ],
)
def test_the_next_walk_says_whether_the_effect_came(
    later: list[dict[str, Any]], *, compared: bool, came: str, left: float | None
) -> None:
    action = OPENER.open(
        what="x",
        owner="preparer",
        origin="walk",
        cause_id="VC01",
        effects=(Effect(measure_id="CYP32", size=40.0),),
    )
    first = step("VC01", 40.0)
    figures = [first, {**first, **OCTOBER}] if compared else [first]
    (finding,) = findings_of(action, walk(*figures), walk(first, *later))
    assert (finding.came, finding.now) == (came, left)
