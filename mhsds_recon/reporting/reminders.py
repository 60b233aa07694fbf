"""The calendar of cut-offs as text, and as a file that calendar programs read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from mhsds_recon.reporting.layout import WIDTH, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icalendar import Event

    from mhsds_recon.standard.cut_offs import CutOff, DatedStep

__all__ = ["calendar_ics", "calendar_text", "days_left_in_words"]

_ESTIMATE = "estimated, not published"
_WARN_BEFORE = dt.timedelta(hours=-15)
"""Nine in the morning of the day before, for events that last whole days."""


def calendar_text(
    cut_offs: Sequence[CutOff], *, on: dt.date, roles: Mapping[str, str], width: int = WIDTH
) -> str:
    """Return the dates of reporting periods, and what is due next.

    Args:
        cut_offs: The reporting periods.
        on: Today.
        roles: What people call each role.
        width: Columns of the terminal.
    """
    return "\n\n".join(_one_text(one, on, roles, width) for one in cut_offs)


def calendar_ics(
    cut_offs: Sequence[CutOff], *, provider: str, roles: Mapping[str, str], at: dt.datetime
) -> bytes:
    """Return an RFC 5545 calendar with an event and a reminder for each step.

    Events keep their identifiers, so that a file made later updates those taken in before.

    Args:
        cut_offs: The reporting periods.
        provider: Code of the provider, or nothing.
        roles: What people call each role.
        at: When the file is made.
    """
    from icalendar import Calendar  # noqa: PLC0415  only where such a file is asked for

    calendar = Calendar()
    calendar.add("prodid", "-//mhsds-recon//reporting calendar//EN")
    calendar.add("version", "2.0")
    for one in cut_offs:
        for step in one.steps:
            calendar.add_component(_event(one, step, provider, roles, at))
    content: bytes = calendar.to_ical()
    return content


def days_left_in_words(cut_off: CutOff, on: dt.date) -> str:
    """Return how many days are left until the cut-off, such as ``3 days left``."""
    left = cut_off.days_left(on)
    if left == 0:
        return "today"
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{days} left" if left > 0 else f"{days} ago"


def _one_text(one: CutOff, on: dt.date, roles: Mapping[str, str], width: int) -> str:
    mark = f" ({_ESTIMATE})" if one.is_estimate else ""
    following = one.next_step(on)
    due = "nothing: the cut-off is over" if following is None else _due(following, roles)
    later = f" ({_ESTIMATE})" if one.last_is_estimate else ""
    lines = [
        (
            f"Reporting period {one.period}: cut-off {_day(one.day)}{mark}, 23:59;"
            f" {days_left_in_words(one, on)}"
        ),
        f"Next: {due}",
        table(
            ("from", "to", "who", "what"),
            [(_day(s.first), _day(s.last), _who(s, roles), s.what) for s in one.steps],
            width=width,
        ),
        f"Figures are expected on about {_day(one.publication)}.",
        f"The month can be sent again until {_day(one.last_resubmission)}{later}.",
        f"Source: {one.source}",
    ]
    return "\n".join(lines)


def _due(step: DatedStep, roles: Mapping[str, str]) -> str:
    return f"{step.what}, by {_day(step.last)} ({_who(step, roles)})"


def _who(step: DatedStep, roles: Mapping[str, str]) -> str:
    return roles.get(step.role, step.role)


def _day(day: dt.date) -> str:
    return f"{day:%a} {day.isoformat()}"


def _event(
    one: CutOff, step: DatedStep, provider: str, roles: Mapping[str, str], at: dt.datetime
) -> Event:
    from icalendar import Alarm  # noqa: PLC0415  as above
    from icalendar import Event as NewEvent  # noqa: PLC0415  as above

    event = NewEvent()
    mark = " (estimated date)" if one.is_estimate else ""
    event.add("uid", "-".join(filter(None, (provider, str(one.period), step.id))) + "@mhsds-recon")
    event.add("dtstamp", at.astimezone(dt.UTC))
    event.add("dtstart", step.first)
    event.add("dtend", step.last + dt.timedelta(days=1))
    event.add("summary", f"MHSDS {provider} {one.period}: {step.what}{mark}".replace("  ", " "))
    cut_off = f"Cut-off {one.day.isoformat()}, 23:59{mark}. Source: {one.source}."
    event.add("description", f"Who: {_who(step, roles)}. {cut_off}")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", step.what)
    alarm.add("trigger", _WARN_BEFORE)
    event.add_component(alarm)
    return event
