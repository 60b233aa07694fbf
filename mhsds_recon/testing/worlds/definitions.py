"""Causes that a trust's own definitions are: it counts its rows otherwise than the nation does."""

from __future__ import annotations

from dataclasses import replace

from mhsds_recon.testing.worlds.courses import COMMUNITY, Course, Indirect, Patient, Score
from mhsds_recon.testing.worlds.plantable import PlantableCause, in_place_of
from mhsds_recon.testing.worlds.stories import (
    FIRST_SEEN,
    LEAVER,
    LEAVER_COUNTS,
    LEFT,
    NEWCOMER,
    NEWCOMER_COUNTS,
    OPEN,
    PAIRED,
    STEADY,
    STEADY_COUNTS,
    WAITS,
    Story,
    less,
    one,
    score,
    seen,
)

__all__ = ["DEFINITIONS"]

_CLOSED = {**LEFT, "MHS110": 1}
_NOT_IN_OUTCOMES = less(LEAVER_COUNTS, {"MHS110": 1, **PAIRED})
_TURNED_18_BEFORE = -6625  # on day -50: after a referral on day -100
_TURNS_18_BETWEEN = -6570  # on day 5: after a contact on day 2, before the referral
_TURNS_18_AFTER = -6555  # on day 20: after a contact on day 9
_ADULTS_TEAM = "Early intervention in psychosis"
_SEEN_IN_AUGUST = Course(
    received=-100, contacts=seen(-15), discharged=-10, scores=(score(-15, 20),)
)


def _scored(*scores: Score) -> Course:
    return replace(LEAVER, scores=scores)


def _again(gap: int, *, is_joined: bool = True) -> Story:
    """Return a referral so many days after the discharge from another, one spell with it or not."""
    first = Course(received=-100, contacts=seen(-60), discharged=-15, scores=(score(-60, 20),))
    second = Course(received=gap - 15, contacts=seen(3), scores=(score(3, 20),))
    counts = {**STEADY_COUNTS, "MHS130": 2}
    if not is_joined:
        counts |= {"MRS08": 2, "MRS08a": 1, "MRS11": 1, "MRS12": 1, "MRS16": 2}
    return Story(patients=(Patient(courses=(first, second)),), counts=counts)


DEFINITIONS: tuple[PlantableCause, ...] = (
    in_place_of(
        "not attended",
        "VC26",
        one(replace(STEADY, contacts=seen(9, status="3")), {**WAITS, "MHS29": 1}),
        STEADY_COUNTS,
        variation="any_attendance",
    ),
    in_place_of(
        "by e-mail",
        "VC25",
        one(
            replace(STEADY, contacts=seen(9, mechanism="05")),
            {**WAITS, "MHS29": 1, "MHS30d": 1},
        ),
        STEADY_COUNTS,
        variation="any_mechanism",
    ),
    in_place_of(
        "indirect activity only",
        "VC27",
        one(
            replace(STEADY, contacts=(), indirect=(Indirect(day=9, intervention=True),)),
            {**OPEN, "MHS95": 1, "MHS133": 1, "MRS16": 1, "MRS08": 1},
        ),
        WAITS,
        variation="without_indirect",
    ),
    PlantableCause(
        name="indirect activity twice",
        cause_id="VC28",
        story=one(
            replace(LEAVER, contacts=(), indirect=(Indirect(day=7, intervention=True),) * 2),
            {"MHS95": 1, "MHS69": 1, "MHS57a": 1, "MRS08": 1, "MRS12": 1, "MRS16": 1},
        ),
        sizes={"MHS110": 1, "MHS111": 1},
        variation="repeated_indirect_counted",
    ),
    in_place_of(
        "lives elsewhere",
        "VC15",
        one(STEADY, {"CYP23": 1, "MHS29": 1, "MHS30d": 1}, lives_elsewhere=True),
        STEADY_COUNTS,
        variation="residence_not_tested",
    ),
    PlantableCause(
        name="two records of one person",
        cause_id="VC16",
        story=Story(
            patients=(
                Patient(courses=(_SEEN_IN_AUGUST,), practice=0),
                Patient(courses=(NEWCOMER,), practice=0, is_twin=True),
            ),
            counts={**NEWCOMER_COUNTS, "MHS130": 2, "MRS08": 2, "MRS12": 1, "MRS16": 2},
        ),
        sizes={"MHS95": 1},
        variation="person_by_local_id",
    ),
    in_place_of(
        "18 at contact",
        "VC19",
        one(
            STEADY,
            {**less(STEADY_COUNTS, {"MHS95": 1, "MHS130": 1}), "MHS133": 1},
            born=_TURNED_18_BEFORE,
        ),
        STEADY_COUNTS,
        variation="age_at_referral",
    ),
    in_place_of(
        "18 at referral",
        "VC19",
        one(
            Course(received=7, contacts=seen(2)),
            {"CYP23": 1, "CYP32": 1, "MHS29": 1, "MHS30d": 1},
            born=_TURNS_18_BETWEEN,
        ),
        {"CYP23": 1, "CYP32": 1, "MHS29": 1, "MHS30d": 1, "MHS95": 1},
        variation="age_at_activity",
    ),
    in_place_of(
        "18 at the end of the period",
        "VC19",
        one(STEADY, STEADY_COUNTS, born=_TURNS_18_AFTER),
        {"CYP23": 1, "MHS29": 1, "MHS30d": 1, "MRS12": 1},
        variation="age_at_period_end",
    ),
    in_place_of(
        "birth date unknown",
        "VC20",
        one(STEADY, {"CYP23": 1, "MHS29": 1}, born=None),
        STEADY_COUNTS,
        variation="unknown_age_counted",
    ),
    in_place_of(
        "referral not sent again",
        "VC30",
        one(
            Course(received=-100, contacts=seen(-15), scores=(score(-15, 20),), last_sent=-5),
            {**FIRST_SEEN, "MRS12": 1},
        ),
        {**FIRST_SEEN, **OPEN},
        variation="open_referrals_carried",
    ),
    in_place_of(
        "learning disability team",
        "VC37",
        one(replace(LEAVER, team="Learning disability"), _NOT_IN_OUTCOMES),
        LEAVER_COUNTS,
        variation="any_team_type",
    ),
    in_place_of(
        "team known by its age group",
        "VC38",
        one(replace(NEWCOMER, team="CYP community"), NEWCOMER_COUNTS),
        less(NEWCOMER_COUNTS, {"CYP23": 1, "CYP32": 1}),
        variation="intended_age_group_ignored",
    ),
    in_place_of(
        "rejected referral",
        "VC32",
        one(replace(LEAVER, is_rejected=True), _NOT_IN_OUTCOMES),
        LEAVER_COUNTS,
        variation="rejected_kept",
    ),
    in_place_of(
        "admitted",
        "VC33",
        one(
            replace(LEAVER, admitted=(3, 6)),
            less(_NOT_IN_OUTCOMES, {"MRS08": 1, "MRS12": 1, "MRS16": 1}),
        ),
        LEAVER_COUNTS,
        variation="hospital_kept",
    ),
    in_place_of(
        "two referrals at a time",
        "VC34",
        _again(-5),
        _again(6, is_joined=False).counts,
        variation="referrals_not_merged",
    ),
    in_place_of(
        "two referrals five days apart",
        "VC34",
        _again(5),
        _again(6, is_joined=False).counts,
        variation="gap_not_bridged",
    ),
    in_place_of(
        "no first score",
        "VC36",
        one(replace(STEADY, scores=()), {**less(STEADY_COUNTS, {"MRS08": 1}), "MRS09": 1}),
        STEADY_COUNTS,
        variation="first_contact_stops_clock",
    ),
    in_place_of(
        "helped on day 28",
        "VC35",
        one(
            replace(STEADY, received=-19),
            {**STEADY_COUNTS, "MRS11": 1, "MRS08a": 1},
        ),
        {**STEADY_COUNTS, "MRS11": 1},
        variation="under_28_days",
    ),
    in_place_of(
        "one contact only",
        "VC45",
        one(
            replace(LEAVER, contacts=seen(2), scores=(score(2, 10),)),
            less(_NOT_IN_OUTCOMES, {"MHS69": 1, "MHS29": 1, "MHS30d": 1}),
        ),
        less({**_NOT_IN_OUTCOMES, "MHS110": 1, "MHS111": 1}, {"MHS69": 1, "MHS29": 1, "MHS30d": 1}),
        variation="two_contacts_not_needed",
    ),
    in_place_of(
        "tool that is no outcome",
        "VC41",
        one(_scored(score(2, 10, "718490000"), score(7, 30, "718490000")), _CLOSED),
        {**_CLOSED, "MHS111": 1, "MHS112": 1},
        variation="unlisted_tools_counted",
    ),
    in_place_of(
        "score out of range",
        "VC43",
        one(_scored(score(2, 10), score(7, 41)), {**_CLOSED, "MHS111": 1}),
        LEAVER_COUNTS,
        variation="any_score",
    ),
    in_place_of(
        "first score before the first contact",
        "VC44",
        one(_scored(score(1, 10), score(7, 30)), {**_CLOSED, "MHS111": 1}),
        LEAVER_COUNTS,
        variation="any_pair",
    ),
    in_place_of(
        "better on one scale, worse on another",
        "VC47",
        one(
            _scored(
                score(2, 10),
                score(7, 30),
                score(2, 5, "445455005"),
                score(7, 15, "445455005"),
            ),
            {**_CLOSED, "MHS111": 1, "MHS112": 1},
        ),
        LEAVER_COUNTS,
        variation="deterioration_kept",
    ),
    in_place_of(
        "eating disorder treated in another way",
        "VC49",
        one(
            replace(STEADY, reason="12"),
            {"CYP23": 1, "MHS95": 1, "MHS130": 1, "MHS29": 1, "MHS30d": 1, "ED88": 1},
        ),
        {"CYP23": 1, "MHS95": 1, "MHS130": 1, "MHS29": 1, "MHS30d": 1, "ED85": 1},
        variation="any_treatment",
    ),
    in_place_of(
        "seen before the month",
        "VC31",
        one(
            replace(STEADY, contacts=seen(-40), scores=(score(-40, 20),)),
            less(STEADY_COUNTS, {"MHS29": 1, "MHS30d": 1}),
        ),
        OPEN,
        variation="window_month",
    ),
    in_place_of(
        "seen before the quarter",
        "VC31",
        one(
            replace(STEADY, contacts=seen(-95), scores=(score(-95, 20),)),
            {**OPEN, "MHS95": 1},
        ),
        OPEN,
        variation="window_quarter",
    ),
    in_place_of(
        "referred long ago",
        "VC32",
        one(
            replace(LEAVER, received=-3600),
            less(_NOT_IN_OUTCOMES, {"MHS130": 1, "MRS08": 1, "MRS12": 1, "MRS16": 1}),
        ),
        LEAVER_COUNTS,
        variation="old_kept",
    ),
    in_place_of(
        "children's team besides an adults' team",
        "VC39",
        one(
            replace(NEWCOMER, team=_ADULTS_TEAM, other_team=COMMUNITY),
            NEWCOMER_COUNTS,
        ),
        less(NEWCOMER_COUNTS, {"CYP23": 1, "CYP32": 1}),
        variation="own_team_only",
    ),
    in_place_of(
        "better only as a T-score",
        "VC46",
        one(_scored(score(2, 20, "718655001"), score(7, 10, "718655001")), LEAVER_COUNTS),
        less(LEAVER_COUNTS, {"MHS113a": 1}),
        variation="rcads_raw",
    ),
    in_place_of(
        "eating disorder without priority",
        "VC49",
        one(
            Course(received=2, reason="12", priority=None),
            {"CYP23": 1, "CYP32": 1, "MHS133": 1},
        ),
        {"CYP23": 1, "CYP32": 1, "MHS133": 1, "ED88": 1},
        variation="any_priority",
    ),
    in_place_of(
        "another commissioner in the contract",
        "VC21",
        one(replace(STEADY, commissioner="Z1A"), STEADY_COUNTS, practice=1),
        STEADY_COUNTS,
        variation="commissioner_by_contract",
        counted_in=0,
    ),
    in_place_of(
        "lives in another area",
        "VC21",
        one(STEADY, STEADY_COUNTS, practice=1, home=2),
        STEADY_COUNTS,
        variation="commissioner_by_residence",
        counted_in=2,
    ),
    in_place_of(
        "left the practice",
        "VC22",
        one(STEADY, STEADY_COUNTS, practice=1, home=2, has_left_practice=True),
        STEADY_COUNTS,
        variation="any_registration",
        counted_in=1,
    ),
)
