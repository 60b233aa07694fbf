"""MHS111 to MHS115: which scores of a closed referral count, pair up and show a change.

Referrals below are known by what is special about them. Each has contacts on 10 June and 10 July
and is discharged on 20 September 2025. GAD-7 (445455005, self-rated, lower is better, from 4) and
CGAS (860591000000104, clinician-rated, higher is better, from 11) stand for all scales.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from mhsds_recon.measures.derivations import (
    closed_referral_outcomes,
    referral_scores,
    score_pairs,
)

GAD, CGAS, GOALS, ORS = "445455005", "860591000000104", "959951000000108", "716613004"
CORS_V1, CORS_V2 = "960321000000103", "718458005"
RCADS, DIALOG = "958231000000102", "1037651000000100"
HONOSCA_SELF_1 = "989621000000101"
JUNE, JULY, DISCHARGE = "2025-06-10", "2025-07-10", "2025-09-20"

Derived = Callable[[Any, str], pl.DataFrame]
Score = tuple[str, str, str, str]


def block(title: str, elements: str, rows: Iterable[Sequence[str]]) -> str:
    return "\n".join((title, elements.replace(" ", " | "), *(" | ".join(row) for row in rows)))


def submitted(
    scores: Sequence[Score], *more: str, without_contacts: str = "", gender: str = "2"
) -> str:
    """Return tables of September with a closed referral for each that has a score."""
    referrals = list(dict.fromkeys(referral for referral, *_ in scores))
    contacts = [
        (f"{referral} {day}", referral, day, "5", "01")
        for referral in referrals
        if referral != without_contacts
        for day in (JUNE, JULY)
    ]
    return "\n\n".join(
        (
            block(
                "2025-09 MHS001MPI",
                "LocalPatientID NHSNumber PersonBirthDate Gender",
                [("P1", "9990000001", "2012-05-01", gender)],
            ),
            block(
                "2025-09 MHS101Referral",
                "LocalPatientID ServiceRequestID ReferralRequestReceivedDate ServDischDate",
                [("P1", referral, "2025-06-01", DISCHARGE) for referral in referrals],
            ),
            block(
                "2025-09 MHS201CareContact",
                "CareContactID ServiceRequestID CareContDate AttendStatus ConsMechanismMH",
                contacts,
            ),
            block(
                "2025-09 MHS606CodedScoreAssessmentRefer",
                "ServiceRequestID AssToolCompTimestamp CodedAssToolType PersScore",
                scores,
            ),
            *more,
        )
    )


def test_every_score_that_is_in_no_pair_says_why(derived: Derived) -> None:
    scores = [
        ("not_in_list", JULY, "1", "5"),
        ("not_an_outcome", JULY, DIALOG, "5"),
        ("not_a_number", JULY, GAD, "N/A"),
        ("out_of_range", JULY, GAD, "22"),
        ("undated", "", GAD, "5"),
        ("after_discharge", "2025-09-21", GAD, "5"),
        ("no_contact", JULY, GAD, "5"),
        ("before_first_contact", "2025-06-09", GAD, "5"),
        ("only_score", JUNE, GAD, "5"),
        # Both count, but there is no later one from the second contact on.
        ("no_later_score", JUNE, GAD, "5"),
        ("no_later_score", "2025-07-09", GAD, "6"),
        ("other_scale", JUNE, GAD, "5"),
        ("other_scale", JULY, GOALS, "5"),
        ("other_rater", JUNE, GAD, "5"),
        ("other_rater", JULY, CGAS, "5"),
    ]
    found = derived(referral_scores, submitted(scores, without_contacts="no_contact"))
    assert found.height == len(scores)
    wrong = found.filter(pl.col("ServiceRequestID") != pl.col("unpaired_because").fill_null(""))
    assert wrong.select("ServiceRequestID", "unpaired_because").rows() == []
    counting = found.filter("is_assessment")["ServiceRequestID"].unique().sort().to_list()
    assert counting == ["no_later_score", "only_score", "other_rater", "other_scale"]


def test_scores_submitted_more_than_once_or_under_another_person(derived: Derived) -> None:
    august = (
        block(
            "2025-08 MHS001MPI",
            "LocalPatientID PersonBirthDate",
            [("P1", "2012-05-01")],
        ),
        block(
            "2025-08 MHS101Referral",
            "LocalPatientID ServiceRequestID ReferralRequestReceivedDate",
            [("P1", "late", "2025-06-01"), ("P1", "twice", "2025-06-01")],
        ),
        block(
            "2025-08 MHS606CodedScoreAssessmentRefer",
            "ServiceRequestID AssToolCompTimestamp CodedAssToolType PersScore",
            [("late", "2025-08-01", GAD, "5")],
        ),
    )
    scores = [
        # A number written otherwise is another score.
        ("twice", JUNE, GAD, "5"),
        ("twice", JUNE, GAD, "5"),
        ("twice", JUNE, GAD, "5.0"),
        # The one in its own month stands for it, though it is another person's.
        ("late", "2025-08-01", GAD, "5"),
    ]
    found = derived(referral_scores, submitted(scores, *august))
    reasons = found.select("ServiceRequestID", "submitted_month", "row_number", "unpaired_because")
    assert sorted(reasons.rows()) == [
        ("late", 1505, 1, "other_person"),
        ("late", 1506, 4, "repeated"),
        ("twice", 1506, 1, "no_later_score"),
        ("twice", 1506, 2, "repeated"),
        ("twice", 1506, 3, "no_later_score"),
    ]


CHANGES = [
    ("higher is better: improved by the threshold", CGAS, "50", "61", "improved"),
    ("higher is better: deteriorated", CGAS, "61", "50", "deteriorated"),
    ("higher is better: by less", CGAS, "50", "60", "unchanged"),
    ("lower is better: improved", GAD, "10", "6", "improved"),
    ("lower is better: deteriorated", GAD, "6", "10", "deteriorated"),
    ("lower is better: by less", GAD, "6", "9", "unchanged"),
    # 6.5999994 in the 32 bits of the national tables, where the threshold is 6.6.
    ("just too little in 32 bits", ORS, "1.8", "8.4", "unchanged"),
    # T-scores at 13 years: 7 / 3.91 * 10 is 17.9, 6 / 3.91 * 10 is 15.3; the threshold is 17.73.
    ("RCADS: improved by its T-score", RCADS, "20", "13", "improved"),
    ("RCADS: by less", RCADS, "20", "14", "unchanged"),
]


def pairs_of(scores: list[tuple[str, str, str, str, str]]) -> list[Score]:
    return [
        (name, day, code, score)
        for name, code, *both, _ in scores
        for day, score in zip((JUNE, JULY), both, strict=True)
    ]


def test_what_changed_between_first_and_last(derived: Derived) -> None:
    more: list[Score] = [
        # Codes of two SNOMED versions are one scale.
        ("old and new code", JUNE, CORS_V1, "10"),
        ("old and new code", JULY, CORS_V2, "20"),
        # The middle one is not looked at; the last may be of the day of discharge.
        ("between", JUNE, GAD, "10"),
        ("between", JULY, GAD, "1"),
        ("between", DISCHARGE, GAD, "9"),
        # Two scores of the day of the second contact are two assessments, in order submitted.
        ("one day", JULY, GAD, "10"),
        ("one day", JULY, GAD, "2"),
    ]
    found = derived(score_pairs, submitted(pairs_of(CHANGES) + more))
    outcomes = {
        name: [
            change for change in ("improved", "deteriorated", "unchanged") if row[f"is_{change}"]
        ]
        for name, row in ((row["ServiceRequestID"], row) for row in found.to_dicts())
    }
    assert outcomes == {
        **{name: [expected] for name, *_, expected in CHANGES},
        "old and new code": ["improved"],
        "between": ["unchanged"],
        "one day": ["improved"],
    }


def test_rcads_without_a_norm_is_compared_raw(derived: Derived) -> None:
    scores = pairs_of([("raw", RCADS, "20", "13", "unchanged")])
    [pair] = derived(score_pairs, submitted(scores, gender="9")).to_dicts()
    assert pair["change"] == -7
    assert pair["is_unchanged"]


def test_any_deterioration_of_a_rater_cancels_improvement(derived: Derived) -> None:
    gad_better, gad_same, goals_worse = (
        (GAD, "10", "5", ""),
        (GAD, "5", "5.0", ""),
        (GOALS, "9", "3", ""),
    )
    scores = pairs_of(
        [
            ("better", *gad_better),
            ("better", GOALS, "3", "4", ""),
            ("worse", *gad_better),
            ("worse", *goals_worse),
            ("same", *gad_same),
            ("self better, clinician worse", *gad_better),
            ("self better, clinician worse", CGAS, "50", "30", ""),
        ]
    )
    single: list[Score] = [("by parent, as coded", JULY, HONOSCA_SELF_1, "2")]
    found = derived(closed_referral_outcomes, submitted(scores + single))
    flags = [name for name in found.columns if name.startswith("is_") and name != "is_own_team"]
    said = {
        row["ServiceRequestID"]: {flag for flag in flags if row[flag]} for row in found.to_dicts()
    }
    paired_self = {"is_assessed", "is_assessed_self", "is_paired", "is_paired_self"}
    clinician = {"is_assessed_clinician", "is_paired_clinician", "is_deteriorated_clinician"}
    assert said == {
        "better": {*paired_self, "is_improved_self"},
        "worse": {*paired_self, "is_deteriorated_self"},
        "same": {*paired_self, "is_unchanged_self"},
        "self better, clinician worse": {*paired_self, "is_improved_self", *clinician},
        "by parent, as coded": {"is_assessed", "is_assessed_parent"},
    }
