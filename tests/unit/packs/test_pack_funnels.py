"""What a pack says of funnels and of data quality."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.packs import Pack, check_privacy, render_html
from mhsds_recon.packs.model import Section, Table

ACCESS = {
    None: (1302, 1290, 1288, 1240, 1239, 1235, 1232),
    "TEAM1": (1290, 1280, 1278, 1232, 1231, 1229, 1229),
    "UNKNOWN": (60, 58, 58, 51, 4, 4, 3),
}
PAIRS = {None: (300, 290, 290, 288, 280, 270, 268, 220, 140, 140, 133, 131, 118, 61)}
QUALITY = {
    "MHS-DQM01": (1180, None, None, None, 20),
    "MHS-DQM04": (999, 0, 0, 1, 2),
    "MHS-DQM05": (900, 40, 30, 20, 3),
    "MHS-DQM33": (3, None, 0, 0, 997),
}
UNLISTED = "The tool is not on the national list, so the score cannot flow"
SCORES = {
    "Goals": {"paired": 62, "between": 17, "only_score": 13},
    "Old form": {"not_in_list": 11, "repeated": 9, "paired": 2},
    "Rare form": {"after_discharge": 4},
    "Small form": {"only_score": 12},
}


def section(pack: Pack, name: str) -> Section:
    return next(each for each in pack.sections if each.id == name)


def table(pack: Pack, name: str) -> Table:
    return next(each for one in pack.sections for each in one.tables if each.id == name)


@pytest.fixture
def pack(make_pack: Callable[..., Pack], month: SimpleNamespace) -> Pack:
    """A pack with funnels and an estimate."""
    funnels = month.funnels(
        {"access": ACCESS, "closed_referrals": PAIRS, "paired_scores": PAIRS},
        not_assessed={"clock_stops": "needs refsets"},
    )
    return make_pack(funnels=funnels, maturity=month.maturity(QUALITY, not_assessed=("MHS-DQM06",)))


def test_each_step_says_who_is_left_who_drops_out_and_why(pack: Pack) -> None:
    steps = table(pack, "access-steps")
    assert [column.name for column in steps.columns] == [
        *("Step", "People left", "Drop out", "Why")
    ]
    assert steps.rows[0] == (*("Contact or indirect work sent for the 12 months", "1,300", "", ""),)
    assert steps.rows[1] == (
        *("The contact took place, or it was indirect work", "1,290", "10"),
        "No contact is marked as having taken place.",
    )
    assert steps.rows[2][1:3] == ("1,290", "fewer than 5")
    assert steps.rows[-1][:2] == ("We know who the person is (this is the count)", "1,230")


def test_a_sentence_says_how_many_come_through(pack: Pack) -> None:
    assert (
        "Children and young people seen in 12 months: our records begin with about 1,300 people,"
        " and about 1,230 of these count."
    ) in section(pack, "access").sentences


def test_a_funnel_that_comes_after_another_starts_where_that_one_ends(pack: Pack) -> None:
    before, after = (table(pack, f"{name}-steps") for name in ("closed_referrals", "paired_scores"))
    assert (
        before.rows[-1][0]
        == after.rows[0][0]
        == "Had two contacts by the day it closed (this is the count)"
    )
    assert after.rows[0][2] == ""
    assert [column.name for column in after.columns][1:4] == [
        *("Referrals left", "Drop out", "People left")
    ]


def test_teams_say_where_most_drop_out_without_telling_a_small_number(pack: Pack) -> None:
    teams = {row[0]: row[1:] for row in table(pack, "access-teams").rows}
    assert teams["TEAM1"] == (
        *("Looked After Children Service", "1,290", "1,230", "50"),
        "Aged 18 or over at referral, or no age is known.",
    )
    assert teams["UNKNOWN"][1:4] == ("60", "*", "10")


def test_what_could_not_be_followed_is_named(pack: Pack) -> None:
    assert (
        "We could not follow these, as a list that we need was not given: Spells with a full clock"
        " stop."
    ) in section(pack, "waits").notes


def test_scores_say_why_they_form_no_pair(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(pairing=month.pairing(SCORES))
    reasons = {row[0]: row[1] for row in table(pack, "pairing-reasons").rows}
    assert reasons["All scores of closed referrals with two contacts"] == "130"
    assert reasons["First or last score of a pair"] == "65"
    assert reasons[UNLISTED] == "10"
    assert reasons["Scored after the referral closed"] == reasons["Not a number"] == "*"
    assert table(pack, "pairing-tools").rows == (
        ("Goals", "90", "60", "15", "The only score of the referral that counts"),
        ("Old form", "20", "*", "10", UNLISTED),
    )
    # The smallest are left out together, so that the sum of the others does not tell the rare one.
    assert [row[:2] for row in table(pack, "pairing-teams").rows] == [
        ("Team of Goals (Youth Offending Service)", "90"),
        ("Team of Old form", "20"),
    ]
    assert (
        "About 10 scores are on record here but cannot flow, as the tool is not on the national"
        " list."
    ) in section(pack, "outcomes").sentences


def test_too_few_scores_are_not_shown(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(pairing=month.pairing({"Goals": {"paired": 3}}))
    assert "pairing" not in str(section(pack, "outcomes").tables)


def test_items_that_would_add_most_come_first(pack: Pack) -> None:
    items = table(pack, "quality-items")
    assert [row[0] for row in items.rows][:2] == ["MHS-DQM33", "MHS-DQM05"]
    rows = {row[0]: row[2:] for row in items.rows}
    assert rows["MHS-DQM33"][-2:] == ("under 0.5", "23.70")
    assert rows["MHS-DQM04"][-2:] == ("over 99.5", "")
    assert rows["MHS-DQM05"] == ("995", "900", "40", "30", "20", "*", "94.7", "0.08")


def test_the_estimate_is_said_to_be_one(pack: Pack) -> None:
    said = " ".join(section(pack, "quality").sentences)
    assert "Our estimate of the data quality maturity index is 73.2%, from 4 items." in said
    assert "It is an estimate." in said
    assert "Items below 95%: 2 of 4." in said


def test_nothing_small_is_shown_and_the_gate_lets_it_pass(pack: Pack) -> None:
    for name in ("access-steps", "access-teams", "paired_scores-steps", "quality-items"):
        shown = table(pack, name)
        for index, column in enumerate(shown.columns):
            if column.kind == "count":
                assert not any(re.fullmatch(r"[0-4]", row[index]) for row in shown.rows)
    check_privacy({"pack.html": render_html(pack)}, pack=pack)


def test_an_internal_pack_is_exact(make_pack: Callable[..., Pack], month: SimpleNamespace) -> None:
    pack = make_pack(
        funnels=month.funnels({"access": ACCESS}),
        maturity=month.maturity(QUALITY),
        profile="internal",
    )
    assert table(pack, "access-steps").rows[1][1:3] == ("1,290", "12")
    assert table(pack, "access-teams").rows[1][2:5] == ("60", "3", "47")
    assert {row[0]: row[3:] for row in table(pack, "quality-items").rows}["MHS-DQM04"] == (
        *("999", "0", "0", "1", "2", "99.7", ""),
    )


def test_without_them_the_pack_says_so(make_pack: Callable[..., Pack]) -> None:
    pack = make_pack()
    assert section(pack, "quality").sentences[0].startswith("The data quality maturity index was")
    assert not [each for one in pack.sections for each in one.tables if "steps" in each.id]


def test_those_of_another_month_are_refused(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    funnels = month.funnels({"access": ACCESS})
    object.__setattr__(funnels, "provider", "RXX")
    with pytest.raises(UsageError, match="Funnels of RXX, 2025-09 cannot go into the pack"):
        make_pack(funnels=funnels)
