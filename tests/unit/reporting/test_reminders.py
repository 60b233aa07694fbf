"""Reminders: what is due, for people and for calendar programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from icalendar import Calendar, Component

from mhsds_recon.reporting import calendar_ics, calendar_text
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.cut_offs import CutOff, load_cut_offs

ROLES = load_policy().roles
NOW = dt.datetime(2025, 10, 18, 9, tzinfo=dt.UTC)
SEPTEMBER = load_cut_offs().of(ReportingPeriod(2025, 9))


def ics(*cut_offs: CutOff, at: dt.datetime = NOW) -> bytes:
    return calendar_ics(cut_offs, provider="RZZ", roles=ROLES, at=at)


def events(content: bytes) -> list[Any]:
    parsed: Component = Calendar.from_ical(content)
    return parsed.walk("VEVENT")


def test_the_text_says_what_is_left_what_is_next_and_what_is_estimated() -> None:
    text = calendar_text([SEPTEMBER], on=NOW.date(), roles=ROLES)
    first, following = text.splitlines()[:2]
    assert "cut-off Tue 2025-10-21 (estimated, not published), 23:59; 3 days left" in first
    assert following.startswith("Next: Send the pack")
    assert "by Sat 2025-10-18 (Preparer)" in following


def test_a_cut_off_that_is_over_says_so() -> None:
    text = calendar_text([SEPTEMBER], on=dt.date(2025, 10, 22), roles=ROLES)
    assert "1 day ago" in text
    assert "the cut-off is over" in text


def test_each_step_is_an_event_of_whole_days_with_a_reminder() -> None:
    found = events(ics(SEPTEMBER))
    assert [event.decoded("dtstart") for event in found] == [s.first for s in SEPTEMBER.steps]
    assert [event.decoded("dtend") - dt.timedelta(1) for event in found] == [
        step.last for step in SEPTEMBER.steps
    ]
    assert all("(estimated date)" in event["summary"] for event in found)
    assert all(event.walk("VALARM")[0].decoded("trigger") for event in found)
    assert "Submission owner" in found[-1]["description"]


def test_a_later_file_updates_the_same_events() -> None:
    later = ics(SEPTEMBER, at=NOW + dt.timedelta(days=3))
    assert [e["uid"] for e in events(ics(SEPTEMBER))] == [e["uid"] for e in events(later)]
    two = events(ics(SEPTEMBER, load_cut_offs().of(ReportingPeriod(2025, 10))))
    assert len({event["uid"] for event in two}) == 2 * len(SEPTEMBER.steps)


def test_lines_are_folded_and_end_as_the_standard_asks() -> None:
    content = ics(SEPTEMBER)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert content.count(b"\n") == content.count(b"\r\n")
