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


def test_every_rule_of_the_first_kinds_is_there(standard: Standard) -> None:
    kinds = Counter(type(rule.check).__name__ for rule in standard.rules.values())
    expected = {"Format": 437, "Mandatory": 162, "NationalCode": 133, "Linked": 66, "Unique": 42}
    assert {kind: kinds[kind] for kind in expected} == expected


@pytest.mark.shared
def test_rules_and_codes_are_those_of_the_reference(standard: Standard, shared: Path) -> None:
    spec = shared / "spec" / "v6.0"
    with (spec / "rules.csv").open(encoding="utf-8", newline="") as handle:
        rules = {row["code"]: row for row in csv.DictReader(handle)}
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
