"""What cannot be read is refused with one message that says where."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.errors import PublishedError
from mhsds_recon.published import read_published

WriteFile = Callable[..., Path]
NAME = "MHSDS Data_AprPerf_2024.csv"


def refusal(path: Path | list[Path], provider: str | None = None) -> str:
    with pytest.raises(PublishedError) as caught:
        read_published(path, provider=provider)
    assert caught.value.exit_code == 3
    return str(caught.value)


@pytest.mark.parametrize("value", ["n/a", "1,5", "1e3", "-", "**", "10%", "1.2.3", "\u0661"])
@pytest.mark.parametrize("provider", [None, "RZZ"])
def test_an_unknown_value_is_named_with_its_line(
    write_file: WriteFile, value: str, provider: str | None
) -> None:
    path = write_file({}, {"PRIMARY_LEVEL": "RZA", "MEASURE_VALUE": f'"{value}"'})
    message = refusal(path, provider)
    assert message.startswith(f"'{NAME}', line 3: MEASURE_VALUE is '{value}', expected a number")


@pytest.mark.parametrize(
    "day", ["31/04/2024", "29/02/2023", "00/04/2024", "04/13/2024", "April", "", "2024"]
)
@pytest.mark.parametrize("provider", [None, "RZZ"])
def test_an_unreadable_date_is_named_with_its_line(
    write_file: WriteFile, day: str, provider: str | None
) -> None:
    path = write_file({}, {"REPORTING_PERIOD_END": day, "PRIMARY_LEVEL": "RZA"})
    message = refusal(path, provider)
    assert f"line 3: REPORTING_PERIOD_END is '{day}', expected a date" in message


def test_a_date_without_its_noughts_is_refused(write_file: WriteFile) -> None:
    message = refusal(write_file({"REPORTING_PERIOD_START": "1/4/2024"}), "RZZ")
    assert "line 2: REPORTING_PERIOD_START is '1/4/2024', expected a date" in message


def test_an_unreadable_date_in_the_first_row_is_named(write_file: WriteFile) -> None:
    path = write_file({"REPORTING_PERIOD_START": "2024-31-01"}, {"PRIMARY_LEVEL": "RZA"})
    assert "line 2: REPORTING_PERIOD_START is '2024-31-01'" in refusal(path, "RZA")


def test_no_file_at_all_is_refused() -> None:
    assert "No published file is given." in refusal([])


def test_an_unknown_status_is_named_with_its_line(write_file: WriteFile) -> None:
    message = refusal(write_file({"STATUS": "Draft"}))
    assert "line 2: STATUS is 'Draft', expected one of Adhoc, Provisional," in message


def test_line_numbers_count_quoted_line_breaks_and_blank_lines(write_file: WriteFile) -> None:
    path = write_file({"MEASURE_NAME": '"a\nb"'}, {"MEASURE_VALUE": "x"})
    path.write_text(path.read_text().replace("25\n", "25\n\n"))
    assert "line 5: MEASURE_VALUE is 'x'" in refusal(path)


def test_the_first_of_several_problems_is_named_and_all_are_counted(write_file: WriteFile) -> None:
    path = write_file({}, {"MEASURE_VALUE": "x"}, {"STATUS": "y"})
    message = refusal(path)
    assert "line 3: MEASURE_VALUE is 'x'" in message
    assert "Rows with such a problem: 2." in message


@pytest.mark.parametrize("cut", ["", ",MRS12,Name", ",MRS12", ",MRS12,Name,5,6"])
def test_a_row_with_too_few_or_too_many_values_is_named(write_file: WriteFile, cut: str) -> None:
    path = write_file({}, {})
    text = path.read_text().removesuffix(",MRS13,Spells open at the end of the RP,25\n")
    path.write_text(text + cut + "\n")
    message = refusal(path, "RZZ")
    found = 8 + cut.count(",")
    assert f"line 3: values found {found}, columns in the header 11" in message


def test_a_row_cut_in_its_first_values_is_named(write_file: WriteFile) -> None:
    path = write_file({}, {})
    path.write_text(path.read_text()[:-90])
    assert "line 3: values found" in refusal(path, "RZZ")


@pytest.mark.parametrize("broken", ['A "TRUST', '"A TRUST', 'A TRUST"'])
def test_a_quotation_mark_out_of_place_is_named(write_file: WriteFile, broken: str) -> None:
    path = write_file({}, {"PRIMARY_LEVEL_DESCRIPTION": broken}, {}, {})
    assert "line 3: " in refusal(path)


def test_a_missing_column_is_named_with_those_found_and_a_near_miss(write_file: WriteFile) -> None:
    path = write_file({})
    path.write_text(path.read_text().replace("MEASURE_VALUE", "MEASURE_VALU"))
    message = refusal(path)
    assert f"'{NAME}' lacks the column MEASURE_VALUE (in older files METRIC_VALUE)." in message
    assert "Columns found: REPORTING_PERIOD_START, REPORTING_PERIOD_END, STATUS" in message
    assert "Did you mean 'MEASURE_VALU'?" in message


def test_a_column_there_twice_is_named(write_file: WriteFile) -> None:
    path = write_file({})
    path.write_text(path.read_text().replace("MEASURE_NAME", "METRIC"))
    assert "has the column MEASURE_ID twice" in refusal(path)


def test_no_row_for_the_provider_says_which_there_are(write_file: WriteFile) -> None:
    path = write_file({}, {"PRIMARY_LEVEL": "RXX"}, {"BREAKDOWN": "England"})
    message = refusal(path, "RZY")
    assert message.startswith(f"No row for provider 'RZY' in '{NAME}'. Providers found: 2, such as")
    assert "Did you mean 'RZZ'?" in message


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n\0\xff\n", b"<!DOCTYPE html>\n", b"a,b\n1,2\n", "STATUS,A\n".encode("utf-16")],
)
def test_what_is_no_published_file_is_refused_without_showing_it(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith("'f.csv' is not a published file: its first line holds none of")


@pytest.mark.parametrize("content", [b"", b" \r\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    assert refusal(path) == "'f.csv' is empty. Download it again."


def test_a_file_with_only_a_header_has_no_provider(write_file: WriteFile) -> None:
    assert "No row for provider 'RZZ'" in refusal(write_file(), "RZZ")


def test_a_path_that_does_not_exist_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    assert re.match(r"'.*none\.csv' does not exist\.", refusal(tmp_path / "none.csv"))
    assert "is a folder" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["a.xlsx", "b.pdf"], r"holds no CSV file \(it holds: a.xlsx, b.pdf\)"),
        ([], r"holds no CSV file \(it holds: nothing\)"),
        (["a.csv", "x/b.CSV"], r"holds 2 CSV files \(a.csv, x/b.CSV\). Unpack it"),
    ],
)
def test_a_zip_without_just_one_csv_is_refused(
    tmp_path: Path, members: list[str], expected: str
) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    assert re.search(expected, refusal(path))


def test_a_damaged_zip_is_refused(write_file: WriteFile, tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(write_file(*({"MEASURE_ID": f"MRS{n}"} for n in range(500))), "a.csv")
    whole = path.read_bytes()
    middle = len(whole) // 2
    for damaged in (whole[:-40], whole[:middle], b"x", _flipped(whole, middle)):
        path.write_bytes(damaged)
        assert refusal(path).startswith("'f.zip' cannot be read as a zip: it is damaged or incompl")


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
