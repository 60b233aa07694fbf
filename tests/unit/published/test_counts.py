"""A provider's own counts in the published layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.errors import PublishedError
from mhsds_recon.published import read_counts
from mhsds_recon.standard import ReportingPeriod, Standard

WriteFile = Callable[..., Path]
APRIL = ReportingPeriod(2024, 4)
MAY = {"REPORTING_PERIOD_START": "01/05/2024", "REPORTING_PERIOD_END": "31/05/2024"}


def with_exact(path: Path, *values: str) -> Path:
    lines = path.read_text().splitlines()
    exact = ("EXACT_VALUE", *values)
    path.write_text("".join(f"{line},{value}\n" for line, value in zip(lines, exact, strict=True)))
    return path


def test_exact_values_are_taken_from_their_column(
    write_file: WriteFile, standard: Standard
) -> None:
    path = with_exact(write_file({}, {"MEASURE_ID": "OWN1", "MEASURE_VALUE": "*"}), "23", "")
    counts = read_counts(path, standard=standard)
    assert (counts.provider, counts.period) == ("RZZ", APRIL)
    columns = ("measure_id", "measure_value", "exact_value", "disclosure", "numerator")
    assert counts.frame.select(columns).rows() == [
        ("MRS13", "25", 23.0, "bbrb_count", None),
        ("OWN1", "*", None, None, None),
    ]


@pytest.mark.parametrize(
    ("values", "exact"),
    [
        (("25", "*", "10"), [None, None, None]),
        (("25", "12", "10"), [25.0, 12.0, 10.0]),
        (("25", "3", "10"), [25.0, 3.0, 10.0]),
        (("25", "0", ""), [25.0, 0.0, None]),
    ],
)
def test_values_are_exact_only_where_disclosure_control_cannot_have_seen_them(
    write_file: WriteFile, standard: Standard, values: tuple[str, ...], exact: list[float | None]
) -> None:
    measures = ("MRS11", "MRS12", "MRS13")
    rows = zip(measures, values, strict=True)
    path = write_file(*({"MEASURE_ID": name, "MEASURE_VALUE": value} for name, value in rows))
    assert read_counts(path, standard=standard).frame["exact_value"].to_list() == exact


def test_an_exact_value_that_is_no_number_is_named(
    write_file: WriteFile, standard: Standard
) -> None:
    path = with_exact(write_file({}, {}), "23", "*")
    with pytest.raises(PublishedError, match=r"line 3: EXACT_VALUE is '\*', expected a number"):
        read_counts(path, standard=standard)


def test_a_period_among_several_must_be_said(write_file: WriteFile, standard: Standard) -> None:
    path = write_file({}, MAY)
    with pytest.raises(PublishedError, match=r"counts for 2024-04, 2024-05\. Say which period"):
        read_counts(path, standard=standard)
    assert read_counts(path, standard=standard, period=APRIL).frame.height == 1
    with pytest.raises(PublishedError, match=r"no counts for 2024-06\. Periods found: 2024-04, "):
        read_counts(path, standard=standard, period=ReportingPeriod(2024, 6))


def test_a_provider_among_several_must_be_said(write_file: WriteFile, standard: Standard) -> None:
    path = write_file({}, {"PRIMARY_LEVEL": "RZA"})
    with pytest.raises(PublishedError, match=r"counts of 2 providers \(RZA, RZZ\)\. Say which"):
        read_counts(path, standard=standard)
    assert read_counts(path, standard=standard, provider="RZA").provider == "RZA"
    with pytest.raises(PublishedError, match="No row for provider 'RXX'"):
        read_counts(path, standard=standard, provider="RXX")


def test_two_values_for_one_count_are_refused(write_file: WriteFile, standard: Standard) -> None:
    path = write_file({}, {"MEASURE_VALUE": "30"})
    with pytest.raises(PublishedError, match=r"different values \(25, 30\) for MRS13"):
        read_counts(path, standard=standard)
