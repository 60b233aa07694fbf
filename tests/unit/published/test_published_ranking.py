"""Where several files give one figure, the best counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mhsds_recon.errors import PublishedError
from mhsds_recon.published import read_published

WriteFile = Callable[..., Path]


@pytest.fixture
def one(write_file: WriteFile) -> WriteFile:
    """Return a function that writes a file with one value."""

    def write(name: str, status: str, value: str) -> Path:
        return write_file({"STATUS": status, "MEASURE_VALUE": value}, name=name)

    return write


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("a.csv", "Final"), ("b_v9.csv", "Performance")),
        (("a.csv", "Performance"), ("b_v2.csv", "Provisional")),
        (("a_v2.csv", "Performance"), ("b.csv", "Performance")),
        (("a_v10.csv", "Final"), ("b_v9.csv", "Final")),
        (("a.csv", "Provisional"), ("b_v2.csv", "Adhoc")),
    ],
)
def test_status_ranks_before_version(
    one: WriteFile, better: tuple[str, str], worse: tuple[str, str]
) -> None:
    files = [one(*worse, "10"), one(*better, "20")]
    for given in (files, files[::-1]):
        read = read_published(given, provider="RZZ")
        assert read.frame["published"].to_list() == ["20"]
        assert read.superseded == 1


def test_a_better_file_replaces_only_the_figures_it_has(write_file: WriteFile) -> None:
    first = write_file({}, {"MEASURE_ID": "MRS12", "MEASURE_VALUE": "5"}, name="a.csv")
    second = write_file({"MEASURE_VALUE": "30"}, name="a_v2.csv")
    read = read_published([first, second], provider="RZZ")
    assert dict(read.frame.select("measure_id", "published").iter_rows()) == {
        "MRS12": "5",
        "MRS13": "30",
    }
    assert [file.rows for file in read.files] == [2, 1]


def test_the_same_file_twice_changes_nothing(one: WriteFile) -> None:
    path = one("a.csv", "Final", "10")
    read = read_published([path, path])
    assert (read.frame.height, read.superseded) == (1, 1)


def test_files_of_equal_rank_that_disagree_are_refused(one: WriteFile) -> None:
    files = [one("a.csv", "Final", "10"), one("b.csv", "Final", "15")]
    with pytest.raises(
        PublishedError, match=r"'a.csv' and 'b.csv' give different values \(10, 15\)"
    ):
        read_published(files)


def test_a_file_without_the_provider_is_no_error_beside_one_with_it(write_file: WriteFile) -> None:
    files = [write_file({"PRIMARY_LEVEL": "RZA"}, name="a.csv"), write_file({}, name="b.csv")]
    assert read_published(files, provider="RZZ").frame["file"].to_list() == ["b.csv"]
