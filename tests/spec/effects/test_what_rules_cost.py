"""What a rule costs a measure: small tables in, losses and gains out, on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
import pytest

from mhsds_recon.effects import Effects, effects_of_rules
from mhsds_recon.errors import ExtractError
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.checks import Linked
from mhsds_recon.testing import table_rows
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Standard

Row: TypeAlias = dict[str, str]
Tables: TypeAlias = dict[str, list[Row]]
Weigh: TypeAlias = "Callable[..., Effects]"

PRIORITY, TEAM, COPIES, NO_REFERRAL = "MHS10123", "MHS20158", "MHS20143", "MHS20142"
NO_PRACTICE, TEAM_ORGANISATION = "MHS00145", "MHS90208"
TOO_LONG = "X" * 21


@pytest.fixture
def weigh(standard: Standard, engine: Engine) -> Weigh:
    """Weigh the rules named above, and all links, on tables of months up to September 2025."""

    def weighed(september: Tables, **earlier: Tables) -> Effects:
        months = {"2025-09": september, **{f"2025-{m[1:]}": t for m, t in earlier.items()}}
        own = {PRIORITY, TEAM, COPIES, TEAM_ORGANISATION}
        few = msgspec.structs.replace(
            standard,
            rules={
                code: rule
                for code, rule in standard.rules.items()
                if code in own or isinstance(rule.check, Linked)
            },
            link_order=tuple(
                code
                for code in standard.link_order
                if isinstance(standard.rules[code].check, Linked)
            ),
        )
        extracts = [
            extract_from_frames(
                {name: table_rows(name, *rows) for name, rows in with_header(t, month).items()},
                standard=standard,
                engine=engine,
                name=month,
            )
            for month, t in months.items()
        ]
        return effects_of_rules(
            [validate(extract, standard=few) for extract in extracts],
            standard=few,
            period=ReportingPeriod(2025, 9),
        )

    return weighed


def with_header(tables: Tables, month: str) -> Tables:
    period = ReportingPeriod.parse(month)
    dates = {
        "ReportingPeriodStartDate": str(period.start),
        "ReportingPeriodEndDate": str(period.end),
    }
    return {**tables, "MHS000Header": [{"OrgIDProvider": "RZZ", **dates}]}


def month(*people: str, day: str = "2025-09-10") -> Tables:
    """Return children with a practice, a referral and one attended contact each."""
    return {
        "MHS001MPI": [
            {"LocalPatientID": f"P{who}", "PersonBirthDate": "2012-05-01"} for who in people
        ],
        "MHS002GP": [{"LocalPatientID": f"P{who}"} for who in people],
        "MHS101Referral": [
            {
                "LocalPatientID": f"P{who}",
                "ServiceRequestID": f"R{who}",
                "ReferralRequestReceivedDate": day,
            }
            for who in people
        ],
        "MHS201CareContact": [contact(who, day) for who in people],
    }


def contact(who: str, day: str = "2025-09-10", **other: str) -> Row:
    return {
        "CareContactID": f"C{who}",
        "ServiceRequestID": f"R{who}",
        "CareContDate": day,
        "AttendStatus": "5",
        "ConsMechanismMH": "01",
        **other,
    }


def cost(effects: Effects, code: str, measure: str) -> tuple[float, float]:
    """Return what the rule removes alone, and what fixing it alone gains."""
    (row,) = effects.measures.filter(code=code, measure_id=measure).to_dicts()
    return row["removed_alone"], row["gained_by_fixing"]


def lost(effects: Effects, code: str) -> dict[str, Any]:
    """Return the row of a rule."""
    (row,) = effects.frame.filter(code=code).to_dicts()
    return {name: row[name] for name in ("rows", "people", "referrals", "contacts")}


def test_a_rejected_referral_takes_its_patient_and_contacts_along(weigh: Weigh) -> None:
    tables = month("1", "2", "3")
    tables["MHS101Referral"][0]["ClinRespPriorityType"] = "URGENT"
    effects = weigh(tables)
    assert cost(effects, PRIORITY, "MHS95") == (1, 1)
    assert cost(effects, PRIORITY, "MHS30d") == (1, 1)
    assert lost(effects, PRIORITY) == {"rows": 1, "people": 1, "referrals": 1, "contacts": 1}


def test_what_two_rules_reject_is_lost_to_both_and_gained_by_neither(weigh: Weigh) -> None:
    tables = month("1", "2", "3")
    tables["MHS101Referral"][0]["ClinRespPriorityType"] = "URGENT"
    tables["MHS201CareContact"][0]["OtherCareProfTeamLocalID"] = TOO_LONG
    tables["MHS201CareContact"][1]["OtherCareProfTeamLocalID"] = TOO_LONG
    effects = weigh(tables)
    assert cost(effects, PRIORITY, "MHS30d") == (1, 0)
    assert cost(effects, TEAM, "MHS30d") == (2, 1)


def test_a_second_contact_keeps_a_person_counted(weigh: Weigh) -> None:
    tables = month("1", "2")
    bad = contact("1", CareContactID="C9", OtherCareProfTeamLocalID=TOO_LONG)
    tables["MHS201CareContact"].append(bad)
    effects = weigh(tables)
    assert cost(effects, TEAM, "MHS95") == (0, 0)
    assert cost(effects, TEAM, "MHS30d") == (1, 1)


def test_all_copies_of_a_contact_go_and_count_once_when_let_through(weigh: Weigh) -> None:
    tables = month("1", "2")
    tables["MHS201CareContact"].append(contact("1"))
    effects = weigh(tables)
    assert cost(effects, COPIES, "MHS30d") == (1, 1)
    assert lost(effects, COPIES)["contacts"] == 2


def test_a_rule_is_weighed_as_if_links_that_lead_nowhere_held(weigh: Weigh) -> None:
    """The patient falls for want of a practice anyway, but not through the referral's rule."""
    tables = month("1", "2")
    tables["MHS002GP"].pop(0)
    tables["MHS201CareContact"][0]["OtherCareProfTeamLocalID"] = TOO_LONG
    effects = weigh(tables)
    assert lost(effects, TEAM) == {"rows": 1, "people": 0, "referrals": 0, "contacts": 1}
    assert lost(effects, NO_PRACTICE) == {"rows": 1, "people": 1, "referrals": 1, "contacts": 1}
    assert cost(effects, NO_PRACTICE, "MHS95") == (1, 0)
    assert cost(effects, NO_PRACTICE, "CYP32") == (0, 0)


def test_a_link_is_weighed_by_the_rows_whose_other_row_was_not_submitted(weigh: Weigh) -> None:
    tables = month("1", "2")
    tables["MHS101Referral"][0]["ClinRespPriorityType"] = "URGENT"
    tables["MHS201CareContact"].append(contact("9"))
    effects = weigh(tables)
    assert lost(effects, NO_REFERRAL) == {"rows": 2, "people": 0, "referrals": 0, "contacts": 1}
    found = effects.measures.filter(code=NO_REFERRAL, measure_id="MHS30d").to_dicts()[0]
    assert (found["removed_alone"], found["rows_read"], found["at_least"]) == (0, 1, True)


def test_forgiving_a_link_lets_its_rows_and_those_below_through(weigh: Weigh) -> None:
    tables = month("1", "2", "3")
    tables["MHS002GP"].pop(0)
    effects = weigh(tables)
    assert cost(effects, NO_PRACTICE, "MHS95") == (1, 1)
    assert cost(effects, NO_PRACTICE, "MHS30d") == (1, 1)


def test_a_rejection_stays_in_its_month(weigh: Weigh) -> None:
    august = month("1", "2", day="2025-08-10")
    august["MHS101Referral"][0]["ClinRespPriorityType"] = "URGENT"
    september = month("1", "2", "3")
    september["MHS201CareContact"][0]["AttendStatus"] = "7"
    effects = weigh(september, m08=august)
    assert cost(effects, PRIORITY, "MHS95") == (1, 1)
    assert cost(effects, PRIORITY, "MHS30d") == (0, 0)
    found = effects.measures.filter(code=PRIORITY, measure_id="MHS30d").to_dicts()[0]
    assert found["rows_read"] == 0


def test_months_after_the_period_do_not_count(weigh: Weigh) -> None:
    october = month("1", day="2025-10-10")
    october["MHS101Referral"][0]["ClinRespPriorityType"] = "URGENT"
    effects = weigh(month("1"), m10=october)
    assert effects.frame.is_empty()
    assert effects.by_effect().is_empty()


def test_a_rejected_team_is_lost_to_every_referral_to_it(weigh: Weigh) -> None:
    tables = month("1", "2")
    for referral in tables["MHS101Referral"]:
        referral["CareProfTeamLocalID"] = "T1"
    tables["MHS902ServiceTeamDetails"] = [
        {
            "CareProfTeamLocalID": "T1",
            "OrgIDCareProfTeamLocalID": TOO_LONG,
            "ServTeamTypeMH": "C05",
        }
    ]
    effects = weigh(tables)
    assert cost(effects, TEAM_ORGANISATION, "CYP32") == (2, 2)
    assert cost(effects, TEAM_ORGANISATION, "MHS95") == (0, 0)


def test_a_month_that_is_not_known_cannot_be_weighed(standard: Standard, engine: Engine) -> None:
    extract = extract_from_frames(
        {"MHS000Header": table_rows("MHS000Header", {"OrgIDProvider": "RZZ"})},
        standard=standard,
        engine=engine,
        name="undated",
    )
    with pytest.raises(ExtractError, match="'undated' cannot be read from its header"):
        effects_of_rules(
            [validate(extract, standard=standard)],
            standard=standard,
            period=ReportingPeriod(2025, 9),
        )
