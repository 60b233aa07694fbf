"""What the pack says of the calendar and of actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from mhsds_recon.actions import Action, Closed, Finding, Opened
from mhsds_recon.actions.entries import Effect
from mhsds_recon.errors import PrivacyError
from mhsds_recon.packs import Pack, check_privacy, render_html
from mhsds_recon.packs.model import Section
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.cut_offs import load_cut_offs

SEPTEMBER = load_cut_offs().of(ReportingPeriod(2025, 9))
ROLES = load_policy().roles
EFFECTS = (Effect(measure_id="MHS95", size=43.0), Effect(measure_id="CYP32", size=3.0))
OPENED = Opened(
    provider="RZZ",
    period="2025-08",
    what="Map the new clinic",
    owner="preparer",
    due=dt.date(2025, 10, 13),
    origin="walk",
    cause_id="VC01",
    effects=EFFECTS,
    resend=("2025-07", "2025-08"),
    name="Ada",
    at=dt.datetime(2025, 9, 20, tzinfo=dt.UTC),
)
FOUND = Finding(effect=EFFECTS[0], period=ReportingPeriod(2025, 9), now=13.0, came="came_in_part")
OVERDUE = Action(number=3, opened=OPENED, findings=(FOUND,))
LATER = Action(
    number=1, opened=msgspec.structs.replace(OPENED, due=dt.date(2025, 11, 10), resend=())
)


def section(pack: Pack, name: str) -> Section:
    return next(each for each in pack.sections if each.id == name)


def text(one: Section) -> str:
    rows = (cell for table in one.tables for row in table.rows for cell in row)
    return " | ".join((*one.sentences, *rows, *one.notes))


def test_the_first_page_says_the_cut_off_the_days_left_and_the_next_step(
    make_pack: Callable[..., Pack],
) -> None:
    notes = text(section(make_pack(cut_off=SEPTEMBER, roles=ROLES), "status"))
    assert (
        "The file is due by 23:59 on 21 October 2025. Days left when this pack was made: 7."
        in notes
    )
    assert "We worked this date out" in notes
    assert "by 17 October 2025 (Preparer): put right what the checks found" in notes


def test_a_published_cut_off_is_no_estimate_and_one_that_is_over_says_so(
    make_pack: Callable[..., Pack],
) -> None:
    over = replace(SEPTEMBER, day=dt.date(2025, 10, 13), is_estimate=False, steps=())
    notes = text(section(make_pack(cut_off=over), "status"))
    assert "That day had passed" in notes
    assert "worked this date out" not in notes


def test_open_actions_are_shown_overdue_first_with_their_effects(
    make_pack: Callable[..., Pack],
) -> None:
    shown = section(make_pack(actions=(OVERDUE, LATER), roles=ROLES), "actions")
    first, second = shown.tables[0].rows
    assert first[:6] == (
        "3",
        "Map the new clinic",
        "Preparer",
        "13 October 2025",
        "Late",
        "August 2025",
    )
    assert (second[0], second[4]) == ("1", "Open")
    seen, started = "Children and young people seen in 12 months", "Referrals that began"
    assert f"{seen}: +40; {started} in the month: fewer than 5" in first[6]
    assert first[7] == f"{seen} in September 2025: it came in part, and +15 is left."
    assert "43" not in text(shown)
    assert shown.tables[1].rows == (("July 2025", "3"), ("August 2025", "3"))
    assert shown.sentences == (
        "Open actions: 2. Of these, late: 1.",
        "Months to send again: July 2025; August 2025.",
    )


def test_closed_actions_are_left_out_and_none_is_said(make_pack: Callable[..., Pack]) -> None:
    done = Closed(
        provider="RZZ", period="2025-09", number=3, outcome="done", name="Ada", at=OPENED.at
    )
    shown = section(make_pack(actions=(replace(OVERDUE, closed=done),)), "actions")
    assert shown.tables == ()
    assert "no action is open" in text(shown)


def test_the_gate_stops_an_action_that_names_a_patient(make_pack: Callable[..., Pack]) -> None:
    opened = msgspec.structs.replace(OPENED, what="Look at 9990000018")
    pack = make_pack(actions=(Action(number=1, opened=opened),))
    with pytest.raises(PrivacyError, match="section 'actions'"):
        check_privacy({"pack.html": render_html(pack)}, pack=pack)
