"""The command calendar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from icalendar import Calendar

Command = Callable[..., tuple[int, str, str]]


def test_without_a_period_the_next_cut_off_is_shown(command: Command) -> None:
    code, out, _ = command("calendar")
    assert code == 0
    assert " left" in out or "; today" in out
    assert "Next: " in out


def test_a_file_of_reminders_is_written_whole(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "dates.ics"
    words = ("--period", "2025-09", "--months", 12, "--to", "ics", "--provider", "RZZ")
    code, out, _ = command("calendar", *words, "--output", path)
    assert (code, out.strip()) == (0, f"Written: {path}")
    events = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert len(events) == 12 * 5
    assert events[0]["uid"] == "RZZ-2025-09-extract@mhsds-recon"
    assert events[-1]["uid"] == "RZZ-2026-08-upload@mhsds-recon"


def test_the_trusts_own_dates_and_policy_count(command: Command, tmp_path: Path) -> None:
    dates = tmp_path / "ours.toml"
    dates.write_text('[[cut_off]]\nperiod = "2025-09"\nday = 2025-10-24\n')
    out = command("calendar", "--period", "2025-09", "--calendar", dates)[1]
    assert "cut-off Fri 2025-10-24, 23:59" in out
    assert "Source: ours.toml" in out


def test_a_file_that_does_not_fit_ends_with_exit_code_3(command: Command, tmp_path: Path) -> None:
    dates = tmp_path / "ours.toml"
    dates.write_text("cut_off = 3")
    code, out, err = command("calendar", "--calendar", dates)
    assert (code, out) == (3, "")
    assert "ours.toml is no calendar" in err
