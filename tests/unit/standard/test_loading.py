"""Definitions: complete, and every problem reported at once."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from mhsds_recon.errors import DefinitionError, UsageError
from mhsds_recon.standard import Standard, definitions_folder, read_standard


def test_the_standard_is_whole(standard: Standard) -> None:
    elements = sum(len(table.elements) for table in standard.tables.values())
    assert (len(standard.tables), elements, len(standard.code_lists)) == (61, 439, 96)
    assert len(standard.file_rules) == 12


def test_every_rule_is_there(standard: Standard) -> None:
    kinds = Counter(type(rule.check).__name__ for rule in standard.rules.values())
    assert kinds.total() == 1134
    assert kinds == {
        "Format": 437,
        "Mandatory": 172,
        "NationalCode": 136,
        "NotAfter": 128,
        "NotBefore": 98,
        "Linked": 66,
        "Unique": 42,
        "Organisation": 20,
        "SnomedStructure": 8,
        "FitsScheme": 6,
        "SameAs": 5,
        "Absent": 3,
        "KnownPostcode": 3,
        "Score": 3,
        "AgeBetween": 2,
        "OneOf": 2,
        "FollowedBy": 1,
        "Never": 1,
        "NoneOf": 1,
    }


@pytest.mark.shared
def test_rules_and_codes_are_those_of_the_reference(standard: Standard, shared: Path) -> None:
    spec = shared / "spec" / "v6.0"
    with (spec / "rules.csv").open(encoding="utf-8", newline="") as handle:
        rules = {row["code"]: row for row in csv.DictReader(handle)}
    assert set(standard.rules) == set(rules)
    for code, rule in standard.rules.items():
        assert (rule.table, rule.level) == (rules[code]["table"], rules[code]["level"])
        assert (rule.element or "") == rules[code]["element"]
    with (spec / "national_codes.csv").open(encoding="utf-8", newline="") as handle:
        codes = {(row["list"], row["code"]) for row in csv.DictReader(handle)}
    ours = {(name, code) for name, item in standard.code_lists.items() for code in item.values}
    assert ours == codes


def test_every_problem_is_reported_at_once_with_its_file_rule_and_near_miss(
    tmp_path: Path,
) -> None:
    root = _copy(tmp_path)
    rules = root / "rules" / "v6.0" / "validation"
    _edit(rules / "MHS101Referral.toml", 'element = "ServDischDate"', 'element = "ServDischdate"')
    _edit(rules / "MHS901StaffDetails.toml", 'kind = "mandatory"', 'kind = "mandatry"')
    _edit(root / "schemas" / "v6.0" / "tables" / "MHS001MPI.toml", "max an20", "max xx20")
    with pytest.raises(DefinitionError) as raised:
        read_standard(root, "6.0")
    text = "\n".join(raised.value.problems)
    assert "MHS101Referral.toml, rule MHS10127: unknown element 'ServDischdate'" in text
    assert "Did you mean 'ServDischDate'?" in text
    assert "MHS901StaffDetails.toml, rule MHS90101, check.kind: Invalid value 'mandatry'" in text
    assert "unknown format 'max xx20'" in text


def test_a_linked_rule_without_a_place_in_the_order_is_a_problem(tmp_path: Path) -> None:
    root = _copy(tmp_path)
    _edit(root / "schemas" / "v6.0" / "standard.toml", '"MHS20142", ', "")
    with pytest.raises(DefinitionError, match="MHS20142 is of kind 'linked' but is not listed"):
        read_standard(root, "6.0")


@pytest.mark.parametrize(
    ("table", "old", "new", "problem"),
    [
        (
            "MHS502WardStay",
            "MHS501.DischDateHospProvSpell",
            "MHS501.DischDateHospProvSpel",
            "unknown element 'DischDateHospProvSpel'",
        ),
        ("MHS502WardStay", 'other = "MHS501.', 'other = "MHS509.', "does not lie above"),
        ("MHS502WardStay", 'other = "MHS501.', 'other = "MHS599.', "no table has the number"),
        ("MHS000Header", "portal.SenderId", "portal.SenderID", "Did you mean 'SenderId'"),
        ("MHS000Header", "portal.SenderId", "MHS001.NHSNumber", "has to be an element of"),
        ("MHS001MPI", 'element = "NHSNumber" }', 'element = "NHSNumer" }', "element 'NHSNumer'"),
        (
            "MHS002GP",
            'on = "header.ReportingPeriodStartDate"',
            'on = "StartDateGMPRegistratio"',
            "unknown element 'StartDateGMPRegistratio'",
        ),
        (
            "MHS101Referral",
            'other = "header.ReportingPeriodEndDate", plus_days',
            'other = "ReferralRequestReceivedDate", plus_days',
            "days can be added",
        ),
    ],
)
def test_names_from_elsewhere_are_checked(
    tmp_path: Path, table: str, old: str, new: str, problem: str
) -> None:
    root = _copy(tmp_path)
    _edit(root / "rules" / "v6.0" / "validation" / f"{table}.toml", old, new)
    with pytest.raises(DefinitionError, match=problem):
        read_standard(root, "6.0")


def test_scales_know_their_range_and_whether_it_is_certain(standard: Standard) -> None:
    scale = standard.scales["979661000000102"]
    assert (scale.low, scale.high, scale.others, scale.certain) == (0, 4, ("9",), False)
    assert sum(not scale.certain for scale in standard.scales.values()) == 211


def test_an_unknown_version_names_those_that_are_defined() -> None:
    with pytest.raises(UsageError, match=r"Version '9\.9'.*Defined: 6\.0"):
        read_standard(definitions_folder(), "9.9")


def _copy(folder: Path) -> Path:
    for name in ("schemas", "rules"):
        shutil.copytree(definitions_folder() / name, folder / name)
    return folder


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
