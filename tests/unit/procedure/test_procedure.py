"""The trust's procedure: filled from its configuration, its policy and its calendar."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import msgspec
import pytest

from mhsds_recon.cli import app, run
from mhsds_recon.errors import DefinitionError
from mhsds_recon.packs.model import Section
from mhsds_recon.procedure import (
    Procedure,
    ProcedureConfig,
    build_procedure,
    load_procedure_config,
    load_procedure_words,
    render_procedure,
)
from mhsds_recon.procedure.word import write_word
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard.cut_offs import load_cut_offs

EXAMPLE = Path(__file__).parents[3] / "examples" / "procedure" / "trust.toml"
CONFIG = load_procedure_config(EXAMPLE)
WORDS, POLICY, CALENDAR = load_procedure_words(), load_policy(), load_cut_offs()


@pytest.fixture
def make() -> Callable[..., Procedure]:
    """A function that writes the procedure, with changes to the example's configuration."""

    def write(**changes: object) -> Procedure:
        config: ProcedureConfig = msgspec.structs.replace(CONFIG, **changes)
        return build_procedure(
            config, words=WORDS, policy=POLICY, calendar=CALENDAR, software="1.2.3"
        )

    return write


def section(procedure: Procedure, name: str) -> Section:
    return next(each for each in procedure.sections if each.id == name)


def commands(procedure: Procedure) -> list[str]:
    return [
        row[3]
        for each in procedure.sections
        for table in each.tables
        if len(table.columns) == 4
        for row in table.rows
        if row[3] != WORDS.no_command
    ]


def test_every_role_is_listed_with_its_holder_and_what_it_decides(
    make: Callable[..., Procedure],
) -> None:
    (table,) = section(make(people={"cyp_lead": "Service managers"}), "roles").tables
    rows = {row[0]: row[1:] for row in table.rows}
    assert list(rows) == list(POLICY.roles.values())
    assert rows["Children and young people's lead"][0] == "Service managers"
    assert "Access" in rows["Children and young people's lead"][1]
    assert rows["Preparer"] == ("Not named yet", "-")


def test_every_measure_group_names_who_decides(make: Callable[..., Procedure]) -> None:
    table = section(make(), "sign-off").tables[0]
    assert len(table.rows) == len(POLICY.groups)
    assert ("Upload", "Submission owner") in table.rows


def test_the_steps_of_the_month_are_those_of_the_calendar(make: Callable[..., Procedure]) -> None:
    table = section(make(), "month").tables[0]
    assert [row[0] for row in table.rows] == [
        "10 days before the cut-off",
        "7 to 4 days before the cut-off",
        "3 days before the cut-off",
        "The day before the cut-off",
        "The day of the cut-off",
    ]


@pytest.mark.parametrize("calendar", ["", "our calendar.toml"])
def test_every_command_can_be_parsed(make: Callable[..., Procedure], calendar: str) -> None:
    found = commands(make(calendar=calendar))
    assert len(found) > 10
    for command in found:
        program, *words = shlex.split(command)
        assert program == "mhsds-recon"
        app.parse_args(words, exit_on_error=False, print_error=False)
    assert any("our calendar.toml" in command for command in found) == bool(calendar)


def test_folders_with_a_blank_stay_one_word(make: Callable[..., Procedure]) -> None:
    folders = msgspec.structs.replace(CONFIG.folders, extracts=r"D:\our extracts")
    command = next(one for one in commands(make(folders=folders)) if " validate " in one)
    assert r'"D:\our extracts/YYYY-MM"' in command


def test_no_name_is_left_unfilled(make: Callable[..., Procedure]) -> None:
    text = re.sub(r"<style>.*?</style>", "", render_procedure(make()), flags=re.DOTALL)
    assert "$" not in text
    assert "Anytown Mental Health NHS Foundation Trust" in text
    assert "14 September 2026" in text


def test_what_a_trust_writes_is_text_and_not_markup(make: Callable[..., Procedure]) -> None:
    page = render_procedure(make(trust="<script>alert(1)</script> & Sons"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_has_one_heading_a_language_and_a_caption_for_each_table(
    make: Callable[..., Procedure],
) -> None:
    procedure = make()
    page = render_procedure(procedure)
    assert page.count("<h1") == 1
    assert 'lang="en-GB"' in page
    tables = sum(len(each.tables) for each in procedure.sections)
    assert page.count("<caption") == page.count("<table") == tables
    captions = [table.caption for each in procedure.sections for table in each.tables]
    titles = [each.title for each in procedure.sections]
    assert len(set(captions + titles)) == len(captions + titles)


def test_word_reads_the_same_sections_and_tables(make: Callable[..., Procedure]) -> None:
    procedure = make()
    document = docx.Document(BytesIO(write_word(procedure)))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings == [each.title for each in procedure.sections]
    tables = [table for each in procedure.sections for table in each.tables]
    assert len(document.tables) == len(tables)
    for shown, table in zip(document.tables, tables, strict=True):
        rows = [tuple(cell.text for cell in row.cells) for row in shown.rows]
        assert rows == [tuple(column.name for column in table.columns), *table.rows]
        assert 'w:tblHeader w:val="true"' in shown.rows[0]._tr.xml
    assert document.core_properties.title == procedure.title
    assert document.core_properties.language == "en-GB"


def test_a_trust_of_its_own_policy_and_calendar_gets_a_procedure_of_them(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(
        'source = "ours"\n[roles]\npreparer = "Maker"\n'
        'data_quality_reviewer = "Checker"\ncyp_lead = "Lead"\nsubmission_owner = "Owner"\n'
        'information_asset_owner = "Keeper"\nicb_recipient = "Commissioner"\n'
        '[[group]]\nid = "access"\ndecided_by = ["cyp_lead"]\n'
        '[exceptions]\napproved_by = ["submission_owner"]\n'
    )
    (tmp_path / "calendar.toml").write_text(
        '[[step]]\nid = "all"\ndays = [5, 2]\nwhat = "Everything at once"\nrole = "preparer"\n'
    )
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        "\nreview", '\npolicy = "policy.toml"\nreview'
    )
    text = text.replace("\nreview", '\ncalendar = "calendar.toml"\nreview')
    people = re.sub(r"(?m)^(caldicott|senior_information).*\n", "", text)
    (tmp_path / "trust.toml").write_text(people, encoding="utf-8")
    assert run(["sop", "--config", str(tmp_path / "trust.toml"), "--to", "html", "--quiet"]) == 0
    page = (tmp_path / "RZZ_procedure.html").read_text(encoding="utf-8")
    assert "Everything at once" in page
    assert "Maker" in page
    assert "Caldicott" not in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("[people]", "[people]\npreparers = 'x'"), "Did you mean 'preparer'"),
        (("review = 2027-09-30", ""), "missing required field `review`"),
        (("version =", "verson ="), "unknown field `verson`"),
        (('trust = "Anytown Mental Health NHS Foundation Trust"', 'trust = ""'), "length >= 1"),
        (('provider = "RZZ"', 'provider = "../RZZ"'), "matching regex"),
        (("[folders]", "[folders"), "no configuration of a procedure"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = tmp_path / "trust.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(DefinitionError, match=told):
        load_procedure_config(path).check_roles(POLICY.roles)


def test_words_that_name_what_is_not_there_are_refused(tmp_path: Path) -> None:
    ours = Path(__file__).parents[3] / "mhsds_recon" / "procedure" / "words" / "en_GB.toml"
    path = tmp_path / "words.toml"
    path.write_text(ours.read_text(encoding="utf-8").replace("$trust makes", "$trusts makes"))
    words = load_procedure_words(path)
    with pytest.raises(DefinitionError, match="trusts"):
        build_procedure(CONFIG, words=words, policy=POLICY, calendar=CALENDAR, software="1")


def test_another_form_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sop", "--config", str(EXAMPLE), "--to", "rtf"]) == 2
    assert "choose html, docx or both" in capsys.readouterr().err
