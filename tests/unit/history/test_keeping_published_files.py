"""Published files are read once; what a later one changes is seen, and reopens what it touches."""

from __future__ import annotations

from typing import Any

import pytest
from ledger_values import NOW, SEPTEMBER, figures_of, file_of, reconcile_of

from mhsds_recon.history import History, PublishedChanges
from mhsds_recon.published import PublishedFigures

FIRST = {"M1": "10", "M2": "*", "M3": "25"}


def keep(history: History, *files: PublishedFigures) -> PublishedChanges:
    return history.keep_published(*files, provider="RZZ", at=NOW)


def kinds_of(changes: PublishedChanges) -> dict[str, tuple[str, bool, bool]]:
    rows = changes.frame.select("measure_id", "kind", "is_changed", "counts").rows()
    return {measure_id: (kind, changed, counts) for measure_id, kind, changed, counts in rows}


def test_a_file_is_kept_once_whatever_it_is_called(history: History) -> None:
    file = file_of(FIRST)
    assert keep(history, file).added == ("MHSDS Data_SepPerf_2025.csv",)
    again = keep(history, file)
    assert (again.added, again.known) == ((), ("MHSDS Data_SepPerf_2025.csv",))
    assert history.published_files()["rows"].to_list() == [3]


def test_one_file_is_kept_for_each_provider_that_asks(history: History) -> None:
    keep(history, file_of(FIRST))
    other = file_of({"M1": "40"}, provider="RAA")
    history.keep_published(other, provider="RAA", at=NOW)
    assert history.series("RAA")["published"].to_list() == ["40"]
    assert history.series("RZZ").height == 3


@pytest.mark.parametrize(
    ("later", "kind", "counts"),
    [
        ({"version": "v2"}, "reissue", True),
        ({"status": "Final"}, "final", True),
        ({"status": "Adhoc", "version": "v9"}, "adhoc", False),
        ({"name": "elsewhere.csv"}, "changed", True),
        ({"status": "Provisional", "version": "v3"}, "late", False),
    ],
)
def test_what_a_later_file_is_decides_what_it_changes(
    history: History, later: dict[str, Any], kind: str, *, counts: bool
) -> None:
    keep(history, file_of(FIRST))
    changes = keep(history, file_of({"M1": "15", "M4": "5"}, **later))
    assert kinds_of(changes) == {"M1": (kind, True, counts)}
    now = dict(history.series("RZZ").select("measure_id", "published").iter_rows())
    assert now["M1"] == ("15" if counts else "10")


def test_the_same_value_in_another_form_is_no_change(history: History) -> None:
    keep(history, file_of({"M1": "10", "M2": None}))
    changes = keep(history, file_of({"M1": "10.0", "M2": None}, name="again.csv"))
    assert kinds_of(changes) == {"M1": ("repeat", False, True), "M2": ("repeat", False, True)}


def test_a_final_is_compared_with_the_last_version_of_the_performance(history: History) -> None:
    keep(history, file_of(FIRST), file_of({"M1": "15"}, version="v2"))
    changes = keep(history, file_of({"M1": "15"}, status="Final"))
    assert kinds_of(changes) == {"M1": ("final", False, True)}
    assert changes.frame["earlier_version"].to_list() == ["v2"]


def test_files_given_in_any_order_leave_the_same_figures(history: History) -> None:
    files = [
        file_of({"M1": "30"}, status="Final", version="v2"),
        file_of({"M1": "10"}, status="Provisional"),
        file_of({"M1": "25"}, status="Final"),
        file_of({"M1": "20"}, version="v10"),
        file_of({"M1": "15"}, version="v9"),
    ]
    keep(history, *files)
    counted = history.series("RZZ").select("published", "status", "file_version").rows()
    assert counted == [("30", "Final", "v2")]


def test_only_reconciliations_with_another_value_are_reopened(history: History) -> None:
    august = SEPTEMBER.back(1)
    for period in (august, SEPTEMBER):
        published = file_of(FIRST, period=period)
        keep(history, published)
        figures = figures_of({"M1": 12.0, "M2": 3.0, "M3": 24.0}, period=period)
        history.record(reconcile_of(figures, published), at=NOW)
    unchanged = keep(history, file_of(FIRST, period=august, version="v2"))
    assert unchanged.reopened == ()
    reissue = file_of({**FIRST, "M1": "15", "M9": "5"}, version="v2")
    (opened,) = keep(history, reissue).reopened
    assert (opened.run, opened.provider, opened.period) == (4, "RZZ", SEPTEMBER)
    assert opened.measure_ids == ("M1", "M9")
    assert [each.period for each in history.changes("RZZ").reopened] == [SEPTEMBER]
    assert history.changes("RZZ", period=august).reopened == ()


def test_reconciling_again_closes_what_was_reopened(history: History) -> None:
    figures = figures_of({"M1": 12.0})
    for published in (file_of({"M1": "10"}), file_of({"M1": "15"}, version="v2")):
        keep(history, published)
        history.record(reconcile_of(figures, published), at=NOW)
    assert history.changes("RZZ").reopened == ()
    assert history.series("RZZ")["reopened"].to_list() == [False]


def test_an_adhoc_row_reopens_nothing(history: History) -> None:
    published = file_of({"M1": "10"})
    keep(history, published)
    history.record(reconcile_of(figures_of({"M1": 12.0}), published), at=NOW)
    assert keep(history, file_of({"M1": "99"}, status="Adhoc")).reopened == ()


def test_changes_are_counted_by_file_and_kind(history: History) -> None:
    keep(history, file_of(FIRST))
    changes = keep(history, file_of({**FIRST, "M1": "15"}, name="f.csv", status="Final"))
    assert changes.counts().rows() == [("f.csv", "final", 3, 1)]


def test_a_file_without_a_row_of_the_provider_is_remembered(history: History) -> None:
    keep(history, file_of({"M1": "10"}, provider="RAA", name="other.csv"))
    assert history.published_files(provider="RZZ").select("file", "rows").rows() == [
        ("other.csv", 0)
    ]
