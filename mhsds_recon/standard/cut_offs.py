"""When what is due for a submission: the calendar of cut-offs, read from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard.files import definitions_folder
from mhsds_recon.standard.periods import Month, ReportingPeriod

__all__ = ["CutOff", "CutOffs", "DatedStep", "load_cut_offs"]

_FILE = "calendar.toml"
_SATURDAY, _APRIL, _YEAR = 5, 4, 12

_Days = Annotated[int, Meta(ge=0, le=31)]


class ListedCutOff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The published cut-off of a reporting period: submissions are taken until 23:59 that day."""

    period: Month
    day: dt.date


class ListedYearEnd(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The published last day for resubmitting months of the financial year that ends in a year."""

    ending: int
    day: dt.date


class Estimate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a date that is not listed is estimated: a day of a month, or the Friday before."""

    months_after: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=28)]
    year_end_month: Annotated[int, Meta(ge=1, le=12)]


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days after the end of the activity month the figures come out."""

    days_after: Annotated[int, Meta(ge=1)]


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done, by whom, and from how many to how many days before the cut-off."""

    id: str
    days: tuple[_Days, _Days]
    what: str
    role: str


@dataclass(frozen=True, kw_only=True)
class DatedStep:
    """A step of one reporting period.

    Attributes:
        id: Its short name, such as ``pack``.
        what: What is done.
        role: Who does it, as a role of the sign-off policy.
        first: First day.
        last: Last day.
    """

    id: str
    what: str
    role: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, kw_only=True)
class CutOff:
    """The dates of one reporting period.

    Attributes:
        period: The reporting period.
        day: The last day on which its submission is taken.
        is_estimate: Whether that day is estimated, not published.
        steps: What is due until then, earliest first.
        publication: When its figures are expected to come out; always estimated.
        last_resubmission: The last day on which it can be sent again.
        last_is_estimate: Whether that day is estimated.
        source: Where the dates come from.
    """

    period: ReportingPeriod
    day: dt.date
    is_estimate: bool
    steps: tuple[DatedStep, ...]
    publication: dt.date
    last_resubmission: dt.date
    last_is_estimate: bool
    source: str

    def days_left(self, on: dt.date) -> int:
        """Return the days from a day to the cut-off: 0 on the day itself, less once it is over."""
        return (self.day - on).days

    def next_step(self, on: dt.date) -> DatedStep | None:
        """Return the first step that is not over on a day, None after the last."""
        return next((step for step in self.steps if step.last >= on), None)


class CutOffs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calendar: published cut-offs, how others are estimated, and the steps before them."""

    source: str
    listed: tuple[ListedCutOff, ...] = msgspec.field(name="cut_off")
    year_ends: tuple[ListedYearEnd, ...] = msgspec.field(name="year_end")
    estimate: Estimate
    publication: Publication
    steps: tuple[Step, ...] = msgspec.field(name="step")

    def of(self, period: ReportingPeriod) -> CutOff:
        """Return the dates of a reporting period."""
        listed = next((one.day for one in self.listed if one.period == str(period)), None)
        day = listed or self._estimated(period)
        ending = period.year + (period.month >= _APRIL)
        last = next((one.day for one in self.year_ends if one.ending == ending), None)
        final = dt.date(ending, self.estimate.year_end_month, self.estimate.day)
        return CutOff(
            period=period,
            day=day,
            is_estimate=listed is None,
            steps=tuple(_dated(step, day) for step in self.steps),
            publication=period.end + dt.timedelta(days=self.publication.days_after),
            last_resubmission=last or _working_day(final),
            last_is_estimate=last is None,
            source=self.source,
        )

    def coming(self, on: dt.date) -> CutOff:
        """Return the dates of the earliest reporting period whose cut-off is not over on a day."""
        earliest = ReportingPeriod.of(on).back(_YEAR)
        later = (self.of(earliest.back(-months)) for months in range(2 * _YEAR))
        return next(each for each in later if each.day >= on)

    def _estimated(self, period: ReportingPeriod) -> dt.date:
        month = period.back(-self.estimate.months_after)
        return _working_day(dt.date(month.year, month.month, self.estimate.day))

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with it, one sentence each."""
        if not self.steps:
            yield "it needs at least one [[step]]."
        for name, values in (
            ("period", [one.period for one in self.listed]),
            ("ending", [str(one.ending) for one in self.year_ends]),
            ("id", [step.id for step in self.steps]),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            yield from (f"{name} '{value}' is there twice." for value in twice)
        for one in self.listed:
            if one.day <= ReportingPeriod.parse(one.period).end:
                yield f"the cut-off of {one.period} lies before the end of the month: {one.day}."
        for step in self.steps:
            if step.days[0] < step.days[1]:
                yield f"step '{step.id}' ends before it begins: write days = [10, 8], not [8, 10]."
        if sorted(self.steps, key=lambda step: (-step.days[0], -step.days[1])) != list(self.steps):
            yield "steps stand in their order, those furthest from the cut-off first."


def load_cut_offs(path: Path | None = None, *, version: str = "6.0") -> CutOffs:
    """Return the calendar that comes with us, changed by what a trust's own file says.

    Args:
        path: The trust's file; every key in it replaces the one that comes with us.
        version: Version of the standard.

    Raises:
        DefinitionError: A file cannot be read, or holds problems; all are listed.
    """
    ours = _read(definitions_folder() / "rules" / f"v{version}" / _FILE)
    name = _FILE if path is None else path.name
    content = ours if path is None else {**ours, "source": path.name, **_read(path)}
    try:
        calendar = msgspec.convert(content, CutOffs)
    except msgspec.ValidationError as error:
        message = f"{name} is no calendar of cut-offs: {error}. Compare rules/v{version}/{_FILE}."
        raise DefinitionError([message]) from error
    if problems := [f"{name}: {problem}" for problem in calendar.problems()]:
        raise DefinitionError(problems)
    return calendar


def _read(path: Path) -> dict[str, Any]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}. Give a TOML file of cut-off dates."
        raise DefinitionError([message]) from error
    except msgspec.DecodeError as error:
        raise DefinitionError([f"{path.name} is no TOML file: {error}."]) from error


def _dated(step: Step, day: dt.date) -> DatedStep:
    first, last = (day - dt.timedelta(days=days) for days in step.days)
    return DatedStep(id=step.id, what=step.what, role=step.role, first=first, last=last)


def _working_day(day: dt.date) -> dt.date:
    """Return the day, or the Friday before where it falls on a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - _SATURDAY + 1))
