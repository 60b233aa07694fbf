"""Figures over months, their revisions, and the last comparisons, as trends read them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from ledger_values import NOW, SEPTEMBER, figures_of, file_of, reconcile_of, run_of, walk_of

from mhsds_recon.history import History, RunRecord
from mhsds_recon.reconciliation.result import KEY_COLUMNS

MONTHS = [SEPTEMBER.back(back) for back in (2, 1, 0)]


def test_a_series_has_every_month_with_local_published_and_gap(history: History) -> None:
    for index, period in enumerate(MONTHS):
        published = file_of({"M1": str(10 + 5 * index)}, period=period)
        history.keep_published(published, provider="RZZ", at=NOW)
        history.record(
            reconcile_of(figures_of({"M1": 12.0 + index}, period=period), published), at=NOW
        )
    series = history.series("RZZ", measure_ids=["M1"])
    assert series["reporting_period_end"].to_list() == [period.end for period in MONTHS]
    shown = series.select("stage", "local_exact", "published", "gap", "result").rows()
    assert shown == [
        ("extract", 12.0, "10", 2.0, "agree_within_rounding"),
        ("extract", 13.0, "15", -2.0, "agree_within_rounding"),
        ("extract", 14.0, "20", -6.0, "differs_unexplained"),
    ]


def test_a_published_figure_that_was_never_counted_has_no_stage(history: History) -> None:
    history.keep_published(file_of({"M1": "*"}), provider="RZZ", at=NOW)
    (row,) = history.series("RZZ").rows(named=True)
    assert (row["stage"], row["local_exact"], row["published"], row["gap"]) == (
        None,
        None,
        "*",
        None,
    )
    assert row["result"] is None
    assert row["reopened"] is False


def test_each_stage_has_its_own_row(history: History) -> None:
    for stage, value in (("warehouse", 14.0), ("extract", 12.0)):
        record = RunRecord(
            verb="reconcile",
            provider="RZZ",
            period=SEPTEMBER,
            software="0.1.0",
            standard="6.0",
            figures={stage: figures_of({"M1": value})},
        )
        history.record(record, at=NOW)
    rows = history.series("RZZ").select("stage", "local_exact").rows()
    assert rows == [("extract", 12.0), ("warehouse", 14.0)]


def test_stages_between_come_from_the_walk(history: History) -> None:
    record = reconcile_of(figures_of({"M1": 40.0}), file_of({"M1": "25"}))
    assert record.reconciliation is not None
    stages = pl.concat(
        record.reconciliation.frame.select(
            *KEY_COLUMNS,
            "measure_name",
            stage=pl.lit(stage),
            exact=pl.lit(exact),
            shown="published",
        )
        for stage, exact in (("extract", 99.0), ("accepted", 31.0), ("published", 25.0))
    )
    walked = replace(record.reconciliation, stages=stages)
    history.record(replace(record, reconciliation=walked), at=NOW)
    rows = history.series("RZZ").select("stage", "local_exact").rows()
    assert rows == [("accepted", 31.0), ("extract", 40.0)]


def test_a_number_that_is_none_is_kept_as_nothing(history: History) -> None:
    history.record(run_of(figures_of({"M1": float("nan")})), at=NOW)
    assert history.series("RZZ")["local_exact"].to_list() == [None]
    assert history.verify().is_whole


def test_a_figure_given_twice_is_kept_once(history: History) -> None:
    figures = figures_of({"M1": 12.0})
    twice = replace(figures, frame=pl.concat([figures.frame, figures.frame]))
    history.record(run_of(twice), at=NOW)
    assert history.series("RZZ").height == 1


def test_the_last_run_of_a_stage_counts_for_each_figure(history: History) -> None:
    history.record(run_of(figures_of({"M1": 12.0, "M2": 7.0})), at=NOW)
    history.record(run_of(figures_of({"M1": 13.0})), at=NOW)
    rows = history.series("RZZ").select("measure_id", "run", "local_exact").rows()
    assert rows == [("M1", 2, 13.0), ("M2", 1, 7.0)]


def test_revisions_hold_performance_and_final_of_the_same_figure(history: History) -> None:
    history.keep_published(
        file_of({"M1": "10", "M2": "20", "M3": "*"}),
        file_of({"M1": "15"}, version="v2"),
        file_of({"M1": "25", "M3": "5", "M4": "30"}, status="Final"),
        provider="RZZ",
        at=NOW,
    )
    rows = history.revisions("RZZ").select(
        "measure_id", "performance", "performance_version", "final", "revision"
    )
    assert rows.rows() == [("M1", "15", "v2", "25", 10.0), ("M3", "*", "", "5", None)]


def test_differences_are_those_of_the_last_comparison(history: History) -> None:
    published = file_of({"M1": "25"})
    for value in (50.0, 40.0):
        history.record(reconcile_of(figures_of({"M1": value}), published), at=NOW)
    (row,) = history.differences("RZZ").rows(named=True)
    assert (row["run"], row["result"], row["local_exact"]) == (2, "differs_unexplained", 40.0)
    assert (row["gap_low"], row["gap_high"]) == (13.0, 17.0)


def test_steps_keep_the_order_of_the_walk(history: History) -> None:
    record = reconcile_of(figures_of({"M1": 40.0}), file_of({"M1": "25"}))
    history.record(walk_of(record, ["VC02", "VC01"]), at=NOW)
    steps = history.steps("RZZ").select("place", "cause_id", "size", "rows", "rules")
    assert steps.rows() == [
        (1, "VC02", 3.0, 7, "MHS1: 7 rows"),
        (2, "VC01", 3.0, 7, "MHS1: 7 rows"),
    ]


def test_coverage_says_who_is_expected_submitted_and_published(history: History) -> None:
    history.record(run_of(), at=NOW)
    other = file_of({"M1": "40"}, provider="RAA")
    history.keep_published(other, provider="RAA", at=NOW)
    rows = history.coverage(SEPTEMBER, expected=["RZZ", "RXX"]).rows()
    assert rows == [
        ("RAA", False, False, True),
        ("RXX", True, False, False),
        ("RZZ", True, True, False),
    ]
