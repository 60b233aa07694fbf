"""The people of worlds, whose every row is told, and what the nation counts them as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mhsds_recon.testing.worlds.courses import Contact, Course, Patient, Score

__all__ = [
    "BASE",
    "FIRST_SEEN",
    "LEAVER",
    "LEAVER_COUNTS",
    "LEFT",
    "MEASURES",
    "NEWCOMER",
    "NEWCOMER_COUNTS",
    "OPEN",
    "PAIRED",
    "STEADY",
    "STEADY_COUNTS",
    "WAITS",
    "Counts",
    "Story",
    "less",
    "one",
    "score",
    "seen",
]

Counts: TypeAlias = Mapping[str, int]
"""Numbers by measure; measures not named, nought."""
MEASURES = (
    "MHS95",
    "MHS69",
    "MHS29",
    "MHS30d",
    "CYP32",
    "CYP23",
    "MHS57a",
    "MHS130",
    "MHS133",
    "MHS110",
    "MHS111",
    "MHS112",
    "MHS113a",
    "MRS08",
    "MRS08a",
    "MRS09",
    "MRS10",
    "MRS11",
    "MRS12",
    "MRS13",
    "MRS16",
    "ED85",
    "ED88",
)
"""What is counted in worlds."""

_TOOL = "718458005"  # child outcome rating scale, self-rated, 0 to 40, higher is better


def score(day: int, value: int | str, code: str = _TOOL) -> Score:
    """Return a score; of a self-rated tool, for which higher is better, unless another is given."""
    return Score(day=day, code=code, value=str(value))


def seen(*days: int, **also: Any) -> tuple[Contact, ...]:  # noqa: ANN401 - of Contact
    """Return contacts of which the first brings help."""
    return tuple(
        Contact(day=day, intervention=place == 0, **also) for place, day in enumerate(days)
    )


_REGULAR = Course(
    received=-640,
    contacts=seen(*range(9 - 13 * 30, 10, 30)),
    scores=(score(9 - 13 * 30, 20),),
)
STEADY = Course(received=-100, contacts=seen(9), scores=(score(9, 20),))
"""Referred before the quarter, first seen and helped in the month."""
NEWCOMER = Course(received=4, contacts=seen(11), scores=(score(11, 20),))
"""Referred, first seen and helped in the month."""
LEAVER = Course(
    received=-100,
    contacts=seen(2, 7),
    discharged=11,
    scores=(score(2, 10), score(7, 30)),
)
"""Referred before the quarter, seen twice in the month, better, and discharged."""
_WAITER = Course(received=2)

# What they add to the measures.
OPEN = {"CYP23": 1, "MRS13": 1}
WAITS = {**OPEN, "MHS133": 1, "MRS09": 1, "MRS10": 1}
FIRST_SEEN = {"MHS95": 1, "MHS130": 1, "MRS16": 1, "MRS08": 1}
STEADY_COUNTS = {**OPEN, **FIRST_SEEN, "MHS29": 1, "MHS30d": 1}
NEWCOMER_COUNTS = {**STEADY_COUNTS, "CYP32": 1, "MRS11": 1, "MRS08a": 1}
LEFT = {**FIRST_SEEN, "MHS69": 1, "MHS29": 2, "MHS30d": 2, "MHS57a": 1, "MRS12": 1}
PAIRED = {"MHS111": 1, "MHS112": 1, "MHS113a": 1}
LEAVER_COUNTS = {**LEFT, "MHS110": 1, **PAIRED}


@dataclass(frozen=True, kw_only=True)
class Story:
    """Patients whose rows are told, and what the nation counts them as.

    Attributes:
        patients: One patient, or the records of one person.
        counts: By measure, what they add to the published figure; measures not named, nothing.
    """

    patients: tuple[Patient, ...]
    counts: Counts


def one(course: Course, counts: Counts, **patient: Any) -> Story:  # noqa: ANN401 - of Patient
    """Return the story of one patient with one referral."""
    return Story(patients=(Patient(courses=(course,), **patient),), counts=counts)


BASE: tuple[tuple[Story, int], ...] = (
    (one(_REGULAR, {**OPEN, "MHS95": 1, "MHS29": 1, "MHS30d": 1}), 61),
    (one(STEADY, STEADY_COUNTS), 31),
    (one(NEWCOMER, NEWCOMER_COUNTS), 33),
    (one(LEAVER, LEAVER_COUNTS), 32),
    (one(_WAITER, {**WAITS, "CYP32": 1, "MRS11": 1}), 29),
)
"""The people of a world without causes, and how many of each: none is on any condition's edge."""


def less(counts: Counts, *others: Counts) -> dict[str, int]:
    """Return counts less others, those of nought left out."""
    left = Counter(counts)
    for other in others:
        left.subtract(other)
    return {name: number for name, number in left.items() if number}
