"""Every form that published files come in is read."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.published import read_published

WriteFile = Callable[..., Path]
APRIL = dt.date(2024, 4, 1), dt.date(2024, 4, 30)


def test_a_row_is_read_in_full(write_file: WriteFile) -> None:
    read = read_published(write_file({}), provider="RZZ")
    assert read.frame.to_dicts() == [
        {
            "reporting_period_start": APRIL[0],
            "reporting_period_end": APRIL[1],
            "status": "Performance",
            "breakdown": "Provider",
            "primary_level": "RZZ",
            "primary_level_description": "A TRUST",
            "secondary_level": "NONE",
            "secondary_level_description": "NONE",
            "measure_id": "MRS13",
            "measure_name": "Spells open at the end of the RP",
            "published": "25",
            "published_value": 25.0,
            "further_levels": "",
            "file_version": "",
            "file": "MHSDS Data_AprPerf_2024.csv",
        }
    ]
    assert read.files[0].rows == 1
    assert len(read.files[0].sha256) == 64


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("01/04/2024", "30/04/2024"),
        ("2024-04-01", "2024-04-30"),
        ("01-04-2024", "30-04-2024"),
        ("01/04/24", "30/04/24"),
        ("01-04-24", " 30-04-24 "),
    ],
)
def test_dates_are_read_day_first_unless_iso(write_file: WriteFile, start: str, end: str) -> None:
    path = write_file({"REPORTING_PERIOD_START": start, "REPORTING_PERIOD_END": end})
    read = read_published(path).frame.row(0)
    assert read[:2] == APRIL


def test_forms_of_dates_may_be_mixed(write_file: WriteFile) -> None:
    forms = ("2024-04-01", "01/04/2024", "01-04-24", "01/04/24")
    path = write_file(
        *({"REPORTING_PERIOD_START": form, "MEASURE_ID": form} for form in forms),
        {"PRIMARY_LEVEL": "RZA", "REPORTING_PERIOD_START": "01-04-2024"},
    )
    read = read_published(path, provider="RZZ").frame["reporting_period_start"]
    assert read.to_list() == [APRIL[0]] * 4


def test_a_date_that_could_be_month_first_is_read_day_first(write_file: WriteFile) -> None:
    read = read_published(write_file({"REPORTING_PERIOD_START": "02/04/2024"})).frame
    assert read["reporting_period_start"].item() == dt.date(2024, 4, 2)


@pytest.mark.parametrize(
    ("text", "published", "value"),
    [
        ("*", "*", None),
        ("", None, None),
        ("  ", None, None),
        ("0", "0", 0.0),
        ("10 ", "10", 10.0),
        ("10.640240", "10.640240", 10.64024),
        ("-3.5", "-3.5", -3.5),
        (".5", ".5", 0.5),
    ],
)
def test_values_are_kept_as_text_and_as_number(
    write_file: WriteFile, text: str, published: str | None, value: float | None
) -> None:
    row = read_published(write_file({"MEASURE_VALUE": text})).frame
    assert row.select("published", "published_value").row(0) == (published, value)


@pytest.mark.parametrize("status", ["Final ", " final", "FINAL"])
def test_status_may_be_padded_or_in_other_case(write_file: WriteFile, status: str) -> None:
    assert read_published(write_file({"STATUS": status})).frame["status"].item() == "Final"


def test_old_column_names_and_no_measure_name_are_read(write_file: WriteFile) -> None:
    path = write_file({})
    header, row = path.read_text().splitlines()
    names = header.replace("MEASURE_ID,MEASURE_NAME,MEASURE_VALUE", "METRIC,METRIC_VALUE")
    path.write_text(f"{names}\n{row.replace('Spells open at the end of the RP,', '')}\n")
    read = read_published(path).frame
    assert read.select("measure_id", "measure_name", "published").row(0) == ("MRS13", None, "25")


def test_columns_are_found_by_name_in_any_order_case_and_padding(write_file: WriteFile) -> None:
    path = write_file({"MEASURE_VALUE": "30"})
    lines = [line.split(",") for line in path.read_text().splitlines()]
    lines[0] = [f" {name.lower()} " for name in lines[0]]
    path.write_text("".join(",".join(reversed(line)) + "\n" for line in lines))
    assert read_published(path, provider="RZZ").frame["published"].item() == "30"


def test_columns_that_are_not_known_are_passed_over(write_file: WriteFile) -> None:
    path = write_file({}, {})
    header, row, _ = path.read_text().splitlines()
    path.write_text(f"{header},NOTE,NOTE\n{row},a,b\n")
    assert read_published(path).frame["published"].to_list() == ["25"]


def test_further_levels_keep_rows_apart(write_file: WriteFile) -> None:
    path = write_file({}, {})
    header, row, _ = path.read_text().splitlines()
    more = "TERTIARY_LEVEL,TERTIARY_LEVEL_DESCRIPTION,QUARTERNARY_LEVEL"
    path.write_text(
        f"{header},{more}\n{row},Male,Male,NONE\n{row},Female,Female,16\n{row},NONE,NONE,\n"
    )
    levels = read_published(path, provider="RZZ").frame["further_levels"]
    assert levels.to_list() == ["Male", "Female; 16", ""]


def test_several_periods_in_one_file_are_all_read(write_file: WriteFile) -> None:
    starts = ["01/04/2024", "01/02/2024", "01/05/2023"]
    path = write_file(*({"REPORTING_PERIOD_START": start} for start in starts))
    read = read_published(path, provider="RZZ").frame["reporting_period_start"]
    assert read.to_list() == [dt.date(2024, 4, 1), dt.date(2024, 2, 1), dt.date(2023, 5, 1)]


def test_byte_order_mark_and_crlf_are_not_part_of_values(write_file: WriteFile) -> None:
    path = write_file({"MEASURE_VALUE": ""}, {"MEASURE_ID": "MRS12"}, end="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_published(path, provider="RZZ").frame["published"].to_list() == [None, "25"]


def test_a_stray_no_break_space_is_read_as_a_space(write_file: WriteFile) -> None:
    path = write_file({"PRIMARY_LEVEL": "RZZ~", "PRIMARY_LEVEL_DESCRIPTION": "É~TRUST"})
    path.write_bytes(path.read_bytes().replace(b"~", b"\xa0"))
    read = read_published(path, provider="RZZ").frame
    assert read["primary_level"].item() == "RZZ"
    assert read["primary_level_description"].item() == "É\xa0TRUST"


def test_quoted_values_may_hold_commas_and_line_breaks(write_file: WriteFile) -> None:
    path = write_file({"MEASURE_NAME": '"Spells, open\nat the end"'}, {"MEASURE_ID": '"MRS12"'})
    read = read_published(path, provider="RZZ").frame
    assert read["measure_name"].to_list()[0] == "Spells, open\nat the end"
    assert read["measure_id"].to_list() == ["MRS13", "MRS12"]


def test_blank_lines_are_passed_over(write_file: WriteFile) -> None:
    path = write_file({}, {"MEASURE_ID": "MRS12"})
    path.write_text(path.read_text().replace("\n", "\n\n") + "\r\n\n")
    assert read_published(path).frame.height == 2


@pytest.mark.parametrize("folder", ["", "MHSDS Data_AprPerf_2024/"])
def test_a_zip_that_holds_one_csv_is_read(write_file: WriteFile, folder: str) -> None:
    path = write_file({})
    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, folder + path.name)
        archive.writestr("__MACOSX/._data.csv", b"\0")
        archive.writestr("read me.txt", "notes")
    read = read_published(packed, provider="RZZ")
    assert read.frame["file"].item() == "MHSDS Data_AprPerf_2024.zip"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("MHSDS Data_4WW_AprPerf_2024_v2.csv", "v2"),
        ("MHSDS Data_AprPerf_2026 v3.csv", "v3"),
        ("MHSDS Data_AprPerf_2026_V2 (1).csv", "v2"),
        ("MHSDS Data_AprFinal__2025.csv", ""),
        ("MHSDS Data_v2x.csv", ""),
    ],
)
def test_the_version_comes_from_the_name(write_file: WriteFile, name: str, version: str) -> None:
    assert read_published(write_file({}, name=name)).frame["file_version"].item() == version


def test_only_rows_that_name_the_provider_are_taken(write_file: WriteFile) -> None:
    path = write_file(
        {},
        {"PRIMARY_LEVEL": "RZA"},
        {"BREAKDOWN": "England", "PRIMARY_LEVEL": "England"},
        {"BREAKDOWN": "Sub ICB; Provider", "PRIMARY_LEVEL": "00L", "SECONDARY_LEVEL": "RZZ"},
        {"BREAKDOWN": "Provider; Age Group", "SECONDARY_LEVEL": "18-64"},
        {"BREAKDOWN": "Commissioning Region", "PRIMARY_LEVEL": "RZZ"},
    )
    read = read_published(path, provider="RZZ")
    assert read.frame["breakdown"].to_list() == [
        "Provider",
        "Sub ICB; Provider",
        "Provider; Age Group",
    ]
    assert read_published(path).frame.height == 6


def test_a_notebook_shows_the_figures(write_file: WriteFile) -> None:
    assert "MRS13" in read_published(write_file({}))._repr_html_()
