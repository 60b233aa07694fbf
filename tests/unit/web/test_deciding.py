"""What each role may read and decide."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from web_values import PASSWORD, Browser, Clock, site_in, write_pack

from mhsds_recon.actions import ACTION, Opened, action_to_content
from mhsds_recon.actions.entries import Effect
from mhsds_recon.history import History
from mhsds_recon.packs.words import load_words
from mhsds_recon.signoff import Decision, Exemption, PackMade
from mhsds_recon.web import Account, Site, shown
from mhsds_recon.workflow import actions_of, sign_off_entries

Open = Callable[[str], Browser]


def decisions(site: Site, made: PackMade) -> list[Decision]:
    entries = sign_off_entries(site.history, provider=made.provider, period=made.period)
    return [entry for entry in entries if isinstance(entry, Decision)]


def form(made: PackMade, group: str = "access") -> str:
    return f"/packs/{made.pack}/decisions/{group}"


def test_a_decision_is_recorded_with_the_account_s_name_role_and_pack(
    open_as: Open, site: Site, made: PackMade
) -> None:
    lead = open_as("ada")
    answer = lead.send(form(made), decision="agree", comment="As seen", name="Eve", role="boss")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/packs/{made.pack}?recorded=access",
    )
    (one,) = decisions(site, made)
    assert (one.name, one.role, one.recorded_by) == ("Ada Lead", "cyp_lead", "ada")
    assert (one.pack_sha256, one.extract_sha256) == (made.pack_sha256, made.extract_sha256)
    assert (one.at, one.comment) == (site.now(), "As seen")
    page = lead.get(answer.headers["location"]).text
    assert "Your entry on Access is in the record" in page
    forged = answer.headers["location"].replace("access", "outcomes")
    assert "is in the record" not in lead.get(forged).text
    assert "is in the record" not in open_as("bea").get(answer.headers["location"]).text
    assert "As seen" in lead.get(f"/packs/{made.pack}/record").text
    assert "The record is whole" in lead.get(f"/packs/{made.pack}/check").text
    assert "1 of" in lead.get("/").text


@pytest.mark.parametrize("account", ["sam", "pat", "vic"])
def test_who_is_no_lead_cannot_decide_on_access(
    open_as: Open, site: Site, made: PackMade, account: str
) -> None:
    person = open_as(account)
    assert person.get(form(made)).status_code == 403
    assert form(made) not in person.get(f"/packs/{made.pack}").text
    seen = {"decision": "agree", "seen": made.pack_sha256}
    answer = person.send(f"/packs/{made.pack}", place=form(made), **seen)
    assert answer.status_code == 403
    assert decisions(site, made) == []


def test_the_submission_owner_decides_on_the_upload_and_a_lead_does_not(
    open_as: Open, site: Site, made: PackMade
) -> None:
    assert open_as("ada").get(form(made, "upload")).status_code == 403
    answer = open_as("sam").send(form(made, "upload"), decision="agree")
    assert answer.status_code == 303
    assert decisions(site, made)[0].group == "upload"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Select what you decide."),
        ({"decision": "no_response"}, "Select what you decide."),
        ({"decision": "do_not_agree"}, "Not agreeing needs a reason."),
        ({"decision": "agree_with_conditions"}, "needs at least one."),
        ({"decision": "agree", "comment": "999 000 0018"}, "The comment holds a number that"),
    ],
)
def test_what_cannot_be_recorded_comes_back_with_what_was_typed(
    open_as: Open, site: Site, made: PackMade, typed: dict[str, str], told: str
) -> None:
    answer = open_as("ada").send(form(made), **typed)
    assert answer.status_code == 422
    assert answer.text.count(told) == 2  # on top, and beside the field
    assert ": --" not in answer.text
    assert typed.get("comment", "") in answer.text
    assert decisions(site, made) == []


def test_conditions_become_actions_that_a_viewer_cannot_close(
    open_as: Open, site: Site, made: PackMade
) -> None:
    conditions = "Send team A again\r\n\r\n<b>Check B</b>"
    open_as("ada").send(form(made), decision="agree_with_conditions", conditions=conditions)
    assert decisions(site, made)[0].conditions == ("Send team A again", "<b>Check B</b>")
    viewer, place = open_as("vic"), f"/actions/{made.provider}"
    page = viewer.get(place).text
    assert "Send team A again" in page
    assert "&lt;b&gt;Check B" in page
    assert f'href="{place}/1"' not in page
    assert viewer.get(f"{place}/1").status_code == 403
    assert viewer.send(place, place=f"{place}/1", outcome="done").status_code == 403
    preparer = open_as("pat")
    assert "needs a reason" in preparer.send(f"{place}/1", outcome="not_needed").text
    assert "Select how" in preparer.send(f"{place}/1").text
    assert preparer.send(f"{place}/1", outcome="done").status_code == 303
    closed = actions_of(site.history, made.provider)[-1]
    assert closed.closed is not None
    assert (closed.closed.name, closed.closed.recorded_by) == ("Pat Prep", "pat")
    assert preparer.get(f"{place}/1").status_code == 404
    assert "Done" in preparer.get(place).text
    assert preparer.get(f"{place}/9").status_code == 404


def test_small_effects_of_actions_are_hidden(open_as: Open, site: Site, made: PackMade) -> None:
    effects = (Effect(measure_id="MHS95", size=137), Effect(measure_id="MHS01", size=-3))
    opened = Opened(
        what="Look again",
        owner="preparer",
        due=site.now().date(),
        origin="hand",
        effects=effects,
        provider=made.provider,
        period=made.period,
        name="Pat",
        at=site.now(),
    )
    content = action_to_content(opened)
    site.history.state(
        ACTION, provider=made.provider, period=made.period, content=content, at=site.now()
    )
    page = open_as("vic").get(f"/actions/{made.provider}").text
    (expected,) = re.findall(r"Effect expected</dt>\s*<dd[^>]*>([^<]+)</dd>", page)
    assert "+140" in expected
    assert "MHS01: fewer than 5" in expected
    assert not re.search("137|-3", expected)


def test_an_action_is_added_by_hand_under_the_account(
    open_as: Open, site: Site, made: PackMade
) -> None:
    place, lead = f"/packs/{made.pack}/action", open_as("ada")
    assert "say what is to be done" in lead.send(place, owner="preparer").text
    assert "Select who does it" in lead.send(place, what="Add the clinic").text
    typed = {"what": "Add the clinic", "owner": "preparer", "day": "31", "month": "2"}
    refused = lead.send(place, **typed, year="2026")
    assert (refused.status_code, "Enter the day" in refused.text) == (422, True)
    assert 'value="preparer" checked' in refused.text
    answer = lead.send(place, **{**typed, "day": "27"}, year="2026")
    assert answer.headers["location"] == f"/actions/{made.provider}"
    (action,) = actions_of(site.history, made.provider)
    assert (action.opened.name, action.opened.recorded_by) == ("Ada Lead", "ada")
    assert (str(action.opened.due), action.opened.period) == ("2026-02-27", made.period)
    assert open_as("vic").get(place).status_code == 403


def test_that_nobody_answered_is_recorded_by_the_submission_owner(
    open_as: Open, site: Site, made: PackMade
) -> None:
    place, owner = f"/packs/{made.pack}/no-response/access", open_as("sam")
    for account in ("ada", "pat", "vic"):
        assert open_as(account).get(place).status_code == 403
    assert "Select the role" in owner.send(place, name="Ada Lead").text
    assert "Select the role" in owner.send(place, name="Ada Lead", role="preparer").text
    assert "needs the name" in owner.send(place, role="cyp_lead").text
    assert owner.send(place, name="Ada Lead", role="cyp_lead").status_code == 303
    (one,) = decisions(site, made)
    assert (one.decision, one.name, one.recorded_by) == ("no_response", "Ada Lead", "sam")
    assert "No response by the deadline" in owner.get(f"/packs/{made.pack}").text
    assert open_as("ada").send(form(made), decision="agree").status_code == 303
    late = owner.send(place, name="Ada Lead", role="cyp_lead")
    assert (late.status_code, "an answer already" in late.text) == (422, True)
    for group in ("nothing", "eating_disorder"):
        other = f"/packs/{made.pack}/no-response/{group}"
        assert owner.get(other).status_code == 404
        answer = owner.send(place, place=other, name="Ada Lead", role="cyp_lead")
        assert answer.status_code == 404


def test_an_exception_needs_an_approver_a_reason_and_a_day(
    open_as: Open, site: Site, made: PackMade
) -> None:
    place, owner = f"/packs/{made.pack}/exception", open_as("sam")
    for account in ("ada", "pat", "vic"):
        assert open_as(account).get(place).status_code == 403
    day = {"day": "31", "month": "12", "year": "2025"}
    for typed, told in (
        ({"reason": "Leave"} | day, "Select what"),
        ({"subject": "upload", "reason": "Leave"}, "Enter the last day"),
        ({"subject": "upload"} | day, "needs a reason"),
        ({"subject": "upload", "reason": "Leave"} | day | {"year": "2020"}, "exempts nothing"),
        ({"subject": "code", "code": "MHS9", "reason": "Leave"} | day, "Nothing is called"),
    ):
        answer = owner.send(place, **typed)
        assert answer.status_code == 422
        assert answer.text.count(told) == 2
    assert owner.send(place, subject="code", code="MHS95", reason="Known", **day).status_code == 303
    assert owner.send(place, subject="upload", reason="Leave", **day).status_code == 303
    entries = sign_off_entries(site.history, provider=made.provider, period=made.period)
    kept = [one for one in entries if isinstance(one, Exemption)]
    assert [(one.subject, one.name, one.recorded_by) for one in kept] == [
        ("MHS95", "Sam Owner", "sam"),
        ("upload", "Sam Owner", "sam"),
    ]
    record = open_as("vic").get(f"/packs/{made.pack}/record").text
    assert "31 December 2025" in record


def test_who_only_receives_the_pack_cannot_act(site: Site, made: PackMade) -> None:
    site.accounts.add(
        Account(account="icb", name="Ivy", roles=("icb_recipient",)), password=PASSWORD
    )
    browser = Browser(site)
    browser.sign_in("icb")
    assert browser.get(f"/packs/{made.pack}").status_code == 200
    for place in ("action", "exception", "decisions/access", "no-response/access"):
        assert browser.get(f"/packs/{made.pack}/{place}").status_code == 403


def test_two_leads_who_decide_at_the_same_moment_both_are_kept(
    open_as: Open, site: Site, made: PackMade
) -> None:
    leads = [open_as("ada"), open_as("bea")] * 4
    with ThreadPoolExecutor(len(leads)) as pool:
        answers = list(pool.map(lambda lead: lead.send(form(made), decision="agree"), leads))
    assert {answer.status_code for answer in answers} == {303}
    names = [one.name for one in decisions(site, made)]
    assert (names.count("Ada Lead"), names.count("Bea Lead")) == (4, 4)
    assert site.history.verify().is_whole


def test_a_decision_on_a_pack_that_was_made_again_is_refused(
    open_as: Open, site: Site, made: PackMade
) -> None:
    lead = open_as("ada")
    write_pack(site.packs, site.history, status="Not ready")
    answer = lead.send(form(made), decision="agree", seen=made.pack_sha256)
    assert answer.status_code == 409
    assert "made again" in answer.text
    assert decisions(site, made) == []


@pytest.mark.parametrize("ending", [".html", ".json"])
def test_a_changed_pack_is_neither_shown_nor_signed(
    open_as: Open, site: Site, made: PackMade, ending: str
) -> None:
    lead = open_as("ada")
    path: Path = site.packs / f"{made.pack}{ending}"
    path.write_bytes(path.read_bytes() + b" ")
    for place in ("", "/page", "/record", "/check", "/decisions/access"):
        answer = lead.get(f"/packs/{made.pack}{place}")
        assert answer.status_code == 409
        assert str(site.packs) not in answer.text
    path.unlink()
    assert lead.get(f"/packs/{made.pack}/page").status_code == 409


def test_the_pack_is_served_as_it_was_written_and_may_run_nothing(
    open_as: Open, site: Site, made: PackMade
) -> None:
    answer = open_as("vic").get(f"/packs/{made.pack}/page")
    assert answer.content == (site.packs / f"{made.pack}.html").read_bytes()
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert "script" not in policy


def test_a_pack_that_changes_after_it_was_shown_is_noticed(
    open_as: Open, site: Site, made: PackMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "_SETTLED_SECONDS", -1)
    reader, path = open_as("vic"), site.packs / f"{made.pack}.html"
    content = path.read_bytes()
    assert [reader.get(f"/packs/{made.pack}/page").content for _ in range(2)] == [content] * 2
    path.write_bytes(content.replace(b"Access", b"ACCESS", 1))
    assert reader.get(f"/packs/{made.pack}/page").status_code == 409
    path.write_bytes(content)
    assert reader.get(f"/packs/{made.pack}/page").content == content


def test_a_pack_in_a_folder_below_is_found_beside_a_changed_copy(
    open_as: Open, site: Site, made: PackMade
) -> None:
    folder = site.packs / "2025-09" / "final"
    folder.mkdir(parents=True)
    for ending in (".html", ".json"):
        path = site.packs / f"{made.pack}{ending}"
        content = path.read_bytes()
        (folder / path.name).write_bytes(content)
        path.write_bytes(content + b" ")
    assert open_as("vic").get(f"/packs/{made.pack}/page").status_code == 200


def test_a_pack_under_the_name_of_another_is_not_shown(
    open_as: Open, site: Site, made: PackMade
) -> None:
    other = write_pack(site.packs, site.history, version=2)
    for ending in (".html", ".json"):
        content = (site.packs / f"{made.pack}{ending}").read_bytes()
        (site.packs / f"{other.pack}{ending}").write_bytes(content)
    reader = open_as("vic")
    assert reader.get(f"/packs/{other.pack}/page").status_code == 409
    assert reader.get(f"/packs/{made.pack}/page").status_code == 200


def test_an_edited_record_is_noticed_within_a_minute(
    open_as: Open, site: Site, made: PackMade
) -> None:
    lead, place = open_as("ada"), f"/packs/{made.pack}/check"
    lead.send(form(made), decision="agree")
    assert "The record is whole" in lead.get(place).text
    with site.history.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER tr_recon_statement_append_only_update"))
        connection.execute(
            text("UPDATE recon_statement SET content = replace(content, 'Ada', 'Eve')")
        )
    clock = site.now
    assert isinstance(clock, Clock)
    clock.at += dt.timedelta(minutes=1)
    assert "holds was changed" in lead.get(place).text


def test_the_trust_s_own_cut_offs_and_the_days_left_are_shown(
    tmp_path: Path, history: History, made: PackMade
) -> None:
    calendar = tmp_path / "calendar.toml"
    calendar.write_text('[[cut_off]]\nperiod = "2025-09"\nday = 2025-11-24\n', encoding="utf-8")
    browser = Browser(site_in(tmp_path, history, calendar=calendar))
    browser.sign_in("vic")
    for place in ("/", f"/packs/{made.pack}"):
        assert "24 November 2025, 4 days left" in browser.get(place).text


def test_a_pack_says_that_it_has_exact_counts_or_that_there_is_a_later_one(
    open_as: Open, site: Site, made: PackMade
) -> None:
    exact = write_pack(site.packs, site.history, profile="internal", version=2)
    before, after = (open_as("vic").get(f"/packs/{one.pack}").text for one in (made, exact))
    banner = load_words().say("banner_internal")
    assert (banner in before, banner in after) == (False, True)
    assert ("a later pack" in before, "a later pack" in after) == (True, False)
