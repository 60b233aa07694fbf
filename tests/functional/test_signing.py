"""From a pack to a signed-off extract: sign, gate, uploaded, exempt and record."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

Command = Callable[..., tuple[int, str, str]]
LEAD = ("--name", "Ada Lead", "--role", "cyp_lead")
OWNER = ("--name", "Sam Owner", "--role", "submission_owner")
AGREE = ("--decision", "agree")
PERIOD = "2025-09"
GROUPS = ("access", "waits", "outcomes", "activity")


@pytest.fixture
def place(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, whose history the commands of a test use."""
    copy = shutil.copytree(packed, tmp_path / "trust")
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(copy / "history.sqlite"))
    return copy


@pytest.fixture
def page(place: Path) -> Path:
    """The page of the pack."""
    return place / "packs" / "RZZ_2025-09_A_v1.html"


@pytest.fixture
def extract(place: Path) -> Path:
    """The extract that the pack was made of."""
    return place / "extracts" / "2025-09"


def groups_of(page: Path) -> list[str]:
    """Return the measure groups that a pack has figures for."""
    groups = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["groups"]
    return [group["id"] for group in groups if group["has_figures"]]


def sign_all(command: Command, page: Path) -> None:
    assert command("sign", page, "--group", *groups_of(page), *AGREE, *LEAD)[0] == 0
    assert command("sign", page, "--group", "upload", *AGREE, *OWNER)[0] == 0


def test_the_gate_opens_once_all_have_agreed_and_shuts_when_one_byte_changes(
    command: Command, page: Path, extract: Path
) -> None:
    code, out, err = command("gate", extract)
    reasons = out.splitlines()
    assert (code, err, len(reasons)) == (4, "", len(groups_of(page)) + 1)
    assert reasons[0] == "access: nobody has decided yet."
    assert command("sign", page, "--group", *groups_of(page), *AGREE, *LEAD)[0] == 0
    assert command("gate", extract)[:2] == (4, "upload: nobody has decided yet.\n")
    assert command("sign", page, "--group", "upload", *AGREE, *OWNER)[0] == 0
    code, out, _ = command("gate", extract)
    assert code == 0
    assert out.startswith("Signed off: extract ")
    assert command("gate", extract, "--quiet") == (0, "", "")

    path = extract / "MHS101Referral.csv"
    content = path.read_bytes()
    place = content.rindex(b"1")
    path.write_bytes(content[:place] + b"2" + content[place + 1 :])
    code, out, _ = command("gate", extract)
    assert code == 4
    assert "No pack was made of this extract" in out
    assert "access: the extract has changed since it was decided on." in out
    path.write_bytes(content)
    assert command("gate", extract)[0] == 0
    assert command("history", "verify")[0] == 0


def test_the_gate_shuts_when_a_decision_was_edited_in_the_database(
    command: Command, page: Path, extract: Path, place: Path
) -> None:
    sign_all(command, page)
    refusal = ("--decision", "do_not_agree", "--comment", "A team is missing")
    assert command("sign", page, "--group", "access", *refusal, *LEAD)[0] == 0
    assert "access: the last decision is not to agree." in command("gate", extract)[1]
    engine = create_engine(f"sqlite:///{place / 'history.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER tr_recon_statement_append_only_update"))
        change = "replace(content, 'do_not_agree', 'agree')"
        connection.execute(text(f"UPDATE recon_statement SET content = {change}"))  # noqa: S608
    engine.dispose()
    code, out, _ = command("gate", extract)
    assert code == 4
    assert "(decision) holds was changed" in out
    assert command("history", "verify")[0] == 1


def test_a_pack_made_again_says_which_decisions_stand(
    command: Command, page: Path, extract: Path
) -> None:
    def decided(version: int) -> dict[str, tuple[str, ...]]:
        words = ("--period", "2025-09", "--output", page.parent, "--quiet")
        assert command("pack", extract.parent, *words)[0] == 0
        pack = json.loads((page.parent / f"RZZ_2025-09_A_v{version}.json").read_bytes())
        (panel,) = (one for one in pack["sections"] if one["id"] == "sign-off")
        return {row[0]: tuple(row[-2:]) for row in panel["tables"][0]["rows"]}

    comment = ("--comment", "Two teams are late.")
    command("sign", page, "--group", "access", *AGREE, *LEAD, *comment)
    panel = decided(2)
    assert panel["Access"][0] == "Agreed"
    assert panel["Access"][1].startswith("Ada Lead, Children and young people's lead, ")
    assert panel["Access"][1].endswith("Two teams are late.")
    assert panel["Waits"] == ("Awaiting", "Not given yet")
    path = extract / "MHS101Referral.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    again = ("Awaiting: an earlier decision was on another file", "Not given yet")
    assert decided(3)["Access"] == again


def test_whoever_prepared_the_pack_cannot_open_the_gate_alone(
    command: Command, page: Path, extract: Path
) -> None:
    name = ("--name", "Pat Prep")
    command("sign", page, "--group", *groups_of(page), *AGREE, *name, "--role", "cyp_lead")
    command("sign", page, "--group", "upload", *AGREE, *name, "--role", "submission_owner")
    code, out, _ = command("gate", extract)
    assert (code, out) == (4, "Whoever prepared the pack cannot be the only one to sign it.\n")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--group", "access", *AGREE, *OWNER), 2, "cannot decide on 'access'"),
        (("--group", "upload", *AGREE, *LEAD), 2, "that is for: Submission owner"),
        (("--group", "access", "--decision", "no", *LEAD), 2, "No decision 'no'"),
        (("--group", "access", "--decision", "do_not_agree", *LEAD), 2, "--comment"),
        (("--group", "access", *AGREE, *LEAD, "--comment", "999 000 0018"), 1, "privacy gate"),
        (("--group", "access", *AGREE, *LEAD, "--comment", "at LS1 4AP"), 1, "privacy gate"),
        (("--group", "access", *AGREE, *LEAD, "--history", "none"), 2, "which history"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_reason(  # noqa: PLR0913, PLR0917
    command: Command, page: Path, extract: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    found, out, err = command("sign", page, *words)
    assert (found, out) == (code, "")
    assert told in err
    assert "999 000" not in err
    assert "access: nobody has decided yet." in command("gate", extract)[1]


@pytest.mark.parametrize("changed", [".html", ".json"])
def test_a_changed_pack_cannot_be_signed(command: Command, page: Path, changed: str) -> None:
    path = page.with_suffix(changed)
    path.write_text(path.read_text(encoding="utf-8").replace("September", "October"), "utf-8")
    for named in (page, page.with_suffix(".json")):
        code, _, err = command("sign", named, "--group", "access", *AGREE, *LEAD)
        assert code == 4
        assert "was changed since it was written" in err


def test_a_missed_deadline_is_recorded_and_is_no_agreement(
    command: Command, page: Path, extract: Path
) -> None:
    sign_all(command, page.with_suffix(".json"))
    silent = ("--decision", "no_response", *LEAD)
    code, _, err = command("sign", page, "--group", "access", *silent)
    assert code == 2
    assert "an answer already" in err
    assert command("gate", extract)[0] == 0
    assert command("sign", page, "--group", "eating_disorder", *silent)[0] == 0
    assert "eating_disorder: no_response, Ada Lead" in command("record", page)[1]


def test_an_upload_without_full_sign_off_needs_an_exemption_with_an_approver(
    command: Command, page: Path, extract: Path, tmp_path: Path
) -> None:
    file = tmp_path / "MHSDS.accdb"
    file.write_bytes(b"as uploaded")
    upload = ("uploaded", extract, *OWNER, "--submission", "SUB-42", "--file", file)
    code, _, err = command(*upload)
    assert code == 4
    assert "access: nobody has decided yet." in err
    why = ("--subject", "upload", "--reason", "Leads on leave")
    past = command("exempt", page, *why, "--expires", "2020-01-01", *OWNER)
    assert (past[0], "exempts nothing" in past[2]) == (2, True)
    assert command("exempt", page, *why, "--expires", "soon", *OWNER)[0] == 2
    assert command("exempt", page, *why, "--expires", "2999-12-31", *LEAD)[0] == 2
    assert command("exempt", page, *why, "--expires", "2999-12-31", *OWNER)[0] == 0
    assert command(*upload)[0] == 0
    code, out, _ = command("gate", extract)
    assert code == 4
    assert "exempted until 2999-12-31: upload, Sam Owner" in out
    record = command("record", page)[1]
    assert "submission SUB-42" in record
    assert "Leads on leave" in record


def test_the_record_is_printed_and_written_beside_the_pack(
    command: Command, page: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("--decision", "agree_with_conditions", "--condition", "Resend May")
    command("sign", page, "--group", "access", *given, *LEAD, "--comment", "Team list checked")
    code, out, _ = command("record", page)
    assert code == 0
    assert "Sign-off: not complete" in out
    assert "condition: Resend May; comment: Team list checked" in out
    path = page.with_name("RZZ_2025-09_A_v1.signoff.json")
    before = path.read_bytes()
    record = json.loads(before)
    (decision,) = record["sign_offs"]
    assert (decision["conditions"], decision["decision"]) == (["Resend May"], given[1])
    assert record["pack"]["name"] == "Pat Prep"
    assert {file["role"] for file in record["inputs"]} == {"extract", "reference"}
    assert str(place) not in before.decode()
    assert set(record["results"]["measures"]) >= {"MHS95"}
    assert command("record", page)[0] == 0
    assert path.read_bytes() == before

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    command("sign", page, "--group", "access", *AGREE, *LEAD)
    monkeypatch.setattr(Path, "replace", fail)
    code, _, err = command("record", page)
    assert (code, "the disk is full" in err) == (3, True)
    assert path.read_bytes() == before
    assert not list(page.parent.glob(".writing-*"))


def test_a_policy_of_ones_own_decides_who_may(
    command: Command, page: Path, extract: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ours.toml"
    lines = ['source = "SOP 7"', '[roles]\nboss = "Boss"', '[exceptions]\napproved_by = ["boss"]']
    lines += [f'[[group]]\nid = "{group}"\ndecided_by = ["boss"]' for group in (*GROUPS, "upload")]
    path.write_text("\n".join(lines), encoding="utf-8")
    ours = ("--policy", path)
    boss = ("--name", "Bo", "--role", "boss")
    assert command("sign", page, "--group", *GROUPS, "upload", *AGREE, *boss, *ours)[0] == 0
    assert command("gate", extract, *ours)[0] == 0
    code, out, _ = command("gate", extract)
    assert code == 4
    assert "access: whoever agreed has no role that may." in out


def test_a_rebuilt_pack_gets_the_next_version(command: Command, place: Path) -> None:
    words = ["pack", place / "extracts", "--period", PERIOD, "--output", place / "packs"]
    assert command(*words)[0] == 0
    names = sorted(path.name for path in (place / "packs").glob("*.html"))
    assert names == ["RZZ_2025-09_A_v1.html", "RZZ_2025-09_A_v2.html"]


def test_a_pack_is_written_in_every_form_asked_for_with_its_summary(
    command: Command, place: Path, tmp_path: Path
) -> None:
    published, output = place / "published.csv", tmp_path / "packs"
    command("measures", place / "extracts", "--period", PERIOD, "--output", published)
    words = ["pack", place / "extracts", "--period", PERIOD, "--output", output]
    (tmp_path / "charts.toml").write_text('[[target]]\nmeasure = "CYP32"\nvalue = 9.0\n', "utf-8")
    words += ["--profile", "public", "--published", published]
    words += ["--trend-settings", tmp_path / "charts.toml"]
    assert command(*words, "--to", "html,xlsx")[0] == 0
    stem = "RZZ_2025-09_B_v1"
    assert {path.name.removeprefix(stem) for path in output.iterdir()} == {
        *(".html", ".xlsx", ".json", ".summary.json", ".reconciliation.csv"),
    }
    summary = json.loads((output / f"{stem}.summary.json").read_text(encoding="utf-8"))
    html = (output / f"{stem}.html").read_bytes()
    assert summary["profile"] == "public"
    assert summary["outputs"][f"{stem}.html"] == hashlib.sha256(html).hexdigest()
    assert len(html) < 1_500_000
    code, _, error = command(*words, "--to", "html,docx")
    assert code == 2
    assert "choose from html, xlsx, pdf" in error


def test_silence_is_recorded_after_the_last_day_for_answers_only(
    command: Command, page: Path, tmp_path: Path
) -> None:
    silent = ("--group", "access", "--decision", "no_response", *LEAD)
    dates = tmp_path / "dates.toml"
    dates.write_text('[[cut_off]]\nperiod = "2025-09"\nday = 2999-10-24\n', "utf-8")
    code, _, err = command("sign", page, *silent, "--calendar", dates)
    assert code == 2
    assert "the last day for them is 2999-10-23 (by dates.toml)" in err
    assert command("sign", page, *silent)[0] == 0


def test_conditions_are_due_by_the_calendar_that_is_given(
    command: Command, page: Path, tmp_path: Path
) -> None:
    """By ours they are due ten days before a cut-off, by this file on the day itself."""
    step = 'id = "extract"\ndays = [0, 0]\nwhat = "Make the extract"\nrole = "preparer"\n'
    dates = tmp_path / "dates.toml"
    dates.write_text(f"[[step]]\n{step}", "utf-8")
    given = ("--decision", "agree_with_conditions", "--condition")
    for condition, calendar in (("Resend May", ()), ("Resend June", ("--calendar", dates))):
        words = ("--group", "access", *given, condition, *LEAD, *calendar)
        assert command("sign", page, *words)[0] == 0
    listed = command("actions", "list", "--provider", "RZZ")[1]
    due = re.findall(r"due (\d{4}-\d\d-\d\d)", listed)
    assert len(set(due)) == 2, listed


def test_the_record_says_to_whom_a_pack_was_given_and_how_it_was_made(
    command: Command, page: Path
) -> None:
    by = ("--name", "Pat Prep")
    assert command("distribute", page, "--to", "icb_recipient", "cyp_lead", *by)[0] == 0
    code, _, err = command("distribute", page, "--to", "press", *by)
    assert (code, "No role 'press'" in err) == (2, True)
    out = command("record", page)[1]
    assert "to icb_recipient, cyp_lead, by Pat Prep (preparer)" in out
    record = json.loads(page.with_name(f"{page.stem}.signoff.json").read_text("utf-8"))
    (given,) = record["distribution"]
    assert (given["profile"], given["pack"]) == ("national", page.stem)
    assert set(record["pack"]["configuration"]) == {"definitions", "words", "trend_settings"}
    assert f"configuration {record['configuration_sha256']}" in out
    assert {file["read_at"] for file in record["inputs"]} == {record["pack"]["at"]}
    assert command("history", "verify")[0] == 0
