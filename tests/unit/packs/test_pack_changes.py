"""What a pack says has changed, and which decisions stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import msgspec
import polars as pl
import pytest

from mhsds_recon.measures import Figures
from mhsds_recon.packs import Pack
from mhsds_recon.packs.model import Section
from mhsds_recon.signoff import Decision, GroupStanding
from mhsds_recon.standard import ReportingPeriod, Standard

PERIOD = ReportingPeriod(2025, 9)
CODES = "eating_disorder_treatment"
STEADY = [100.0 + place % 3 * 10 for place in range(17)]


def section(pack: Pack, name: str) -> Section:
    return next(each for each in pack.sections if each.id == name)


def caseload(period: ReportingPeriod, *teams: str) -> Figures:
    """Return the caseload of local teams."""
    frame = pl.DataFrame(
        [("Local team", team, "Youth Offending Service", "LOC04", 40.0, "40") for team in teams],
        (
            *("breakdown", "primary_level", "primary_level_description"),
            *("measure_id", "exact_value", "measure_value"),
        ),
        orient="row",
    )
    return Figures(provider="RZZ", period=period, frame=frame, missing_months={})


def test_the_most_important_changes_are_said_and_each_kind_before_a_second_of_any(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    values = {**month.values, "ED88": 35, "ED89": 20}
    pack = make_pack(
        figures=month.figures(values),
        previous_figures=month.figures_before({**values, "MHS95": 990}),
        previous_validation=month.validation_before(
            failures=[*month.failures[:2], ("MHS10101", "warning", "MHS101Referral", None, 9)],
            file_codes=("MHSREJ004",),
        ),
        teams=caseload(PERIOD, "T1"),
        previous_teams=caseload(PERIOD.back(1), "T1", "T2"),
        trends=(month.trend("MHS30d", [*STEADY, 400.0]), month.trend("CYP32", [*STEADY, 400.0])),
    )
    said = section(pack, "changes").sentences
    assert [sentence.split(":")[0] for sentence in said] == [
        "Last month's file would be turned down. This month's would be let in.",
        "Checks that failed this month and not last month",
        "Teams that had figures last month and have none now",
        "More than usual ups and downs",
        "Do not set these figures beside those of earlier months",
    ]
    assert said[1].endswith(": 2. Those that turn records down: 1.")
    assert said[2].endswith(": T2 (Youth Offending Service).")
    assert said[3].count("(above the usual range)") == 2
    assert "Eating disorders and other pathways. The reason: the definition" in said[4]


@pytest.mark.parametrize(
    ("change", "is_said"),
    [
        ({"first_month": "2025-09"}, True),
        ({"last_month": "2025-08"}, True),
        ({"first_month": "2025-08"}, False),
        ({"last_month": "2025-09"}, False),
    ],
)
def test_codes_that_begin_or_end_to_count_are_said_where_they_matter(
    make_pack: Callable[..., Pack],
    month: SimpleNamespace,
    standard: Standard,
    change: dict[str, str],
    *,
    is_said: bool,
) -> None:
    dated = standard.dated_codes[CODES]
    codes = (msgspec.structs.replace(dated.codes[0], **change),)
    lists = {**standard.dated_codes, CODES: msgspec.structs.replace(dated, codes=codes)}
    changed = msgspec.structs.replace(standard, dated_codes=lists)
    said = "From this month on, other codes count as treatment of an eating disorder."
    with_figures = make_pack(standard=changed, figures=month.figures({**month.values, "ED88": 35}))
    assert (said in section(with_figures, "changes").sentences) == is_said
    assert said not in section(make_pack(standard=changed), "changes").sentences


def test_a_new_line_by_a_recorded_decision_is_said(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    begun = month.trend("MHS30d", STEADY)
    phase = replace(begun.phases[-1], start=PERIOD, reason="the clinic moved")
    pack = make_pack(trends=(replace(begun, phases=(*begun.phases[:-1], phase)),))
    assert (
        "Do not set these figures beside those of earlier months: Contacts that took place in the"
        " month. The reason: the clinic moved."
    ) in section(pack, "changes").sentences


def test_the_panel_shows_the_decision_that_stands_and_one_that_does_not(
    make_pack: Callable[..., Pack], decision: Decision
) -> None:
    made = msgspec.structs.replace(
        decision, decision="agree_with_conditions", conditions=("Add the new clinic.",), comment=""
    )
    decisions = (
        GroupStanding(group="access", state="agreed_with_conditions", decision=made),
        GroupStanding(group="waits", state="void", decision=made),
    )
    pack = make_pack(decisions=decisions, roles={"cyp_lead": "Lead"})
    (panel,) = section(pack, "sign-off").tables
    assert {row[0]: row[-2:] for row in panel.rows} == {
        "Access": (
            "Agreed with conditions",
            "Grace, Lead, 20 October 2025, 09:30 UTC. Add the new clinic.",
        ),
        "Waits": ("Awaiting: an earlier decision was on another file", "Not given yet"),
        "Outcomes": ("Awaiting", "Not given yet"),
        "Activity": ("Awaiting", "Not given yet"),
    }
