"""What points to a patient is planted in every input, and looked for in everything that comes out.

Either the gate stops the command, naming the place and nothing else, or the plant is not carried.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mhsds_recon.cli import run
from mhsds_recon.packs.extracted import text_of
from mhsds_recon.testing import synthetic_trust

Command = Callable[..., tuple[int, str, str]]
NHS_NUMBER, POSTCODE, STAFF = "999 000 0018", "LS1 4AP", "PLANTASMITH"
PERIOD = ("--period", "2025-09")
BY = ("--name", "Ada Lead", "--role", "cyp_lead")
# Free text, codes with which local systems do as they like, and what becomes a name or a level.
CELLS = {
    "MHS001MPI": ("EthnicCategory", "LanguageCodePreferred", "OrgIDResidenceResp"),
    "MHS101Referral": ("OrgIDComm", "SourceOfReferralMH", "PrimReasonReferralMH"),
    "MHS102OtherServiceType": ("ServTeamTypeRefToMH",),
    "MHS201CareContact": ("ConsMechanismMH", "OrgIDComm", "ActLocTypeCode"),
    "MHS202CareActivity": ("FindingCode", "ObsCode", "CodeProcAndProcStatus"),
    "MHS607CodedScoreAssessmentAct": ("CodedAssToolType", "PersScore"),
    "MHS902ServiceTeamDetails": ("ServTeamTypeMH",),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one month of a very small trust, and its figures as if published."""
    folder = tmp_path_factory.mktemp("planted")
    synthetic_trust(months=1, people=100, seed=3).write(folder, format="csv")
    staff = folder / "extracts" / "2025-09" / "MHS901StaffDetails.csv"
    _plant(staff, ("CareProfLocalID",), STAFF)
    words = ["measures", folder / "extracts", *PERIOD, "--reference", folder / "reference"]
    words += ["--output", folder / "MHSDS Data_SepPerf_2025.csv", "--quiet"]
    assert run([str(word) for word in words]) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, whose history the commands of a test use."""
    copy = shutil.copytree(made, tmp_path / "trust")
    monkeypatch.setenv("MHSDS_RECON_HISTORY", str(copy / "out" / "history.sqlite"))
    (copy / "out").mkdir()
    return copy


def patient(place: Path) -> str:
    """Return the local identifier of somebody."""
    rows = (place / "extracts" / "2025-09" / "MHS001MPI.csv").read_text("utf-8").splitlines()
    return next(csv.DictReader(rows))["LocalPatientID"]


def text(place: Path) -> str:
    """Return everything that points to a person, in one line."""
    return f"{NHS_NUMBER} {POSTCODE} {patient(place)} {STAFF}"


def _plant(path: Path, columns: tuple[str, ...], planted: str) -> None:
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows[:2]:
        row.update(dict.fromkeys(set(columns) & set(row), planted))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), "utf-8")


def in_extract(place: Path) -> list[object]:
    for table, columns in CELLS.items():
        _plant(place / "extracts" / "2025-09" / f"{table}.csv", columns, text(place))
    return []


def in_team_names(place: Path) -> list[object]:
    teams = place / "extracts" / "2025-09" / "MHS902ServiceTeamDetails.csv"
    rows = list(csv.DictReader(teams.read_text("utf-8").splitlines()))
    names = [f"{row['CareProfTeamLocalID']},North {text(place)}" for row in rows]
    (place / "reference" / "team_names.csv").write_text("\n".join(["team,name", *names]), "utf-8")
    return []


def in_a_reference_file(place: Path) -> list[object]:
    _plant(place / "reference" / "ods_organisations.csv", ("code", "kind"), text(place))
    return []


def in_the_name_of_a_reference_file(place: Path) -> list[object]:
    (place / "reference" / f"notes {text(place)}.csv").write_text("a\n", "utf-8")
    return []


def in_published_descriptions(place: Path) -> list[object]:
    columns = ("PRIMARY_LEVEL_DESCRIPTION", "SECONDARY_LEVEL_DESCRIPTION", "MEASURE_NAME")
    path = next(place.glob("MHSDS*.csv"))
    rows = path.read_text("utf-8").splitlines()
    _plant(path, columns, text(place))
    assert rows != path.read_text("utf-8").splitlines()
    return []


def in_a_published_level(place: Path) -> list[object]:
    _plant(next(place.glob("MHSDS*.csv")), ("PRIMARY_LEVEL", "MEASURE_VALUE"), text(place))
    return []


def in_the_name_of_a_published_file(place: Path) -> list[object]:
    path = next(place.glob("MHSDS*.csv"))
    path.rename(path.with_name(f"MHSDS Data_SepPerf_2025 {text(place)}.csv"))
    return []


def in_words(place: Path) -> list[object]:
    path = place / "words.toml"
    path.write_text(f'[sentences]\nask = "Ask {text(place)}"\n', "utf-8")
    return ["--words", path]


def in_the_maturity_list(place: Path) -> list[object]:
    path = place / "ours.toml"
    lines = '[[edition]]\nfirst_month = "2024-04"\nline = 95.0\nfewest_records = 25\n'
    items = 'items = [{ item = "MHS-DQM01" }, { item = "MHS-DQM04" }]\n'
    path.write_text(f'{lines}source = "List {text(place)}"\n{items}', "utf-8")
    return ["--maturity-list", path]


def in_the_calendar(place: Path) -> list[object]:
    path = place / "dates.toml"
    path.write_text(_calendar(text(place)), "utf-8")
    return ["--calendar", path]


def _calendar(planted: str) -> str:
    return f'source = "By {planted}"\n[[cut_off]]\nperiod = "2025-09"\nday = 2025-10-24\n'


def in_who_prepared_it(place: Path) -> list[object]:
    return ["--prepared-by", text(place)]


Plant = Callable[[Path], list[object]]
CARRIED: dict[Plant, str] = {
    in_extract: "section 'activity'",
    in_team_names: "section 'access'",
    in_words: "section 'status'",
    in_the_maturity_list: "section 'quality'",
    in_who_prepared_it: "outside its sections",
}
NOT_CARRIED: tuple[Plant, ...] = (in_a_reference_file, in_published_descriptions, in_the_calendar)
NAMES: tuple[Plant, ...] = (in_the_name_of_a_reference_file, in_the_name_of_a_published_file)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the text of every file under a folder by its name, what is packed unpacked."""
    for path in sorted(folder.rglob("*")):
        yield path.name, path.name
        if path.suffix == ".pdf":
            yield path.name, text_of(path.read_bytes())
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield path.name, archive.read(name).decode("latin-1")
        elif path.is_file():
            yield path.name, path.read_bytes().decode("latin-1")


def found(place: Path, said: str) -> set[tuple[str, str]]:
    """Return each plant that came out, and where."""
    plants = {
        "NHS number": r"999\W?000\W?0018",
        "postcode": r"LS1\W?4AP",
        "patient": re.escape(patient(place)),
        "staff": STAFF,
    }
    outputs = [*texts(place / "out"), ("what was said", said)]
    return {
        (name, what)
        for name, content in outputs
        for what, pattern in plants.items()
        if re.search(pattern, content, re.IGNORECASE)
    }


def pack(command: Command, place: Path, *more: object) -> tuple[int, str, str]:
    words = ["pack", place / "extracts", *PERIOD, "--reference", place / "reference", *more]
    words += ["--published", *place.glob("MHSDS*.csv"), "--output", place / "out" / "packs"]
    return command(*words)


def test_what_would_be_carried_stops_the_pack_and_is_not_repeated(
    command: Command, place: Path
) -> None:
    more = [word for plant in CARRIED for word in plant(place)]
    code, out, err = pack(command, place, *more, "--profile", "internal")
    assert (code, found(place, out + err)) == (1, set())
    assert not (place / "out" / "packs").exists()
    whats = ("NHS number", "form of a postcode", "identifier that the extract holds")
    hits = err.splitlines()
    for section in CARRIED.values():
        for what in whats:
            assert any(hit.startswith(f"- pack, {section}") and what in hit for hit in hits), err


def test_what_is_not_carried_stands_in_no_form_of_a_pack_nor_in_its_record(
    command: Command, place: Path
) -> None:
    more = [word for plant in NOT_CARRIED for word in plant(place)]
    code, out, err = pack(command, place, *more, "--to", "html,xlsx,pdf")
    assert code == 0, err
    page = next((place / "out" / "packs").glob("*.html"))
    recorded = command("record", page)
    assert recorded[0] == 0
    checked = command("gate", place / "extracts" / "2025-09")
    said = "".join((out, err, *recorded[1:], *checked[1:]))
    assert found(place, said) == set()


@pytest.mark.parametrize("plant", [*NAMES, in_a_published_level])
def test_names_of_files_and_refused_values_are_neither_repeated_nor_kept(
    command: Command, place: Path, plant: Plant
) -> None:
    plant(place)
    code, out, err = pack(command, place)
    assert code in {1, 3}
    assert found(place, out + err) == set()
    assert not (place / "out" / "packs").exists()


def test_an_identifier_that_looks_like_a_name_stops_the_pack(command: Command, place: Path) -> None:
    path = place / "words.toml"
    path.write_text(f'[sentences]\nask = "Ask {STAFF.title()}."\n', "utf-8")
    code, _, err = pack(command, place, "--words", path)
    assert code == 1
    assert "section 'status': an identifier that the extract holds" in err


@pytest.mark.parametrize("verb", ["validate", "funnels", "teams", "maturity", "measures"])
def test_what_is_planted_is_said_by_no_other_command(
    command: Command, place: Path, verb: str
) -> None:
    for plant in (in_extract, in_team_names, in_a_reference_file):
        plant(place)
    extract = place / "extracts" / ("2025-09" if verb == "validate" else "")
    words = [verb, extract, "--reference", place / "reference"]
    words += [] if verb == "validate" else PERIOD
    words += ["--by-team"] if verb == "funnels" else []
    _, out, err = command(*words)
    assert found(place, out + err) == set()
    _, out, err = command(
        *words, "--output", place / "out" / ("" if verb == "validate" else "o.csv")
    )
    assert {hit for hit in found(place, out + err) if hit[0] != "findings.parquet"} == set()


def test_what_people_write_of_a_pack_is_refused_or_not_carried(
    command: Command, place: Path
) -> None:
    """The reader of a calendar or a procedure meets no patient, whatever its maker wrote."""
    dates, config = place / "dates.toml", place / "trust.toml"
    planted = text(place)
    dates.write_text(_calendar(planted), "utf-8")
    example = Path(__file__).parents[2] / "examples" / "procedure" / "trust.toml"
    config.write_text(example.read_text("utf-8").replace("Anytown", f"Any {planted}"), "utf-8")
    out = place / "out"
    calls: list[list[object]] = [
        ["calendar", *PERIOD, "--calendar", dates],
        ["calendar", *PERIOD, "--calendar", dates, "--to", "ics", "--output", out / "c.ics"],
        ["sop", "--config", config, "--output", out / "sop"],
        ["actions", "open", "--provider", "RZZ", *PERIOD, "--name", "A", "--what", planted],
        ["actions", "open", "--provider", "RZZ", *PERIOD, "--name", planted, "--what", "Send"],
    ]
    settings = place / "trends.toml"
    reason = f'reason = "Moved {planted}"\ndecided = 2025-09-01\n'
    lines = f'[[recalculation]]\nmeasure = "MHS95"\nmonth = "2025-08"\n{reason}'
    settings.write_text(lines, "utf-8")
    calls.append(["trends", "--settings", settings, "--provider", "RZZ"])
    for words in calls:
        said = "".join(map(str, command(*words)[1:]))
        assert found(place, said) == set(), words
