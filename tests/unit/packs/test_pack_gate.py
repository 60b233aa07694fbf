"""The privacy gate: what it refuses, and what it lets through."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import polars as pl
import pytest
import weasyprint
import xlsxwriter

from mhsds_recon.errors import PrivacyError
from mhsds_recon.frames import Engine, Extract, InputFile, extract_from_frames
from mhsds_recon.packs import (
    Identifiers,
    Pack,
    canonical_json,
    check_privacy,
    identifiers_of,
    render_html,
)
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.standard import Measure, Rule, Standard
from mhsds_recon.standard.nhs_numbers import is_nhs_number

PLANTED = {
    "an NHS number": "9434765919",
    "an NHS number with spaces": "943 476 5919",
    "an NHS number in full-width digits": "9434765919".translate(
        {digit: digit + 0xFEE0 for digit in range(48, 58)}
    ),
    "a postcode": "LS1 4AP",
    "a postcode without a space": "sw1a1aa",
    "a patient identifier": "pt-004711",
    "a referral identifier with spaces": "REF 00815/A",
    "a contact identifier": "880123",
}


@pytest.fixture
def identifiers(extract: Extract) -> Identifiers:
    return identifiers_of([extract])


def outputs(pack: Pack) -> dict[str, str | bytes]:
    return {"pack.html": render_html(pack), "pack.json": canonical_json(pack)}


def plant_in_measure_names(standard: Standard, text: str) -> Standard:
    measures: dict[str, Measure] = {
        name: msgspec.structs.replace(measure, name=f"Count {text}")
        for name, measure in standard.measures.items()
    }
    return msgspec.structs.replace(standard, measures=measures)


def plant_in_rules(standard: Standard, text: str) -> Standard:
    rules: dict[str, Rule] = dict(standard.rules)
    check = msgspec.structs.replace(rules["MHS10104"].check, element=text)
    rules["MHS10104"] = msgspec.structs.replace(rules["MHS10104"], check=check)
    return msgspec.structs.replace(standard, rules=rules)


def plant_in_tables(standard: Standard, text: str) -> Standard:
    tables = dict(standard.tables)
    tables["MHS001MPI"] = msgspec.structs.replace(tables["MHS001MPI"], title=text)
    return msgspec.structs.replace(standard, tables=tables)


def planted(place: str, text: str, standard: Standard, month: SimpleNamespace) -> dict[str, Any]:
    """Return changes of the inputs that carry a text into the pack."""
    figures = month.figures()
    changes: dict[str, dict[str, Any]] = {
        "provider name": {"provider_name": f"Trust of {text}"},
        "file name": {"files": (InputFile(name=text, sha256="0" * 64, size=9, rows=9),)},
        "software": {"software": text},
        "measure name": {"standard": plant_in_measure_names(standard, text)},
        "rule": {"standard": plant_in_rules(standard, text)},
        "table title": {"standard": plant_in_tables(standard, text)},
        "source": {"standard": msgspec.structs.replace(standard, sources=(text,))},
        "level": {
            "figures": replace(
                figures,
                frame=figures.frame.with_columns(
                    breakdown=pl.lit("Commissioning Region"),
                    primary_level_description=pl.lit(text),
                ).vstack(figures.frame),
            )
        },
        "published": {
            "pack_type": "B",
            "reconciliation": month.reconciliation(
                [month.compared("MHS95", 1232, "1230", "agree") | {"published": text}], {}
            ),
        },
    }
    return changes[place]


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_what_identifies_is_caught_and_never_repeated(identifiers: Identifiers, text: str) -> None:
    with pytest.raises(PrivacyError) as refused:
        check_privacy({"note.txt": f"Seen: {text}."}, identifiers=identifiers)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    "place",
    [
        "provider name",
        "file name",
        "software",
        "measure name",
        "rule",
        "table title",
        "source",
        "level",
        "published",
    ],
)
def test_planted_text_is_caught_wherever_it_comes_from(
    make_pack: Callable[..., Pack],
    standard: Standard,
    month: SimpleNamespace,
    identifiers: Identifiers,
    place: str,
) -> None:
    text = "9434765919 LS1 4AP pt-004711"
    pack = make_pack(**planted(place, text, standard, month))
    with pytest.raises(PrivacyError) as refused:
        check_privacy(outputs(pack), pack=pack, identifiers=identifiers)
    hits = str(refused.value).splitlines()
    for output in ("pack.html", "pack.json", "pack,"):
        for what in ("NHS number", "postcode", "identifier"):
            assert any(hit.startswith(f"- {output}") and what in hit for hit in hits), hits


def test_nhs_number_shown_as_a_count_is_caught() -> None:
    with pytest.raises(PrivacyError):
        check_privacy({"note.txt": "9,434,765,919 rows"})


def test_clean_packs_pass(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation, identifiers: Identifiers
) -> None:
    for profile in ("national", "internal"):
        pack = make_pack(profile=profile, pack_type="B", reconciliation=reconciliation)
        check_privacy(outputs(pack), pack=pack, identifiers=identifiers)


def test_hit_names_output_and_section(
    make_pack: Callable[..., Pack], standard: Standard, month: SimpleNamespace
) -> None:
    pack = make_pack(**planted("rule", "LS1 4AP", standard, month))
    with pytest.raises(
        PrivacyError, match=r"pack\.html, section 'rule-failures': text in the form"
    ):
        check_privacy(outputs(pack))


def test_identifiers_are_sought_on_every_engine(standard: Standard, engine: Engine) -> None:
    header = pl.DataFrame({"OrgIDProvider": ["RZZ"]})
    people = pl.DataFrame({"LocalPatientID": ["AB-1234", None, "7"]})
    extract = extract_from_frames(
        {"MHS000Header": header, "MHS001MPI": people}, standard=standard, engine=engine
    )
    found = identifiers_of([extract]).found_in(
        {"one": "x ab-1234.", "two": "AB 1234", "three": "7"}
    )
    assert found == ("one",)


def test_the_code_of_a_team_may_be_named_though_a_patient_has_it_too(standard: Standard) -> None:
    tables = {
        "MHS000Header": pl.DataFrame(
            {
                "OrgIDProvider": ["RZZ"],
                "ReportingPeriodStartDate": ["2025-09-01"],
                "ReportingPeriodEndDate": ["2025-09-30"],
            }
        ),
        "MHS001MPI": pl.DataFrame({"LocalPatientID": ["10234", "10235"]}),
        "MHS902ServiceTeamDetails": pl.DataFrame({"CareProfTeamLocalID": ["10234"]}),
    }
    found = identifiers_of([extract_from_frames(tables, standard=standard)]).found_in(
        {"team": "Team 10234", "patient": "Patient 10235"}
    )
    assert found == ("patient",)


def test_short_or_wordlike_identifiers_raise_no_false_alarm(identifiers: Identifiers) -> None:
    check_privacy({"note.txt": "42 rows are unknown"}, identifiers=identifiers)


def test_digests_raise_no_false_alarm() -> None:
    check_privacy({"note.txt": f"{'9434765919' * 6}abcd and then"})


def test_escaped_text_is_read_as_a_reader_would() -> None:
    with pytest.raises(PrivacyError):
        check_privacy({"page.html": "<p>LS1&#32;4AP</p>"})
    with pytest.raises(PrivacyError):
        check_privacy({"data.json": '{"a": "line\\n9434765919"}'})


@pytest.mark.parametrize(
    "text",
    ['{"rows": [{"NHS Number": 1}]}', "table,LocalPatientID\na,b", "<th>Post<b>code</b></th>"],
)
def test_columns_of_patient_level_data_are_refused(text: str) -> None:
    with pytest.raises(PrivacyError, match="column name"):
        check_privacy({"output": text})


@pytest.mark.parametrize(("profile", "passes"), [("national", False), ("internal", True)])
@pytest.mark.parametrize("cell", ["3", "-4", "+1"])
def test_small_count_is_refused_unless_the_pack_is_internal(
    make_pack: Callable[..., Pack], profile: str, cell: str, *, passes: bool
) -> None:
    table = Table(id="t", caption="T", columns=(Column(name="N", kind="count"),), rows=((cell,),))
    extra = Section(id="extra", title="Extra", sentences=(), tables=(table,))
    pack = make_pack(profile=profile)
    pack = msgspec.structs.replace(pack, sections=(*pack.sections, extra))
    if passes:
        check_privacy({}, pack=pack)
        return
    with pytest.raises(PrivacyError, match="section 'extra': a count from 1 to 4"):
        check_privacy({}, pack=pack)


@pytest.mark.parametrize(
    ("digits", "passes"),
    [("9434765919", True), ("9434765918", False), ("4010232137", True), ("1234567890", False)],
)
def test_nhs_number_check(digits: str, *, passes: bool) -> None:
    assert is_nhs_number(digits) is passes


def test_two_packs_cannot_be_subtracted_to_show_a_small_count(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    texts = []
    for value in (1230, 1232):
        figures = month.figures({**month.values, "MHS95": value})
        texts.append(canonical_json(make_pack(figures=figures)))
    assert texts[0] == texts[1]


def workbook_with(name: str, title: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title})
        book.add_worksheet(name).write(0, 0, "Nothing here")
    return out.getvalue()


def pdf_with(title: str, text: str) -> bytes:
    html = f"<html lang='en'><head><title>{title}</title></head><body>{text}</body></html>"
    written: bytes = weasyprint.HTML(string=html).write_pdf()
    return written


@pytest.mark.parametrize(
    "output",
    [
        '<p title="LS1 4AP">x</p>',
        "<svg><title>At LS1 4AP</title></svg>",
        "<svg><text>LS1 4AP</text></svg>",
        '<img alt="seen at LS1&#32;4AP">',
        workbook_with("LS1 4AP", "Pack"),
        workbook_with("Sheet", "Pack of LS1 4AP"),
        pdf_with("Pack of LS1 4AP", "Nothing"),
        pdf_with("Pack", "Seen at LS1 4AP"),
        "measure,level\nMHS95,LS1 4AP\n",
    ],
    ids=[
        "attribute",
        "chart title",
        "chart text",
        "alt",
        "sheet",
        "title",
        "pdf title",
        "pdf",
        "csv",
    ],
)
def test_every_corner_of_every_form_is_searched(output: str | bytes) -> None:
    with pytest.raises(PrivacyError, match="form of a postcode"):
        check_privacy({"output": output})
