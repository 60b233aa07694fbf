"""Signing: what is recorded, what is refused, and what the history makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from signing_values import NOON, agree, decisions, stand

from mhsds_recon.errors import PrivacyError, ReconError, SignOffError, UsageError
from mhsds_recon.history import History
from mhsds_recon.packs.words import load_words
from mhsds_recon.signoff import PackMade, load_policy
from mhsds_recon.workflow import (
    exempt,
    governance_record,
    made_packs,
    open_pack,
    sign,
    write_record,
)

NHS_NUMBER, POSTCODE = "999 000 0018", "LS1 4AP"
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in "9990000018")
WritePack = Callable[..., Path]


def test_each_group_with_figures_and_the_upload_must_be_agreed(
    history: History, made: PackMade
) -> None:
    assert [one.group for one in stand(history, made).groups] == ["access", "outcomes", "upload"]
    agree(history, made, "access", "outcomes")
    assert stand(history, made).problems == ("upload: nobody has decided yet.",)
    agree(history, made, "upload")
    assert stand(history, made).is_signed_off
    assert history.verify().is_whole


def test_what_was_decided_comes_back_as_it_was_said(history: History, made: PackMade) -> None:
    moment = datetime.fromisoformat("2025-10-20T13:30:15+01:00")
    given = sign(
        history,
        made,
        groups=["access", "outcomes"],
        decision="agree_with_conditions",
        name=" Zoë  Lead ",
        role="cyp_lead",
        organisation="Other Trust",
        comment="Two teams\r\nare late ",
        conditions=[" Resend May ", ""],
        recorded_by="zlead",
        at=moment,
    )
    assert [one.group for one in given] == ["access", "outcomes"]
    assert decisions(history) == list(given)
    first = given[0]
    assert (first.name, first.comment) == ("Zoë Lead", "Two teams\nare late")
    assert first.conditions == ("Resend May",)
    assert first.at == moment
    assert first.at.isoformat() == "2025-10-20T13:30:15+01:00"
    assert (first.pack_sha256, first.extract_sha256) == (made.pack_sha256, made.extract_sha256)


def test_another_extract_is_not_signed_off_by_these_decisions(
    history: History, made: PackMade
) -> None:
    agree(history, made, "access", "outcomes", "upload")
    other = stand(history, made, extract_sha256="f" * 64)
    assert not other.is_signed_off
    assert "No pack was made of this extract" in other.problems[0]
    assert {one.state for one in other.groups} == {"void"}
    assert not stand(history, made, period="2025-08").is_signed_off
    assert not stand(history, made, provider="RXX").is_signed_off


def test_decisions_on_a_later_extract_leave_those_on_this_one_alone(
    history: History, made: PackMade, write_pack: WritePack
) -> None:
    agree(history, made, "access", "outcomes", "upload")
    later = open_pack(history, write_pack(history, version=2, extract_sha256="a" * 64))
    assert {one.state for one in stand(history, later).groups} == {"void"}
    agree(history, later, "access", decision="do_not_agree", comment="A team is missing")
    assert stand(history, made).is_signed_off
    assert stand(history, later).problems[0] == "access: the last decision is not to agree."


def test_a_role_that_a_later_policy_does_not_let_decide_does_not_count(
    history: History, made: PackMade, tmp_path: Path
) -> None:
    path = tmp_path / "lax.toml"
    path.write_text(
        'source = "x"\n[roles]\npreparer = "P"\ncyp_lead = "C"\n[exceptions]\napproved_by = []\n'
        + "".join(
            f'[[group]]\nid = "{name}"\ndecided_by = ["preparer"]\n'
            for name in ("access", "outcomes", "upload")
        ),
        encoding="utf-8",
    )
    lax = load_policy(path)
    for group in ("access", "outcomes", "upload"):
        agree(history, made, group, role="preparer", policy=lax)
    assert stand(history, made).problems[0] == "access: whoever agreed has no role that may."
    assert len(stand(history, made).problems) == 3


def test_whoever_prepared_the_pack_is_not_enough(history: History, made: PackMade) -> None:
    agree(history, made, "access", "outcomes", "upload", name="pat PREP")
    assert stand(history, made).problems == (
        "Whoever prepared the pack cannot be the only one to sign it.",
    )
    agree(history, made, "upload")
    assert stand(history, made).is_signed_off


def test_no_answer_is_recorded_and_never_stands_over_one(history: History, made: PackMade) -> None:
    silent = {"decision": "no_response", "name": "Ada Lead"}
    agree(history, made, "access", **silent)
    assert stand(history, made).problems[0] == "access: nobody answered by the deadline."
    agree(history, made, "access")
    with pytest.raises(UsageError, match="an answer already on: access"):
        agree(history, made, "access", **silent)
    (kept, answer) = decisions(history)
    assert (kept.decision, answer.decision) == ("no_response", "agree")
    late: dict[str, Any] = {**silent, "groups": ["outcomes"], "role": "cyp_lead", "at": NOON}
    agree(history, made, "outcomes")
    # Two who write at the same moment: the check above was made before the answer came.
    with pytest.raises(UsageError):
        sign(history, made, **late)
    history.state(
        "decision",
        provider="RZZ",
        period="2025-09",
        content=json.dumps(
            json.loads(history.statements("decision")[-1].content) | {"decision": "no_response"}
        ),
        at=NOON,
    )
    assert {one.group: one.state for one in stand(history, made).groups}["outcomes"] == "agreed"


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": f"See {NHS_NUMBER}"},
        {"comment": WIDE},
        {"comment": f"the family in {POSTCODE} again"},
        {"conditions": ("Resend May", f"Ask {NHS_NUMBER}"), "decision": "agree_with_conditions"},
        {"name": "9990000018"},
        {"organisation": POSTCODE},
    ],
    ids=["number", "wide digits", "postcode", "condition", "name", "organisation"],
)
def test_words_that_point_to_a_patient_are_not_kept(
    history: History, made: PackMade, changes: dict[str, Any]
) -> None:
    with pytest.raises(PrivacyError, match="nothing was recorded") as refused:
        agree(history, made, "access", **changes)
    assert not re.search(f"999|LS1|{WIDE}", str(refused.value))
    assert decisions(history) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"decision": "agreed"}, "Did you mean 'agree'"),
        ({"groups": []}, "Say which groups: access"),
        ({"groups": ["access", "acces"]}, "Did you mean 'access'"),
        ({"groups": ["acces"], "decision": "no_response"}, "Did you mean 'access'"),
        ({"name": " "}, "needs the name"),
        ({"at": NOON.replace(tzinfo=None)}, "needs an offset"),
        ({"comment": "a" * 4001}, "over 4,000 characters"),
        ({"comment": "red \x1b[31m"}, "cannot be printed"),
        ({"name": "caf\udce9"}, "cannot be printed"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_whole(
    history: History, made: PackMade, changes: dict[str, Any], told: str
) -> None:
    usual = {"groups": ["access"], "decision": "agree", "name": "Ada", "role": "cyp_lead"}
    with pytest.raises(UsageError, match=re.escape(told)):
        sign(history, made, **{**usual, "at": NOON, **changes})
    assert decisions(history) == []


def test_a_pack_is_found_by_its_page_and_by_its_json(
    history: History, write_pack: WritePack
) -> None:
    page = write_pack(history)
    again = write_pack(history, version=2)
    assert open_pack(history, page).version == 1
    assert open_pack(history, again.with_suffix(".json")).version == 2
    assert [pack.version for pack in made_packs(history, provider="RZZ", period="2025-09")] == [
        1,
        2,
    ]
    assert made_packs(history, provider="RXX") == ()


@pytest.mark.parametrize("changed", [".html", ".json"])
@pytest.mark.parametrize("named", [".html", ".json"])
def test_a_changed_pack_is_refused(
    history: History, write_pack: WritePack, changed: str, named: str
) -> None:
    page = write_pack(history)
    path = page.with_suffix(changed)
    path.write_bytes(path.read_bytes().replace(b"Ready", b"READY", 1))
    with pytest.raises(SignOffError, match="was changed since it was written"):
        open_pack(history, page.with_suffix(named))


def test_a_pack_that_the_history_does_not_hold_is_refused(
    history: History, write_pack: WritePack, tmp_path: Path
) -> None:
    page = write_pack(history)
    with (
        History.open(tmp_path / "other.sqlite") as other,
        pytest.raises(SignOffError, match="does not hold the pack"),
    ):
        open_pack(other, page)
    with pytest.raises(UsageError, match="is no pack"):
        open_pack(history, tmp_path / "other.sqlite")
    with pytest.raises(ReconError, match=r"'gone\.html' cannot be read"):
        open_pack(history, tmp_path / "gone.html")


def test_an_exemption_names_what_is_known_and_lets_an_upload_go_ahead_until_its_last_day(
    history: History, made: PackMade
) -> None:
    agree(history, made, "access")
    last = NOON.date() + timedelta(days=9)
    usual: dict[str, Any] = {
        "reason": "Lead on leave",
        "expires": last,
        "name": "Sam Owner",
        "role": "submission_owner",
        "at": NOON,
    }
    for subject in ("outcomes", "MHS10101"):
        exempt(history, made, subject=subject, **usual)
    assert not stand(history, made).may_upload(last)
    exempt(history, made, subject="upload", **usual)
    found = stand(history, made)
    assert not found.is_signed_off
    assert found.may_upload(last)
    assert not found.may_upload(last + timedelta(days=1))
    assert [one.subject for one in found.exemptions] == ["outcomes", "MHS10101", "upload"]
    for changes, told in (
        ({"subject": "outcome"}, "Did you mean 'outcomes'"),
        ({"subject": "upload", "expires": date(2025, 10, 19)}, "exempts nothing"),
        ({"subject": "upload", "role": "cyp_lead"}, "cannot approve"),
        ({"subject": "upload", "reason": " "}, "needs a reason"),
    ):
        with pytest.raises(UsageError, match=told):
            exempt(history, made, **{**usual, **changes})
    with pytest.raises(PrivacyError):
        exempt(history, made, subject="upload", **{**usual, "reason": NHS_NUMBER})


def test_the_record_says_all_and_is_the_same_each_time(
    history: History, made: PackMade, write_pack: WritePack, tmp_path: Path
) -> None:
    second = open_pack(history, write_pack(history, version=2))
    agree(history, second, "access", comment="Checked")
    record = governance_record(history, second)
    assert (record.supersedes, record.is_signed_off) == (made.pack, False)
    assert record.states == {"access": "agreed", "outcomes": "awaiting", "upload": "awaiting"}
    assert [file.role for file in record.inputs] == ["extract"]
    path = write_record(record, tmp_path)
    content = path.read_text(encoding="utf-8")
    assert path.name == "RZZ_2025-09_A_v2.signoff.json"
    assert json.loads(content)["sign_offs"][0]["comment"] == "Checked"
    assert json.loads(content)["chain"]["entries"] == 5
    assert write_record(governance_record(history, second), tmp_path).read_text("utf-8") == content


def test_every_group_of_the_pack_is_one_that_somebody_decides_on() -> None:
    known = {group.id for group in load_policy().groups}
    assert set(load_words().sign_off_groups) <= known
