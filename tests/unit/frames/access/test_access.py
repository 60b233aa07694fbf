"""Access databases: the intermediate database is an extract like any other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames import open_earlier_versions, open_extract, open_extracts
from mhsds_recon.standard import ReportingPeriod, Standard

Table = tuple[Sequence[tuple[str, type]], Sequence[Sequence[str | float | None]]]
WriteAccess = Callable[[Path, Mapping[str, Table]], None]

DAY_ONE = 45901.0  # 2025-09-01 in days since 1899-12-30
HEADER: Table = (
    [("OrgIDProvider", str), ("ReportingPeriodStartDate", float)],
    [["RZZ", DAY_ONE]],
)
REFERRALS: Table = (
    [
        ("ServiceRequestID", str),
        ("ReferralRequestReceivedDate", float),
        ("ReferralRequestReceivedTime", float),
        ("ClinRespPriorityType", int),
        ("Remark", str),
    ],
    [
        ['b, "quoted"', DAY_ONE + 1, 0.5, 3, None],
        ["a", DAY_ONE + 1.25, 9.5 / 24, None, "kept out"],
    ],
)


@pytest.fixture(autouse=True)
def _mdbtools() -> None:
    if shutil.which("mdb-export") is None:
        reason = "mdbtools are not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def test_an_intermediate_database_gives_text_in_the_forms_of_the_standard(
    tmp_path: Path, standard: Standard, write_access: WriteAccess
) -> None:
    path = tmp_path / "IDB.accdb"
    write_access(path, {"mhs000header": HEADER, "MHS101Referral": REFERRALS, "Log": HEADER})
    extract = open_extract(path, standard=standard)
    assert (extract.provider, extract.period) == ("RZZ", ReportingPeriod(2025, 9))
    rows = extract.tables["MHS101Referral"].collect().to_native().sort("ServiceRequestID")
    assert rows["ServiceRequestID"].to_list() == ["a", 'b, "quoted"']
    assert rows["ReferralRequestReceivedDate"].to_list() == ["2025-09-02T06:00:00", "2025-09-02"]
    assert rows["ReferralRequestReceivedTime"].to_list() == ["09:30:00", "12:00:00"]
    assert rows["ClinRespPriorityType"].to_list() == [None, "3"]
    found = {(each.code, each.table, each.element) for each in extract.shape}
    assert {("SHAPE01", "Log", None), ("SHAPE02", "MHS101Referral", "Remark")} <= found


def test_what_is_no_element_does_not_change_the_hash(
    tmp_path: Path, standard: Standard, write_access: WriteAccess
) -> None:
    columns, rows = REFERRALS
    hashes = []
    for name, remark in {"1": "before", "2": "after"}.items():
        path = tmp_path / f"{name}.mdb"
        remarked = [[*row[:-1], remark] for row in rows]
        write_access(path, {"MHS000Header": HEADER, "MHS101Referral": (columns, remarked)})
        hashes.append([file.sha256 for file in open_extract(path, standard=standard).files])
    assert hashes[0] == hashes[1]


def test_the_hash_is_of_the_content_and_not_of_the_file(
    tmp_path: Path, standard: Standard, write_access: WriteAccess
) -> None:
    columns, rows = REFERRALS
    hashes = []
    for name, table in {"1": (columns, rows), "2": (columns, rows[::-1])}.items():
        path = tmp_path / f"{name}.mdb"
        write_access(path, {"MHS000Header": HEADER, "MHS101Referral": table})
        hashes.append([file.sha256 for file in open_extract(path, standard=standard).files])
    assert (tmp_path / "1.mdb").read_bytes() != (tmp_path / "2.mdb").read_bytes()
    assert hashes[0] == hashes[1]


def test_a_folder_of_months_may_hold_intermediate_databases(
    tmp_path: Path, standard: Standard, write_access: WriteAccess
) -> None:
    for month, day in {"2025-08": DAY_ONE - 31, "2025-09": DAY_ONE, "2025-09.v2": DAY_ONE}.items():
        header: Table = (HEADER[0], [["RZZ", day]])
        write_access(tmp_path / f"{month}.mdb", {"MHS000Header": header})
    names = [extract.name for extract in open_extracts(tmp_path, standard=standard)]
    assert names == ["2025-08.mdb", "2025-09.v2.mdb"]
    earlier = open_earlier_versions(tmp_path, standard=standard)
    assert [extract.name for extract in earlier] == ["2025-09.mdb"]


def test_without_mdbtools_the_message_says_what_to_do(
    tmp_path: Path, standard: Standard, write_access: WriteAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "IDB.mdb"
    write_access(path, {"MHS000Header": HEADER})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExtractError, match=r"needs mdb-tables.*export each table from Access"):
        open_extract(path, standard=standard)


def test_a_damaged_database_is_refused(tmp_path: Path, standard: Standard) -> None:
    path = tmp_path / "IDB.mdb"
    path.write_bytes(b"Standard Jet DB" * 1000)
    with pytest.raises(ExtractError, match="damaged, protected by a password or no Access"):
        open_extract(path, standard=standard)
    with pytest.raises(ExtractError, match="does not exist"):
        open_extract(tmp_path / "none.mdb", standard=standard)
