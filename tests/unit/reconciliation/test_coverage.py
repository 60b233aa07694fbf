"""Who is expected, who submitted, who is published, and who is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import Coverage, Expected, cover, read_expected
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.validation import FileVerdict, Validation, validate

SEPTEMBER = ReportingPeriod(2025, 9)
Published = Callable[..., PublishedFigures]


@pytest.fixture(scope="module")
def accepted(standard: Standard) -> Validation:
    """A validation whose file is accepted."""
    header = {"OrgIDProvider": ["RAA"], "ReportingPeriodStartDate": ["2025-09-01"]}
    extract = extract_from_frames({"MHS000Header": pl.DataFrame(header)}, standard=standard)
    return replace(validate(extract, standard=standard), file_verdict=FileVerdict(codes=()))


@pytest.fixture
def covered(accepted: Validation, published: Published) -> Callable[..., dict[str, Any]]:
    """A function that returns the only row of a coverage table."""

    def make(
        *, submits: bool | None, is_published: bool | None, expected: bool = True
    ) -> dict[str, Any]:
        """Return the row; ``submits`` says whether the file is accepted, None for no extract."""
        verdict = FileVerdict(codes=() if submits else ("MHSREJ002",))
        submitted = {} if submits is None else {"RZZ": replace(accepted, file_verdict=verdict)}
        file = published({})
        files = {"RZZ": [file if is_published else replace(file, frame=file.frame.head(0))]}
        due = {"RZZ": Expected(provider="RZZ", name="A Trust")} if expected else {}
        table = cover(
            SEPTEMBER,
            expected=due,
            submitted=submitted,
            published=None if is_published is None else files,
        )
        assert table.frame.height == 1
        return {**table.frame.row(0, named=True), "complete": table.is_complete}

    return make


@pytest.mark.parametrize(
    ("submits", "is_published", "state", "complete"),
    [
        (None, False, "missing", False),
        (None, True, "no_extract", True),
        (True, False, "not_published", False),
        (True, True, "complete", True),
        (False, False, "rejected_not_published", False),
        (False, True, "rejected_but_published", True),
        (True, None, "submitted", True),
        (False, None, "rejected", False),
        (None, None, "not_submitted", False),
    ],
)
def test_every_state_of_an_expected_provider_is_told(
    covered: Callable[..., dict[str, Any]],
    state: str,
    *,
    submits: bool | None,
    is_published: bool | None,
    complete: bool,
) -> None:
    row = covered(submits=submits, is_published=is_published)
    assert (row["state"], row["complete"], row["expected"]) == (state, complete, True)
    assert row["rejected_by"] == ("MHSREJ002" if submits is False else "")
    assert row["published_figures"] == (1 if is_published else 0)
    assert (row["status"], row["file_version"]) == (
        ("Performance", "v2") if is_published else ("", "")
    )


def test_a_provider_nobody_expects_is_listed_and_does_not_make_it_incomplete(
    covered: Callable[..., dict[str, Any]],
) -> None:
    row = covered(submits=False, is_published=False, expected=False)
    assert (row["expected"], row["complete"], row["name"]) == (False, True, "")


def test_the_best_file_says_status_and_version(published: Published) -> None:
    files = [
        published({"status": "Performance", "file_version": "v3"}),
        published({"status": "Final", "file_version": ""}),
    ]
    due = {"RZZ": Expected(provider="RZZ")}
    row = cover(SEPTEMBER, expected=due, submitted={}, published={"RZZ": files}).frame
    assert row.select("status", "file_version", "published_figures").row(0) == ("Final", "", 1)


def test_nobody_expected_and_nobody_there_is_an_empty_table() -> None:
    table = cover(SEPTEMBER, expected={}, submitted={}, published=None)
    assert isinstance(table, Coverage)
    assert table.frame.height == 0
    assert table.is_complete


def test_only_those_due_in_the_month_are_expected(tmp_path: Path) -> None:
    path = tmp_path / "expected.csv"
    path.write_text(
        "provider,name,first_month,last_month\nRAA,A,,\nRBB,,2025-10,\nRCC,,,2025-08\n"
        "RDD,,2025-09,2025-09\n\n",
        encoding="utf-8-sig",
    )
    assert sorted(read_expected(path, SEPTEMBER)) == ["RAA", "RDD"]
    assert read_expected(path, SEPTEMBER)["RAA"].name == "A"


@pytest.mark.parametrize(
    "content",
    [
        "name\nA\n",
        "provider,first_month\nRAA,2025\n",
        "provider,colour\nRAA,blue\n",
        "provider\nA,B\n",
    ],
)
def test_a_list_that_does_not_fit_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "expected.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReferenceFileError, match="no list of expected providers"):
        read_expected(path, SEPTEMBER)


def test_a_provider_expected_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "expected.csv"
    path.write_text("provider\nRAA\nRAA\n", encoding="utf-8")
    with pytest.raises(ReferenceFileError, match="RAA twice"):
        read_expected(path, SEPTEMBER)


def test_an_absent_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError):
        read_expected(tmp_path / "none.csv", SEPTEMBER)
