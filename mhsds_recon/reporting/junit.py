"""A validation as JUnit XML, as Azure DevOps, GitLab and Jenkins read it.

A test case is a rule, a suite is a table. What stops the submission is a failure; what does not,
because its level is milder or the baseline knows of it, is a test that passed and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mhsds_recon.reporting.failures import counted, meaning
from mhsds_recon.reporting.unassessed import reason
from mhsds_recon.validation.baseline import SHAPE_CODES, Failure, count_failures, gates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mhsds_recon.validation import Validation
    from mhsds_recon.validation.baseline import Baseline

__all__ = ["junit_xml"]

_FILE_SUITE, _SHAPE_SUITE = "File rules", "Tables and columns"
_Case = tuple[str, str]


def junit_xml(validation: Validation, *, fail_on: str, baseline: Baseline | None = None) -> str:
    """Return the results of all rules as JUnit XML; counts only.

    Args:
        validation: What was found.
        fail_on: The mildest level that counts as a failure.
        baseline: Known failures, which do not count.
    """
    failures = count_failures(validation, baseline)
    by_case = {(failure.code, failure.table): failure for failure in failures}
    stopping = gates(failures, fail_on)
    root = ET.Element("testsuites", name="mhsds-recon validate")
    for name, cases in _suites(validation, failures):
        suite = ET.SubElement(root, "testsuite", name=name)
        for case in cases:
            _add_case(suite, case, by_case.get(case), stopping, validation)
        _add_totals(suite)
    _add_totals(root)
    ET.indent(root)
    # Plain ASCII, so that a console with another encoding cannot spoil the file.
    document: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return document.decode() + "\n"


def _suites(
    validation: Validation, failures: Iterable[Failure]
) -> Iterator[tuple[str, Iterable[_Case]]]:
    """Yield each suite's name with the code and table of its cases."""
    standard = validation.standard
    yield _FILE_SUITE, [(code, "") for code in standard.file_rules]
    shape = [(failure.code, failure.table) for failure in failures if failure.code in SHAPE_CODES]
    found = {code for code, _ in shape}
    yield _SHAPE_SUITE, [*shape, *((code, "") for code in SHAPE_CODES if code not in found)]
    for table in standard.tables:
        yield table, [(rule.code, table) for rule in standard.rules_of(table)]


def _add_case(
    suite: ET.Element,
    case: _Case,
    failure: Failure | None,
    stopping: list[Failure],
    validation: Validation,
) -> None:
    code, table = case
    rule = validation.standard.rules.get(code)
    spot = (rule.element if rule else table) or ""
    group = f"mhsds.{suite.get('name')}"
    added = ET.SubElement(suite, "testcase", classname=group, name=f"{code} {spot}".rstrip())
    added.set("time", "0")
    if code in validation.not_assessed:
        why = reason(code, validation.standard)
        ET.SubElement(added, "skipped", message=f"not assessed: {why}")
    elif failure is not None and failure in stopping:
        found = ET.SubElement(added, "failure", type=failure.level, message=counted(failure))
        found.text = meaning(failure, validation.standard)
    elif failure is not None:
        level = failure.level.replace("_", " ")
        ET.SubElement(added, "system-out").text = f"{level}: {counted(failure)}"


def _add_totals(parent: ET.Element) -> None:
    """Set the numbers that readers expect on a suite and on the whole."""
    parent.set("tests", str(len(parent.findall(".//testcase"))))
    parent.set("failures", str(len(parent.findall(".//failure"))))
    parent.set("errors", "0")
    parent.set("skipped", str(len(parent.findall(".//skipped"))))
    parent.set("time", "0")
