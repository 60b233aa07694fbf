"""Causes in what was submitted: the nation does not hold, or know, the rows as the trust does."""

from __future__ import annotations

from dataclasses import replace

from mhsds_recon.testing.worlds.courses import Course, Patient
from mhsds_recon.testing.worlds.plantable import PlantableCause, in_place_of
from mhsds_recon.testing.worlds.stories import (
    NEWCOMER,
    NEWCOMER_COUNTS,
    OPEN,
    STEADY,
    STEADY_COUNTS,
    WAITS,
    one,
    score,
    seen,
)

__all__ = ["SUBMISSIONS"]

_SEEN_IN_APRIL = Course(received=-160, contacts=seen(-150), scores=(score(-150, 20),))
_IN_APRIL = Patient(courses=(Course(received=-150, discharged=-149),))


SUBMISSIONS: tuple[PlantableCause, ...] = (
    PlantableCause(
        name="no NHS number",
        cause_id="VC17",
        story=one(
            Course(received=-20, contacts=seen(-15, 9), scores=(score(-15, 20),)),
            {"MHS95": 2},
            has_number=False,
        ),
        sizes={"MHS95": -1},
        variation="unmatched_anew",
        lost_after="accepted",
        only=("MHS95",),
    ),
    in_place_of(
        "contact rejected",
        "VC01",
        one(replace(STEADY, contacts=seen(9, team="T" * 21)), WAITS),
        STEADY_COUNTS,
        received=(Patient(courses=(replace(STEADY, contacts=()),)),),
        lost_after="extract",
    ),
    in_place_of(
        "referral rejected",
        "VC01",
        one(replace(NEWCOMER, priority="URGENT"), {}),
        NEWCOMER_COUNTS,
        received=(),
        lost_after="extract",
    ),
    in_place_of(
        "month rejected",
        "VC03",
        one(_SEEN_IN_APRIL, WAITS),
        {**OPEN, "MHS95": 1},
        received=(Patient(courses=(replace(_SEEN_IN_APRIL, contacts=(), scores=()),)),),
        trigger=(_IN_APRIL, replace(_IN_APRIL, is_twin=True)),
        lost_after="extract",
    ),
    in_place_of(
        "month not received",
        "VC08",
        one(_SEEN_IN_APRIL, WAITS),
        {**OPEN, "MHS95": 1},
        received=(Patient(courses=(replace(_SEEN_IN_APRIL, contacts=(), scores=()),)),),
        lost_after="accepted",
    ),
    in_place_of(
        "lost on the way",
        "VC04",
        one(NEWCOMER, {}),
        NEWCOMER_COUNTS,
        received=(),
        lost_after="accepted",
    ),
    in_place_of(
        "taken back after the deadline",
        "VC05",
        one(NEWCOMER, {}),
        NEWCOMER_COUNTS,
        received=(),
        lost_after="portal_pre_deadline",
    ),
    in_place_of(
        "entered late",
        "VC06",
        one(NEWCOMER, {}),
        NEWCOMER_COUNTS,
        received=(),
        is_sent_again=True,
        lost_after="accepted",
    ),
)
