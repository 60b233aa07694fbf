"""The one hash of an extract: what a sign-off binds to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from mhsds_recon.frames import InputFile, locate, open_extract, sha256_of_files
from mhsds_recon.standard import Standard

HEADER = "OrgIDProvider,ReportingPeriodStartDate\nRZZ,2025-09-01\n"
REFERRALS = "ServiceRequestID\nA\nB\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    extract = tmp_path / "2025-09"
    extract.mkdir()
    (extract / "MHS000Header.csv").write_text(HEADER, encoding="utf-8")
    (extract / "MHS101Referral.csv").write_text(REFERRALS, encoding="utf-8")
    return extract


def test_it_is_the_same_wherever_the_files_lie_and_in_a_zip(
    folder: Path, tmp_path: Path, standard: Standard
) -> None:
    moved = shutil.copytree(folder, tmp_path / "elsewhere" / "September")
    zipped = Path(shutil.make_archive(str(tmp_path / "2025-09"), "zip", folder))
    hashes = {open_extract(path, standard=standard).sha256 for path in (folder, moved, zipped)}
    assert len(hashes) == 1


def test_any_byte_any_name_and_any_missing_file_makes_another(
    folder: Path, standard: Standard
) -> None:
    path = folder / "MHS101Referral.csv"
    hashes = [open_extract(folder, standard=standard).sha256]
    content = path.read_bytes()
    for place in (0, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        hashes.append(open_extract(folder, standard=standard).sha256)
    path.write_bytes(content)
    assert open_extract(folder, standard=standard).sha256 == hashes[0]
    path.rename(folder / "MHS102OtherServiceType.csv")
    hashes.append(open_extract(folder, standard=standard).sha256)
    (folder / "MHS102OtherServiceType.csv").unlink()
    hashes.append(open_extract(folder, standard=standard).sha256)
    assert len(set(hashes)) == len(hashes) == 6


def test_files_in_another_order_are_the_same_and_with_swapped_hashes_not() -> None:
    def files(*hashes: str) -> list[InputFile]:
        named = zip(("a", "b"), hashes, strict=True)
        return [InputFile(name=name, sha256=each, size=1, rows=1) for name, each in named]

    given = files("1", "2")
    assert sha256_of_files(given) == sha256_of_files(reversed(given))
    assert sha256_of_files(given) != sha256_of_files(files("2", "1"))


def test_of_a_database_it_follows_the_rows_and_not_their_order(
    tmp_path: Path, standard: Standard
) -> None:
    def sha256(name: str, rows: str) -> str:
        url = f"sqlite:///{tmp_path / name}"
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            for statement in (
                "CREATE TABLE MHS000Header (OrgIDProvider, ReportingPeriodStartDate)",
                "INSERT INTO MHS000Header VALUES ('RZZ', '2025-09-01')",
                "CREATE TABLE MHS101Referral (ServiceRequestID)",
                f"INSERT INTO MHS101Referral VALUES {rows}",  # noqa: S608  made up here
            ):
                connection.exec_driver_sql(statement)
        engine.dispose()
        found = {open_extract(locate(url, {}), standard=standard).sha256 for _ in range(2)}
        return found.pop() if len(found) == 1 else "not stable"

    assert sha256("1.db", "('A'), ('B')") == sha256("2.db", "('B'), ('A')") != "not stable"
    assert sha256("3.db", "('A'), ('C')") != sha256("1b.db", "('A'), ('B')")
