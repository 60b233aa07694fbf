"""Prescribed people: children whose every contact is known, so that a fault's effect is known.

They are in every synthetic trust, faults or not. Each has one routine referral to a community
team for children, lives in England, and is seen face to face on prescribed days only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mhsds_recon.testing.people import YEAR, People
from mhsds_recon.testing.setting import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mhsds_recon.testing.setting import Days, Setting

__all__ = ["EARLY", "LEAVER", "NEWCOMER", "STEADY", "Story", "Visits", "earlier_month", "enter"]

_MONTHS_EARLIER = 5


@dataclass(frozen=True, kw_only=True)
class Story:
    """A course of care; days count from the first day of the month that the story is about.

    Attributes:
        received: Day of the referral.
        seen: Days of attended contacts; there are no others.
        discharged: Day of discharge, or None.
        earlier: Whether the story is about the earlier month, not the last one.
    """

    received: int
    seen: tuple[int, ...]
    discharged: int | None = None
    earlier: bool = False


NEWCOMER = Story(received=4, seen=(11,))
"""Referred and first seen in the last month: counts in MHS95, MHS30d, CYP32, MRS11 and MRS13."""
STEADY = Story(received=-100, seen=(9,))
"""Referred before the quarter, seen in the last month only: MHS95, MHS30d and MRS13."""
LEAVER = Story(received=-100, seen=(2, 7), discharged=11)
"""Referred before the quarter, seen twice and discharged: MHS95, MHS30d (2), MHS110, MRS12."""
EARLY = Story(received=-30, seen=(9,), earlier=True)
"""Seen in the earlier month only and still open: MHS95 and MRS13."""


@dataclass(frozen=True, kw_only=True)
class Visits:
    """Prescribed attended contacts: the position of the referral and the day of each."""

    referral: Days
    day: Days


def earlier_month(setting: Setting) -> int:
    """Return the position of the month of earlier stories: within twelve months of the last."""
    return max(0, len(setting.periods) - 1 - _MONTHS_EARLIER)


def enter(setting: Setting, people: People, stories: Iterable[Story]) -> tuple[People, Visits]:
    """Return the people with the last ones following stories, and the visits of these.

    A person's first referral has the person's position, so visits name referrals by it.
    """
    told = list(stories)
    place = people.born.size - len(told) + np.arange(len(told))
    months = [earlier_month(setting) if story.earlier else -1 for story in told]
    start = setting.starts[months]
    arrived = start + np.array([story.received for story in told])
    leaves = np.array(
        [
            NEVER if story.discharged is None else day + story.discharged
            for day, story in zip(start, told, strict=True)
        ]
    )
    ages = 9 + np.arange(len(told)) % 6
    cast = people.cast.copy()
    cast[place] = True
    entered = replace(
        people,
        stream=_put(people.stream, place, np.zeros(len(told), np.int64)),
        arrived=_put(people.arrived, place, arrived),
        leaves=_put(people.leaves, place, leaves),
        born=_put(people.born, place, arrived - (ages * YEAR).astype(np.int64) - 100),
        cast=cast,
    )
    seen = [len(story.seen) for story in told]
    days = np.concatenate([day + np.array(s.seen) for day, s in zip(start, told, strict=True)])
    return entered, Visits(referral=np.repeat(place, seen), day=days)


def _put(values: Days, place: Days, new: Days) -> Days:
    """Return a copy of values with some replaced."""
    changed = values.copy()
    changed[place] = new
    return changed
