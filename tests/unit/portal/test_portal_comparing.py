"""Our verdicts beside the portal's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl
import pytest

from mhsds_recon.frames import Extract, open_extract
from mhsds_recon.portal import PortalComparison, compare_with_portal, read_portal_report
from mhsds_recon.portal.codes import load_portal_codes
from mhsds_recon.portal.opening import REPORTS
from mhsds_recon.portal.own_values import look_up
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from tests.unit.portal.conftest import Summary

WARNING, REJECTION = "MHS10118", "MHS10103"
Compare = Callable[..., PortalComparison]


@pytest.fixture
def compare(tmp_path: Path, validation: Validation) -> Compare:
    """Return a function that writes reports and compares them with our validation."""

    def run(
        summary: Summary, name: str = "reports", *, only: Iterable[str] = REPORTS
    ) -> PortalComparison:
        path = summary.write(tmp_path / f"{name}.zip", only=only)
        return compare_with_portal(read_portal_report(path), validation)

    return run


def _line(comparison: PortalComparison, code: str) -> dict[str, Any]:
    return comparison.frame.row(by_predicate=pl.col("code") == code, named=True)


@pytest.mark.parametrize("version", ["6.0", "5.0", "4.1"])
def test_a_portal_that_says_the_same_agrees_in_every_form(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare, version: str
) -> None:
    comparison = compare(summarise(validation, version=version))
    assert set(comparison.frame["result"]) == {"agree"}
    assert not comparison.disagrees
    rules = comparison.frame.filter(kind="rule")
    assert set(rules["code"]) == set(validation.counts()["code"])
    assert rules["both"].to_list() == rules["ours"].to_list() == rules["portal"].to_list()
    assert bool(comparison.notes) == (version != "6.0")


def test_records_are_told_apart_by_who_names_them(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    place = next(i for i, issue in enumerate(summary.issues) if issue[0] == REJECTION)
    code, words, [(item, _), *others] = summary.issues[place]
    summary.issues[place] = (code, words, [(item, "ANOTHER"), *others])
    summary.issues = [issue for issue in summary.issues if issue[0] != WARNING]
    summary.issues.append(
        ("MHS10117", "Record rejected - a", [("[M101010] ServiceRequestID", "R1")])
    )
    comparison = compare(summary)
    shown = ("ours", "portal", "both", "only_ours", "only_portal", "result")
    assert [_line(comparison, REJECTION)[name] for name in shown] == [2, 2, 1, 1, 1, "differs"]
    assert [_line(comparison, WARNING)[name] for name in shown] == [1, 0, 0, 1, 0, "only_ours"]
    assert [_line(comparison, "MHS10117")[n] for n in shown] == [0, 1, 0, 0, 1, "only_portal"]
    assert comparison.disagrees


def test_nothing_that_identifies_anyone_is_in_the_comparison(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    comparison = compare(summarise(validation))
    shown = repr(comparison) + comparison._repr_html_() + comparison.frame.write_csv()
    for value in ("P1", "R1", "R3", "C1", "1850-01-01"):
        assert value not in shown


def test_accepted_rows_are_compared_by_table(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.accepted["MHSARV101"] += 2
    summary.accepted |= {"MHSARV013": 7, "MHSARV999": 1}
    del summary.accepted["MHSARV903"]
    comparison = compare(summary)
    referrals = _line(comparison, "MHSARV101")
    assert (referrals["ours"], referrals["portal"], referrals["result"]) == (1, 3, "differs")
    assert referrals["table"] == "MHS101Referral"
    dropped = _line(comparison, "MHSARV013")
    assert (dropped["result"], dropped["table"]) == ("unknown_code", "MHS013")
    assert "last seen in 2024-02" in dropped["note"]
    assert _line(comparison, "MHSARV999")["result"] == "unknown_code"
    assert _line(comparison, "MHSARV903")["result"] == "not_assessed"
    assert "MHS000Header" not in comparison.frame["table"].to_list()


def test_a_code_that_the_standard_does_not_know_is_listed(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues += [("MHS90215", "Warning - Severity 1 - a", [("[M1] X", "S1")])] * 3
    line = _line(compare(summary), "MHS90215")
    assert (line["result"], line["portal"], line["ours"]) == ("unknown_code", 3, None)
    assert line["level"] == "severity_1_warning"
    assert not compare(summary).disagrees


def test_severity_1_comes_from_the_rules_and_other_levels_are_remarked(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [
        (code, "Record rejected - a" if code == WARNING else words, pairs)
        for code, words, pairs in summary.issues
    ]
    comparison = compare(summary)
    severe = comparison.frame.filter(level="severity_1_warning")
    assert len(severe)
    assert set(severe["note"]) == {None}
    assert _line(comparison, WARNING)["note"] == "the portal reports it as record rejected"


def test_records_without_a_pair_are_compared_by_count(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [
        (code, words, [] if code == REJECTION else pairs) for code, words, pairs in summary.issues
    ]
    line = _line(compare(summary), REJECTION)
    assert (line["ours"], line["portal"], line["both"], line["result"]) == (2, 2, None, "agree")
    assert "compared by count" in line["note"]


@pytest.mark.parametrize("kept", ["its name", "nothing"])
def test_a_blank_value_may_keep_its_name_or_be_left_out(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare, kept: str
) -> None:
    summary = summarise(validation)
    if kept == "nothing":
        summary.issues = [
            (code, words, [pair for pair in pairs if pair[1]])
            for code, words, pairs in summary.issues
        ]
    results = compare(summary).frame.filter(kind="rule")["result"]
    assert set(results) == {"agree"}


def test_values_count_in_order_where_an_item_has_an_unknown_name(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [
        (code, words, [(f"Item called {place}", value) for place, (_, value) in enumerate(pairs)])
        for code, words, pairs in summary.issues
    ]
    rules = compare(summary).frame.filter(kind="rule", result="agree")
    assert rules.filter(pl.col("both") == pl.col("ours")).height == rules.height > 0


def test_unknown_items_without_a_value_match_nothing(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [(WARNING, "Warning - a", [("An item", "")])]
    assert _line(compare(summary), WARNING)["only_portal"] == 1


def test_only_the_items_that_the_portal_names_are_compared(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [(code, words, pairs[:1]) for code, words, pairs in summary.issues]
    comparison = compare(summary)
    assert not comparison.disagrees
    assert _line(comparison, WARNING)["both"] == 1


def test_a_rule_that_we_could_not_judge_is_not_assessed(
    tmp_path: Path, validation: Validation, summarise: Callable[..., Summary]
) -> None:
    unjudged = dataclasses.replace(
        validation,
        not_assessed=(WARNING,),
        findings=validation.findings.filter(pl.col("code") != WARNING),
    )
    report = read_portal_report(summarise(validation).write(tmp_path / "reports.zip"))
    line = _line(compare_with_portal(report, unjudged), WARNING)
    assert (line["ours"], line["portal"], line["result"]) == (None, 1, "not_assessed")


def test_a_rule_whose_report_is_missing_is_not_assessed(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    comparison = compare(summarise(validation), only=["aggregation.csv", "validations.csv"])
    assert _line(comparison, WARNING)["result"] == "not_assessed"
    assert _line(comparison, REJECTION)["result"] == "agree"


def test_a_failed_submission_is_said_to_have_failed(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    summary = summarise(validation)
    summary.issues = [("MHSREJ101", "File rejected - a", [])]
    comparison = compare(summary, only=["data_quality.csv", "validations.csv"])
    assert any("submission failed" in note for note in comparison.notes)
    assert set(comparison.frame.filter(kind="rows")["result"]) == {"not_assessed"}
    verdict = _line(comparison, "MHSREJ101")
    assert (verdict["level"], verdict["result"]) == ("file_rejected", "only_portal")
    assert "may not have tried" in _line(comparison, WARNING)["note"]


def test_a_report_that_seems_to_be_for_another_month_is_remarked(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    assert compare(summarise(validation), "2025-09").notes == ()
    (note,) = compare(summarise(validation), "2025-08").notes
    assert "2025-08" in note
    assert "2025-09" in note


def test_diagnostics_are_kept_with_their_meaning(
    validation: Validation, summarise: Callable[..., Summary], compare: Compare
) -> None:
    comparison = compare(summarise(validation))
    assert comparison.diagnostics.row(0) == (
        "MHSDAG001", "MHS001MPI", "patients with a birth date completed", 9, 10,
    )  # fmt: skip


def test_values_are_looked_up_in_the_header_and_over_several_levels(
    small_extract: Extract, standard: Standard
) -> None:
    rows = nw.from_native(pl.DataFrame({"row_number": [1, 2]}), eager_only=True)
    names = ("CareContactID", "MHS001.PersonBirthDate", "MHS101.OrgIDComm", "header.DatSetVer")
    found = look_up(small_extract, {"MHS201CareContact": (rows, names)}, standard)
    values = found["MHS201CareContact"].sort("row_number").select(*names)
    assert list(values.iter_rows()) == [
        ("C1", "1980-01-01", "Z1A", "6.0"),
        ("C2", None, None, "6.0"),
    ]


def test_every_table_but_the_header_has_a_code(standard: Standard) -> None:
    tables = {code.table for code in load_portal_codes("6.0").values() if code.kind == "rows"}
    assert tables - {""} == set(standard.tables) - {standard.header.name}


@pytest.mark.shared
@pytest.mark.parametrize("version", ["6.0", "5.0", "4.1"])
def test_every_rule_that_fires_on_the_dirty_extract_agrees_with_itself(
    shared: Path,
    standard: Standard,
    tmp_path: Path,
    summarise: Callable[..., Summary],
    version: str,
) -> None:
    extract = open_extract(shared / "oracle" / "rules" / "dirty", standard=standard)
    validation = validate(extract, standard=standard)
    report = read_portal_report(
        summarise(validation, version=version).write(tmp_path / "reports.zip"),
        period=ReportingPeriod(2025, 9),
    )
    comparison = compare_with_portal(report, validation)
    assert set(comparison.frame["result"]) == {"agree"}
    named = [code for code in comparison.frame["code"] if code in standard.rules]
    without = {code for code in named if not standard.rules[code].identified_by}
    counted = comparison.frame.filter(pl.col("kind") == "rule", pl.col("both").is_null())
    assert set(counted["code"]) == without
