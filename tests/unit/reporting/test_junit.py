"""A validation as JUnit XML."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

from mhsds_recon.reporting import junit_xml
from mhsds_recon.validation import FileVerdict, Validation
from mhsds_recon.validation.baseline import baseline_of


def _parsed(xml: str) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314  our own output


def _case(root: ET.Element, code: str) -> ET.Element:
    (found,) = (case for case in root.iter("testcase") if case.get("name", "").startswith(code))
    return found


def test_each_rule_is_one_test_in_the_suite_of_its_table(validation: Validation) -> None:
    root = _parsed(junit_xml(validation, fail_on="record_rejected"))
    standard = validation.standard
    expected = {"File rules": len(standard.file_rules), "Tables and columns": 3}
    expected |= {table: len(standard.rules_of(table)) for table in standard.tables}
    assert {s.get("name"): len(s.findall("testcase")) for s in root} == expected


def test_totals_are_those_of_the_cases(validation: Validation) -> None:
    root = _parsed(junit_xml(validation, fail_on="record_rejected"))
    for parent in (root, *root):
        tags = Counter(child.tag for case in parent.iter("testcase") for child in case)
        assert parent.get("tests") == str(len(list(parent.iter("testcase"))))
        assert parent.get("failures") == str(tags["failure"])
        assert parent.get("skipped") == str(tags["skipped"])


def test_what_stops_the_submission_is_a_failure_with_its_count(validation: Validation) -> None:
    root = _parsed(junit_xml(validation, fail_on="record_rejected"))
    failure = _case(root, "MHS00146").find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("group_rejected", "2 rows")
    assert "LocalPatientID" in (failure.text or "")


def test_milder_findings_pass_and_say_so(validation: Validation) -> None:
    case = _case(_parsed(junit_xml(validation, fail_on="record_rejected")), "MHS00131")
    assert [child.tag for child in case] == ["system-out"]
    assert case.findtext("system-out") == "warning: 2 rows"


def test_rules_not_assessed_are_skipped_with_the_reason(validation: Validation) -> None:
    root = _parsed(junit_xml(validation, fail_on="record_rejected"))
    skipped = _case(root, "MHS01423").find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "not assessed: the codes of its list are not published"
    assert root.get("skipped") == str(len(validation.not_assessed))


def test_a_rejected_file_fails_in_the_suite_of_file_rules(validation: Validation) -> None:
    root = _parsed(junit_xml(validation, fail_on="file_rejected"))
    failed = {
        case.get("name") for case in root.iter("testcase") if case.find("failure") is not None
    }
    assert failed == set(validation.file_verdict.codes)


def test_known_failures_pass(validation: Validation) -> None:
    accepted = replace(validation, file_verdict=FileVerdict(codes=()))
    root = _parsed(junit_xml(accepted, fail_on="warning", baseline=baseline_of(accepted)))
    assert root.get("failures") == "0"
    assert (
        _case(root, "MHS00146").findtext("system-out") == "group rejected: 2 rows, 2 of them known"
    )
