"""The calendar of cut-offs: what is due, as text or as a file for calendar programs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_words
from mhsds_recon.reporting import calendar_ics, calendar_text
from mhsds_recon.reporting.layout import WIDTH
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard.cut_offs import load_cut_offs

if TYPE_CHECKING:
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["show_calendar", "write_calendar"]


def show_calendar(
    *,
    at: dt.datetime,
    period: ReportingPeriod | None = None,
    months: int = 1,
    calendar: Path | None = None,
    policy: Path | None = None,
    to: Literal["text", "ics"] = "text",
    provider: str = "",
    version: str = "6.0",
    width: int = WIDTH,
) -> str:
    """Return the dates of reporting periods, with what is due next.

    Args:
        at: Now.
        period: The first reporting period; the one whose cut-off comes next where None.
        months: How many reporting periods.
        calendar: The trust's own file of cut-offs.
        policy: The trust's own file of who signs off, for the names of roles.
        to: ``text`` for people, ``ics`` for calendar programs.
        provider: Code of the provider; events are named by it.
        version: Version of the standard.
        width: Columns of the terminal.

    Raises:
        DefinitionError: A file cannot be read, or holds problems.
        PrivacyError: What the trust wrote points to a patient.
    """
    cut_offs = load_cut_offs(calendar, version=version)
    roles = load_policy(policy, version=version).roles
    first = cut_offs.coming(at.date()).period if period is None else period
    wanted = [cut_offs.of(first.back(-later)) for later in range(months)]
    text = calendar_text(wanted, on=at.date(), roles=roles, width=width)
    check_words({"the calendar": text})
    if to == "ics":
        return calendar_ics(wanted, provider=provider, roles=roles, at=at).decode()
    return f"{text}\n"


def write_calendar(text: str, path: Path) -> tuple[Path, ...]:
    """Write a calendar as ``show_calendar`` gave it, line ends as they are."""
    content = text.encode()
    return write_files(path.parent, {path.name: lambda place: place.write_bytes(content)})
