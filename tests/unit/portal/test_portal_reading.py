"""Reading Summary Reports: forms of every year, and what cannot be read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.errors import PortalError
from mhsds_recon.portal import read_portal_report
from mhsds_recon.standard import ReportingPeriod

HEADER = ",".join(
    [
        "REPORT_TYPE,DESCRIPTION,CODE,NUMERATOR,DENOMINATOR",
        *(f"DATA_ITEM{place},DATA_VALUE{place}" for place in range(1, 11)),
    ]
)
BLANK = "," * 20
FAILURE = (
    "Validation Failures,Record rejected - a text,MHS10117,1,"
    ",[M101010] ServiceRequestID,R-PRIVATE" + "," * 18
)
VALUE = "R-PRIVATE"
Members = dict[str, str | bytes]


def _report(*rows: str, header: str = HEADER, end: str = "\r\n") -> str:
    return "".join(line + end for line in (header, *rows))


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes members into a zip."""

    def write(members: Members, name: str = "reports.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    return write


def test_counts_and_diagnostics_are_read_as_the_portal_gave_them(
    zipped: Callable[..., Path],
) -> None:
    report = read_portal_report(
        zipped(
            {
                "aggregation.csv": _report(
                    f"Aggregation,one,MHSARV001,12,{BLANK}", f"Aggregation,two,MHSARV002,0,{BLANK}"
                ),
                "diagnostics.csv": _report(
                    f"Diagnostic,a,MHSDAG001,9,10{BLANK}",
                    f"Diagnostic,b,MHSDAG018,,{BLANK}",
                    f"Diagnostic,c,MHSDAG019,4,{BLANK}",
                ),
            }
        )
    )
    assert report.accepted.rows() == [("MHSARV001", 12), ("MHSARV002", 0)]
    assert report.diagnostics.rows() == [
        ("MHSDAG001", 9, 10),
        ("MHSDAG018", None, None),
        ("MHSDAG019", 4, None),
    ]
    assert report.counts().is_empty()


@pytest.mark.parametrize(
    ("description", "level"),
    [
        ("Warning - a text", "warning"),
        ("Warning - Severity 1 - a text", "severity_1_warning"),
        ("Record rejected - a text", "record_rejected"),
        ("Group rejected - a text", "group_rejected"),
        ("File rejected - a text", "file_rejected"),
        ("Warnings of another kind", None),
    ],
)
def test_the_level_is_read_from_the_first_words(
    zipped: Callable[..., Path], description: str, level: str | None
) -> None:
    row = f"Data Quality Issues,{description},MHS00111,1,{BLANK}"
    report = read_portal_report(zipped({"data_quality.csv": _report(row, row)}))
    assert report.counts().rows() == [("MHS00111", level, 2)]


@pytest.mark.parametrize(
    ("item", "version"),
    [
        ("[M101010] ServiceRequestID", "6.0"),
        ("[M101010]ServiceRequestID", "6.0"),
        ("M101010 SERVICE REQUEST IDENTIFIER", "5.0"),
        ("Service Request Identifier", "4.1"),
        ("", ""),
    ],
)
def test_the_version_is_told_by_how_items_are_named(
    zipped: Callable[..., Path], item: str, version: str
) -> None:
    row = f"Validation Failures,Record rejected - a,MHS10117,1,,{item},{'x' if item else ''}"
    report = read_portal_report(zipped({"validations.csv": _report(row + "," * 18)}))
    assert report.version == version


def test_other_members_and_nested_zips_are_passed_over(
    zipped: Callable[..., Path],
) -> None:
    inner = zipped({"validations.csv": _report(FAILURE, FAILURE)}, "inner.zip").read_bytes()
    path = zipped(
        {
            "validations.csv": _report(FAILURE),
            "reports/data_quality.csv": _report(),
            "Read me.txt": "hello",
            "inner.zip": inner,
            "__MACOSX/validations.csv": b"\x00\x05",
            "old/validations.csv": "not a report",
        },
        "a trust's own name.zip",
    )
    report = read_portal_report(path)
    assert report.counts().rows() == [("MHS10117", "record_rejected", 1)]
    assert set(report.reports) == {"data_quality.csv", "validations.csv"}


def test_reports_in_a_nested_zip_are_found_where_the_outer_one_has_none(
    zipped: Callable[..., Path],
) -> None:
    inner = zipped({"Validations.CSV": _report(FAILURE)}, "inner.zip").read_bytes()
    report = read_portal_report(zipped({"note.txt": "x", "sub/inner.zip": inner}))
    assert report.counts()["rows"].to_list() == [1]
    with pytest.raises(PortalError, match="holds 2 zips with reports"):
        read_portal_report(zipped({"a.zip": inner, "b.zip": inner}))


def test_a_failed_submission_has_two_reports_only(zipped: Callable[..., Path]) -> None:
    path = zipped({"data_quality.csv": _report(), "validations.csv": _report(FAILURE)})
    report = read_portal_report(path)
    assert not report.completed
    assert report.accepted.is_empty()


def test_line_ends_byte_order_marks_and_quotes_make_no_difference(
    zipped: Callable[..., Path],
) -> None:
    row = FAILURE.replace("Record", '"Record').replace("a text", 'a, b"')
    content = b"\xef\xbb\xbf" + _report(row, end="\n").encode()
    report = read_portal_report(zipped({"validations.csv": content}))
    assert report.counts().rows() == [("MHS10117", "record_rejected", 1)]


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("RZZ 2025-09 Primary", ReportingPeriod(2025, 9)),
        ("mhsds_202509_v2", ReportingPeriod(2025, 9)),
        ("Summary Reports September 2025", ReportingPeriod(2025, 9)),
        ("Sep25", ReportingPeriod(2025, 9)),
        ("2025 May refresh", ReportingPeriod(2025, 5)),
        ("20250903 upload", None),
        ("Aug 2025 and Sep 2025", None),
        ("reports", None),
    ],
)
def test_the_period_is_read_from_a_month_in_the_name(
    zipped: Callable[..., Path], name: str, period: ReportingPeriod | None
) -> None:
    path = zipped({"validations.csv": _report()}, f"{name}.zip")
    assert read_portal_report(path).period == period
    given = ReportingPeriod(2024, 1)
    assert read_portal_report(path, period=given).period == given


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"notes.txt": "x"}, "holds none of aggregation.csv"),
        ({"validations.csv": ""}, r"does not start with the 25 columns.*columns found: 0"),
        ({"validations.csv": f"{FAILURE}\r\n{FAILURE}\r\n"}, "does not start with the 25 columns"),
        ({"validations.csv": _report(header=HEADER.replace("CODE", "KODE"))}, "missing: CODE"),
        ({"validations.csv": _report(FAILURE, FAILURE + ",x")}, "line 3: fields found 26"),
        ({"validations.csv": _report(FAILURE, FAILURE[:-1])}, "line 3: fields found 24"),
        ({"validations.csv": _report(FAILURE.replace(",1,,", ",-1,,"))}, "NUMERATOR is not"),
        ({"validations.csv": _report(FAILURE.replace("MHS10117", VALUE))}, "CODE is not a code"),
        ({"validations.csv": _report(FAILURE.replace("MHS10117", ""))}, "CODE is not a code"),
        ({"validations.csv": _report(FAILURE.replace("R-PRIVATE", '"R-PRIVATE'))}, "never closed"),
        (
            {"a/validations.csv": _report(), "b/validations.csv": _report()},
            r"holds validations.csv 2 times",
        ),
    ],
)
def test_what_does_not_fit_is_named_without_a_value(
    zipped: Callable[..., Path], members: Members, message: str
) -> None:
    with pytest.raises(PortalError, match=message) as caught:
        read_portal_report(zipped(members))
    assert VALUE not in str(caught.value)
    assert "reports.zip" in str(caught.value)


def test_a_file_that_is_no_whole_zip_is_refused(
    zipped: Callable[..., Path], tmp_path: Path
) -> None:
    whole = zipped({"validations.csv": _report(*[FAILURE] * 500)})
    content = bytearray(whole.read_bytes())
    whole.write_bytes(content[: len(content) // 2])
    with pytest.raises(PortalError, match="damaged or cut short"):
        read_portal_report(whole)
    content[2000] ^= 0xFF
    whole.write_bytes(content)
    with pytest.raises(PortalError, match="damaged or cut short"):
        read_portal_report(whole)
    whole.write_text(_report(FAILURE))
    with pytest.raises(PortalError, match="is not a zip"):
        read_portal_report(whole)
    with pytest.raises(PortalError, match="does not exist"):
        read_portal_report(tmp_path / "none.zip")
    with pytest.raises(PortalError, match="is a folder"):
        read_portal_report(tmp_path)


def test_a_report_never_shows_a_value_of_a_record(zipped: Callable[..., Path]) -> None:
    report = read_portal_report(zipped({"validations.csv": _report(FAILURE)}))
    assert VALUE in report.issues["value1"].to_list()
    assert VALUE not in repr(report) + report._repr_html_() + str(report.counts())
