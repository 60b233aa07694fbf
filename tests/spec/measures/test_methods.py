"""Counting methods, breakdowns and dated definitions, each on four contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import Engine, Reference, extract_from_frames
from mhsds_recon.measures import Figures, count
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.measure_files import assemble
from mhsds_recon.standard.measures import MeasureFile
from tests.spec.measures.conftest import header, read_tables

FOUR_CONTACTS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate | Gender | EthnicCategory | Postcode
P1             | 9990000001 | 2015-01-01      | 1      | A              | AB1 1AA
P2             | 9990000002 | 2014-01-01      | 2      | B              | AB1 1AB
P3             | 9990000003 | 2012-01-01      | 2      | Z              | AB1 1AC
P4             | 9990000004 | 2009-01-01      |        |                |

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-06-01
R2               | P2             | 2025-06-01
R3               | P3             | 2025-06-01
R4               | P4             | 2025-06-01

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-09-03   | 5            | 01
C2            | R1               | 2025-09-02   | 3            | 02
C3            | R2               | 2025-09-02   | 5            | 01
C4            | R3               | 2025-09-02   | 5            | 77
C5            | R4               | 2025-09-02   | 5            |
"""
SUB_ICBS = {
    "postcode": ["AB1 1AA", "AB1 1AB", "AB1 1AC"],
    "la_district": ["E06000001", "E06000001", "E06000001"],
    "sub_icb": ["Q1A", "Q1A", "Q2B"],
}
ATTENDED = {"kind": "one_of", "column": "AttendStatus", "codes": ["5"]}
AGE = {"cohort": "activity", "column": "AgeAtActivity", "where": [ATTENDED]}
PEOPLE = {"kind": "distinct", "cohort": "activity", "key": "Person_ID"}
NOBODY = [{"kind": "one_of", "column": "AttendStatus", "codes": ["9"]}]
BREAKDOWNS: list[dict[str, Any]] = [
    {"name": "Provider", "first": "Provider"},
    {
        "name": "Provider; Age Group",
        "first": "Provider",
        "second": "AgeAtActivity",
        "levels": [
            {"level": "Under 12", "description": "Aged under 12", "highest": 11},
            {"level": "12 to 15", "lowest": 12, "highest": 15},
            {"level": "18+", "lowest": 18},
        ],
        "other": "Other",
    },
    {
        "name": "Provider; Mechanism",
        "first": "Provider",
        "second": "ConsMechanismMH",
        "levels": [{"level": "Seen", "codes": ["01", "11"]}, {"level": "02"}],
        "other": "Invalid",
        "blank": "Missing",
    },
    {"name": "England; Gender", "first": "England", "second": "gender_group", "of": ["patient"]},
    {"name": "Provider; Attendance", "first": "Provider", "second": "AttendStatus"},
    {"name": "Provider; VODIM result (count)", "first": "Provider", "result": "count"},
    {"name": "Provider; VODIM result (percentage)", "first": "Provider", "result": "percentage"},
    {
        "name": "Sub ICB; Provider",
        "first": "sub_icb",
        "second": "Provider",
        "of": ["commissioner"],
        "needs": ["postcodes"],
    },
]
Counted: TypeAlias = Callable[..., Figures]


@pytest.fixture
def figures(standard: Standard, engine: Engine) -> Counted:
    """Count measures that are written out in the test."""

    def counted(*measures: dict[str, Any], reference: bool = True) -> Figures:
        given = [{**DEFAULTS, "id": f"M{place}", **one} for place, one in enumerate(measures, 1)]
        content = {"measure": given, "breakdown": BREAKDOWNS}
        defined, breakdowns, problems = assemble([msgspec.convert(content, MeasureFile)])
        assert problems == []
        tables = {**read_tables(FOUR_CONTACTS)["2025-09"], "MHS000Header": header("2025-09")}
        postcodes = engine.scan(pl.LazyFrame(SUB_ICBS))
        return count(
            [extract_from_frames(tables, standard=standard, engine=engine, name="2025-09")],
            standard=msgspec.structs.replace(standard, measures=defined, breakdowns=breakdowns),
            period=ReportingPeriod(2025, 9),
            reference=Reference(postcodes=postcodes) if reference else Reference(),
        )

    return counted


DEFAULTS: dict[str, Any] = {
    "name": "A measure",
    "group": "activity",
    "period": "month",
    "unit": "people",
    "disclosure": "bbrb_count",
    "breakdowns": ["Provider"],
    "source": "none",
    "count": PEOPLE,
}


def values(figures: Figures) -> list[float | None]:
    return figures.frame["exact_value"].to_list()


def by_level(figures: Figures) -> dict[str, float | None]:
    return dict(figures.frame["secondary_level", "exact_value"].rows())


def test_each_method_counts_the_rows_that_pass(figures: Counted) -> None:
    """Ages at the attended contacts are 10, 11, 13 and 16."""
    counted = figures(
        {"count": {"kind": "rows", "cohort": "activity", "where": [ATTENDED]}},
        {"count": {"kind": "sum", **AGE}},
        {"count": {"kind": "mean", **AGE}},
        {"count": {"kind": "mean", "decimals": 0, **AGE}},
        {"count": {"kind": "percentile", "at": 0.5, **AGE}},
        {"count": {"kind": "percentile", "at": 0.9, "decimals": 1, **AGE}},
        {"count": PEOPLE},
        {"count": {"kind": "rows", "cohort": "activity"}},
    )
    assert values(counted) == [4, 50, 12.5, 13, 12, 15.1, 4, 5]


def test_a_share_is_made_of_two_exact_measures_and_follows_its_numerator(figures: Counted) -> None:
    share = {"kind": "share", "numerator": "M2", "denominator": "M1", "decimals": 1}
    attended = {
        **PEOPLE,
        "where": [{"kind": "one_of", "column": "ConsMechanismMH", "codes": ["01"]}],
    }
    counted = figures(
        {},
        {"count": attended},
        {"count": share, "disclosure": "bbrb_percent"},
        {"count": {**share, "numerator": "M1", "denominator": "M2", "decimals": 0}},
    )
    rows = counted.frame.filter(pl.col("measure_id").is_in(["M3", "M4"]))
    assert rows["exact_value", "numerator", "denominator"].rows() == [(50, 2, 4), (200, 4, 2)]
    assert counted.frame["measure_value"].to_list() == ["*", "*", "*", "200"]


@pytest.mark.parametrize(("disclosure", "expected"), [("bbrb", 0), ("legacy", None)])
def test_nothing_to_count_is_nought_or_no_value(
    figures: Counted, disclosure: str, expected: float | None
) -> None:
    nobody = {"disclosure": f"{disclosure}_count", "count": {**PEOPLE, "where": NOBODY}}
    median = {"kind": "percentile", "at": 0.5, **AGE, "where": NOBODY}
    share = {"kind": "share", "numerator": "M1", "denominator": "M1"}
    percent = "bbrb_percent" if disclosure == "bbrb" else "legacy_proportion"
    counted = figures(nobody, {**nobody, "count": median}, {"count": share, "disclosure": percent})
    assert values(counted) == [expected] * 3
    assert set(counted.frame["measure_value"]) == {"*"}


def test_levels_are_ranges_or_codes_with_others_and_blanks(figures: Counted) -> None:
    contacts = {"count": {"kind": "rows", "cohort": "activity"}}
    by_age = figures({**contacts, "breakdowns": ["Provider; Age Group"]})
    by_mechanism = figures({**contacts, "breakdowns": ["Provider; Mechanism"]})
    assert by_level(by_age) == {"12 to 15": 1, "Other": 1, "Under 12": 3}
    described = dict(by_age.frame["secondary_level", "secondary_level_description"].rows())
    assert described["Under 12"] == "Aged under 12"
    assert described["12 to 15"] == "12 to 15"
    assert by_level(by_mechanism) == {"02": 1, "Invalid": 1, "Missing": 1, "Seen": 2}


def test_a_dimension_is_joined_where_a_breakdown_asks_for_it(figures: Counted) -> None:
    by_gender = figures({"breakdowns": ["England; Gender"]})
    assert by_level(by_gender) == {"1": 1, "2": 2, "UNKNOWN": 1}
    assert set(by_gender.frame["primary_level"]) == {"England"}
    by_sub_icb = figures({"breakdowns": ["Sub ICB; Provider"]})
    rows = by_sub_icb.frame["primary_level", "secondary_level", "exact_value"].rows()
    assert rows == [("Q1A", "RZZ", 2), ("Q2B", "RZZ", 1), ("UNKNOWN", "RZZ", 1)]


def test_a_breakdown_without_its_reference_file_is_not_assessed(figures: Counted) -> None:
    counted = figures({"breakdowns": ["Provider", "Sub ICB; Provider"]}, reference=False)
    assert counted.frame["breakdown"].to_list() == ["Provider"]
    (refused,) = counted.not_assessed
    assert refused.breakdown == "Sub ICB; Provider"
    assert refused.reason == "needs postcodes"


def test_a_person_may_count_once_at_the_level_of_the_first_row(figures: Counted) -> None:
    """Child 1 was not seen on the second and seen on the third."""
    breakdowns = ["Provider; Attendance"]
    everywhere = figures({"breakdowns": breakdowns})
    once = figures({"breakdowns": breakdowns, "count": {**PEOPLE, "first_by": "ActivityDate"}})
    assert by_level(everywhere) == {"3": 1, "5": 4}
    assert by_level(once) == {"3": 1, "5": 3}


def test_results_of_a_quality_item_are_counts_and_percentages(figures: Counted) -> None:
    quality = {
        "kind": "quality",
        "cohort": "activity",
        "result": "AttendStatus",
        "levels": ["5", "3", "7"],
    }
    counted = figures(
        {
            "count": quality,
            "disclosure": "dq",
            "breakdowns": ["Provider; VODIM result (count)", "Provider; VODIM result (percentage)"],
        }
    )
    rows = counted.frame["secondary_level", "exact_value", "measure_value"].rows()
    assert rows == [
        ("5", 4, "*"),
        ("3", 1, "*"),
        ("7", 0, "*"),
        ("5", 80, "*"),
        ("3", 20, "*"),
        ("7", 0, "*"),
    ]


def test_the_definition_in_force_counts(figures: Counted) -> None:
    counted = figures(
        {"id": "M", "name": "Former", "last_month": "2025-08"},
        {"id": "M", "name": "Present", "first_month": "2025-09", "last_month": "2025-09"},
        {"id": "M", "name": "Later", "first_month": "2025-10"},
    )
    assert counted.frame["measure_name"].to_list() == ["Present"]


def test_a_period_that_is_never_published_is_counted_apart(figures: Counted) -> None:
    counted = figures({"period": "rolling quarter", "unpublished_periods": ["rolling 12 months"]})
    assert counted.frame.height == 1
    assert counted.unpublished is not None
    assert str(counted.unpublished["reporting_period_start"].item()) == "2024-10-01"
    assert counted.unpublished["exact_value"].item() == 4
    assert counted.unpublished["measure_value"].to_list() == [None]
    assert counted.published().height == 1
    assert counted.exact()["MEASURE_VALUE"].to_list() == ["*", None]
