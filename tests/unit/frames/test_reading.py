"""Reading extracts: everything as text, nothing lost, and one clear message for what cannot be."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames import Engine, Extract, check_files, open_extract, open_extracts
from mhsds_recon.standard import ReportingPeriod, Standard

MakeExtract = Callable[..., Path]
REFERRALS = "MHS101Referral.csv"


def _rows(extract: Extract, *columns: str) -> list[tuple[object, ...]]:
    plan = extract.tables["MHS101Referral"].select(*columns)
    return sorted(extract.engine.collect([plan])[0].rows())


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("ServiceRequestID,LocalPatientID\n1,\u00e9\n".encode(), "\u00e9"),
        ("\ufeffServiceRequestID,LocalPatientID\n1,\u00e9\n".encode(), "\u00e9"),
        ("ServiceRequestID,LocalPatientID\n1,\u00e9\n".encode("cp1252"), "\u00e9"),
        (b"ServiceRequestID,LocalPatientID\r\n1,a\r\n", "a"),
        (b'LocalPatientID,ServiceRequestID\n"a\nb",1\n', "a\nb"),
        (b"servicerequestid, LOCALPATIENTID \n1,a\n", "a"),
        (b"ServiceRequestID,LocalPatientID\n1, a \n", " a "),
        (b"ServiceRequestID,LocalPatientID\n1,a", "a"),
        (b"ServiceRequestID,LocalPatientID\n1,\n", None),
        (b"ServiceRequestID,LocalPatientID\n1,007\n", "007"),
    ],
    ids=["utf8", "mark", "windows", "crlf", "line break", "case", "pad", "no end", "blank", "zero"],
)
def test_csv_forms_give_the_same_text(
    make_extract: MakeExtract, standard: Standard, engine: Engine, content: bytes, value: str | None
) -> None:
    path = make_extract(files={REFERRALS: content})
    extract = open_extract(path, standard=standard, engine=engine)
    assert _rows(extract, "row_number", "ServiceRequestID", "LocalPatientID") == [(1, "1", value)]


def test_header_gives_provider_and_period_and_absent_tables_have_no_rows(
    make_extract: MakeExtract, standard: Standard
) -> None:
    extract = open_extract(make_extract(), standard=standard)
    assert (extract.provider, extract.period) == ("RZZ", ReportingPeriod(2025, 9))
    assert set(extract.tables) == set(standard.tables)
    assert _rows(extract, "row_number") == []


def test_gzip_and_zip_and_parquet_hold_the_same_rows(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    text = "ServiceRequestID,LocalPatientID\n1,a\n2,b\n"
    buffer = io.BytesIO()
    pl.read_csv(io.StringIO(text), infer_schema=False).write_parquet(buffer)
    paths = [
        make_extract("plain", {REFERRALS: text}),
        make_extract("gz", {"MHS101Referral.csv.gz": gzip.compress(text.encode())}),
        make_extract("parquet", {"MHS101Referral.parquet": buffer.getvalue()}),
        tmp_path / "2025-09.zip",
    ]
    with zipfile.ZipFile(paths[-1], "w") as archive:
        archive.writestr("month/MHS101Referral.parquet", buffer.getvalue())
        archive.write(paths[0] / "MHS000Header.csv", "month/MHS000Header.csv")
    opened = [open_extract(path, standard=standard) for path in paths]
    rows = [
        _rows(extract, "row_number", "ServiceRequestID", "LocalPatientID") for extract in opened
    ]
    assert all(each == [(1, "1", "a"), (2, "2", "b")] for each in rows)


def test_typed_parquet_becomes_the_text_of_the_standard(
    make_extract: MakeExtract, standard: Standard
) -> None:
    buffer = io.BytesIO()
    pl.DataFrame(
        {
            "ServiceRequestID": [7],
            "ReferralRequestReceivedDate": [dt.date(2025, 9, 1)],
            "ReferralRequestReceivedTime": [dt.time(9, 30)],
            "LocalPatientID": [12.0],
        }
    ).write_parquet(buffer)
    path = make_extract(files={"MHS101Referral.parquet": buffer.getvalue()})
    names = [
        "ServiceRequestID",
        "ReferralRequestReceivedDate",
        "ReferralRequestReceivedTime",
        "LocalPatientID",
    ]
    extract = open_extract(path, standard=standard)
    assert _rows(extract, *names) == [("7", "2025-09-01", "09:30:00", "12")]


def test_unknown_tables_and_columns_are_findings_with_a_near_miss(
    make_extract: MakeExtract, standard: Standard
) -> None:
    files = {REFERRALS: "ServiceRequestIDs\n1\n", "MHS999Local.csv": "a\n1\n"}
    extract = open_extract(make_extract(files=files), standard=standard)
    found = {(item.code, item.table, item.element) for item in extract.shape}
    assert ("SHAPE01", "MHS999Local", None) in found
    assert ("SHAPE02", "MHS101Referral", "ServiceRequestIDs") in found
    assert ("SHAPE03", "MHS101Referral", "ServiceRequestID") in found
    assert any("Did you mean 'ServiceRequestID'?" in item.message for item in extract.shape)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('ServiceRequestID,LocalPatientID\n1,"a\nb"\n2\n', "line 4: fields found 1"),
        ("ServiceRequestID,LocalPatientID\n1,2\n2,3,4\n", "line 3: fields found 3"),
        ('ServiceRequestID,LocalPatientID\n1,2\n2,"3\n', "line 3: a quotation mark"),
        ("", "is empty"),
        ("ServiceRequestID,serviceRequestID\n1,2\n", "twice"),
        ("ServiceRequestID\n1\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_csv_that_cannot_be_read_names_the_file_and_line(
    make_extract: MakeExtract, standard: Standard, content: str | bytes, message: str
) -> None:
    path = make_extract(files={REFERRALS: content})
    with pytest.raises(ExtractError, match=message) as raised:
        open_extract(path, standard=standard)
    assert f"'{REFERRALS}'" in str(raised.value)


def test_damaged_files_are_refused(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"ServiceRequestID": ["1"]}).write_parquet(buffer)
    parquet = make_extract("a", {"MHS101Referral.parquet": buffer.getvalue()[:-20]})
    packed = gzip.compress(b"ServiceRequestID\n1\n" * 999)[:-20]
    gz = make_extract("b", {"MHS101Referral.csv.gz": packed})
    cut = tmp_path / "cut.zip"
    with zipfile.ZipFile(cut, "w") as archive:
        archive.writestr("MHS101Referral.csv", "ServiceRequestID\n1\n")
    cut.write_bytes(cut.read_bytes()[:-30])
    for path in (parquet, gz, cut):
        with pytest.raises(ExtractError, match=r"cannot be read: it is (damaged|not a whole zip)"):
            open_extract(path, standard=standard)


def test_a_parquet_damaged_inside_is_found_when_files_are_checked(
    make_extract: MakeExtract,
) -> None:
    buffer = io.BytesIO()
    frame = pl.DataFrame({"ServiceRequestID": [str(number) for number in range(5000)]})
    frame.write_parquet(buffer, compression="zstd")
    damaged = bytearray(buffer.getvalue())
    damaged[40:400] = bytes(360)
    path = make_extract(files={"MHS101Referral.parquet": bytes(damaged)})
    with pytest.raises(ExtractError, match=r"MHS101Referral\.parquet' cannot be read"):
        check_files(path)


def test_paths_that_hold_no_extract_say_what_was_expected(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    make_extract("months-2025-09", header=True)
    expectations = {
        tmp_path / "nothing": "does not exist",
        tmp_path / "empty": "no file of a table of the standard",
        tmp_path / "notes.txt": "neither a folder nor a zip",
    }
    for path, message in expectations.items():
        with pytest.raises(ExtractError, match=message):
            open_extract(path, standard=standard)


def test_header_problems_stop_the_work(make_extract: MakeExtract, standard: Standard) -> None:
    missing = make_extract("a", {REFERRALS: "ServiceRequestID\n1\n"}, header=False)
    header = "OrgIDProvider,ReportingPeriodStartDate\nRZZ,2025-09-01\nRXX,2025-09-01\n"
    two = make_extract("b", {"MHS000Header.csv": header}, header=False)
    with pytest.raises(ExtractError, match="has no header"):
        open_extract(missing, standard=standard)
    with pytest.raises(ExtractError, match=r"headers for 2 providers \(RXX, RZZ\)"):
        open_extract(two, standard=standard)


def test_months_are_ordered_by_their_headers_and_the_last_version_counts(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    make_extract("2025-09")
    make_extract("2025-09.v2")
    make_extract("2025-07", start="2025-08-01")
    opened = open_extracts(tmp_path, standard=standard)
    assert [(extract.name, str(extract.period)) for extract in opened] == [
        ("2025-07", "2025-08"),
        ("2025-09.v2", "2025-09"),
    ]


def test_two_extracts_for_one_period_name_both(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    make_extract("2025-08")
    make_extract("2025-09")
    with pytest.raises(ExtractError, match=r"'2025-08' and '2025-09' are both extracts of RZZ"):
        open_extracts(tmp_path, standard=standard)


def test_several_providers_need_a_choice(
    make_extract: MakeExtract, standard: Standard, tmp_path: Path
) -> None:
    make_extract("2025-09")
    make_extract("2025-09 RZY", provider="RZY")
    with pytest.raises(ExtractError, match=r"2 providers \(RZY, RZZ\)"):
        open_extracts(tmp_path, standard=standard)
    (chosen,) = open_extracts(tmp_path, standard=standard, provider="RZY")
    assert chosen.provider == "RZY"
    with pytest.raises(ExtractError, match="no extract of provider RXX"):
        open_extracts(tmp_path, standard=standard, provider="RXX")


def test_only_whole_days_in_the_form_of_the_standard_are_dates(engine: Engine) -> None:
    texts = ["2025-02-28", "2025-02-29", "2025-9-1", " 2025-01-1", "28/02/2025", "", None]
    stamped = "2025-02-28T10:00:00+00:00"
    frame = engine.scan(pl.LazyFrame({"day": [*texts, stamped]}, schema={"day": pl.String}))
    (read,) = engine.collect([engine.read_dates(frame, ["day"])])
    days = sorted(read["day"].drop_nulls())
    assert days == [dt.date(2025, 2, 28), dt.date(2025, 2, 28)]


def test_an_element_is_found_under_the_other_name_that_the_sources_give_it(
    make_extract: MakeExtract, standard: Standard
) -> None:
    files = {"MHS903WardDetails.csv": "WardCode,SiteIDOfTreat\nW1,RZZ01\n"}
    extract = open_extract(make_extract(files=files), standard=standard)
    (wards,) = extract.engine.collect([extract.tables["MHS903WardDetails"]])
    assert wards["SiteIDOfWard"].to_list() == ["RZZ01"]
    assert not [item for item in extract.shape if item.element in {"SiteIDOfTreat", "SiteIDOfWard"}]
