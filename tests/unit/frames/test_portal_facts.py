"""What the portal knows about an upload, read from JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.frames import read_portal_facts, read_reference

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {
    "ProviderId": "RZZ",
    "SenderId": "RZZ",
    "ReportingPeriodStart": "2025-09-01",
    "ReportingPeriodEnd": "2025-09-30",
    "SubmittedTimestamp": "2025-10-15T09:30:00",
}


def test_a_portal_file_in_the_reference_folder_is_read(tmp_path: Path) -> None:
    assert read_reference(tmp_path).portal is None
    (tmp_path / "portal.json").write_text(json.dumps(FACTS), encoding="utf-8")
    portal = read_reference(tmp_path).portal
    assert portal is not None
    assert {name: portal.fact(name) for name in FACTS} == FACTS


def test_postcodes_may_be_in_a_file_of_that_name(tmp_path: Path) -> None:
    row = "postcode,la_district,sub_icb\nZQ1 1AA,E0,Z1A\n"
    (tmp_path / "postcodes.csv").write_text(row, encoding="utf-8")
    assert read_reference(tmp_path).postcodes is not None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "does not fit"),
        ("[]", "Expected: an object with ProviderId"),
        ('{"ProviderID": "RZZ"}', "unknown field `ProviderID`"),
        ('{"ProviderId": 1}', "ProviderId"),
        ('{"ReportingPeriodStart": "01/09/2025"}', "has to be written CCYY-MM-DD"),
        ('{"SubmittedTimestamp": "2025-10-15"}', "has to be written CCYY-MM-DDThh:mm:ss"),
    ],
)
def test_facts_that_do_not_fit_are_refused(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReferenceFileError, match=problem):
        read_portal_facts(path)


def test_a_missing_file_of_facts_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError, match=r"'none\.json' cannot be read"):
        read_portal_facts(tmp_path / "none.json")
