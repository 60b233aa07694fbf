"""What goes into the history comes out again, once."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from ledger_values import NOW, SEPTEMBER, figures_of, file_of, reconcile_of, run_of

from mhsds_recon.errors import UsageError
from mhsds_recon.history import History
from mhsds_recon.validation import Validation


def test_a_run_comes_back_as_it_was_recorded(history: History) -> None:
    figures = figures_of({"M1": 12.0, "M2": 3.0, "M3": None, "M4": 0.1 + 0.2})
    published = file_of({"M1": "10", "M2": "*", "M5": "25"})
    history.keep_published(published, provider="RZZ", at=NOW)
    number = history.record(reconcile_of(figures, published), at=NOW)
    past = history.run(number)
    assert past.facts == {
        "run": number,
        "recorded_at": NOW,
        "verb": "reconcile",
        "provider": "RZZ",
        "period": "2025-09",
        "software": "0.1.0",
        "standard": "6.0",
        "file_accepted": None,
    }
    exact = dict(past.figures.select("measure_id", "local_exact").iter_rows())
    assert exact == {"M1": 12.0, "M2": 3.0, "M3": None, "M4": 0.1 + 0.2}
    assert dict(past.comparisons.select("measure_id", "result").iter_rows()) == {
        "M1": "agree_within_rounding",
        "M2": "suppressed_consistent",
        "M3": "not_published",
        "M4": "not_published",
        "M5": "not_assessed",
    }
    assert past.files["name"].to_list() == ["2025-09"]


def test_the_very_same_run_is_recorded_once(history: History) -> None:
    first = history.record(run_of(figures_of({"M1": 12.0})), at=NOW)
    assert history.record(run_of(figures_of({"M1": 12.0})), at=NOW) == first
    assert history.runs().height == 1


def test_figures_that_come_back_after_others_are_recorded_again(history: History) -> None:
    numbers = [history.record(run_of(figures_of({"M1": value})), at=NOW) for value in (1, 2, 1)]
    assert numbers == [1, 2, 3]
    assert history.series("RZZ")["local_exact"].to_list() == [1.0]


def test_levels_that_differ_in_capitals_only_are_two_series(history: History) -> None:
    history.record(run_of(figures_of({"MHS30d": 1.0, "MHS30D": 2.0})), at=NOW)
    exact = history.series("RZZ").select("measure_id", "local_exact")
    assert dict(exact.iter_rows()) == {"MHS30D": 2.0, "MHS30d": 1.0}


def test_england_is_not_kept(history: History) -> None:
    number = history.record(run_of(figures_of({"M1": 12.0}, breakdown="England")), at=NOW)
    assert history.run(number).figures.is_empty()


def test_runs_can_be_picked_by_provider_and_period(history: History) -> None:
    history.record(run_of(), at=NOW)
    history.record(run_of(figures_of({"M1": 1.0}, provider="RAA")), at=NOW)
    history.record(run_of(figures_of({"M1": 1.0}, period=SEPTEMBER.back(1))), at=NOW)
    assert history.runs(provider="RZZ", period=SEPTEMBER)["run"].to_list() == [1]


def test_a_run_that_is_not_there_is_a_mistake_of_the_caller(history: History) -> None:
    with pytest.raises(UsageError, match="no run 7"):
        history.run(7)


def test_rule_counts_are_those_of_the_last_validation(
    history: History, validation: Validation
) -> None:
    record = run_of(verb="validate", validation=validation)
    number = history.record(record, at=NOW)
    kept = history.rule_counts("RZZ")
    expected = validation.counts().with_columns(pl.col("element").fill_null(""))
    columns = ["code", "level", "table", "element", "rows"]
    assert kept["run"].unique().to_list() == [number]
    assert kept.select(columns).sort(columns).equals(expected.select(columns).sort(columns))
    assert history.run(number).facts["file_accepted"] is validation.file_verdict.accepted
    assert history.run(number).tables["submitted"].sum() == validation.accepted["submitted"].sum()


def test_what_counts_of_a_month_is_its_last_validation_whatever_verb_made_it(
    history: History, validation: Validation
) -> None:
    accepted = validation.accepted.with_columns(pl.col("submitted") + 1)
    history.record(run_of(verb="validate", validation=validation), at=NOW)
    packed = replace(validation, findings=validation.findings.head(1), accepted=accepted)
    number = history.record(run_of(verb="pack", validation=packed), at=NOW)
    history.record(run_of(verb="measures"), at=NOW)
    rules, tables = history.rule_counts("RZZ"), history.table_counts("RZZ")
    assert (rules["run"].to_list(), rules["rows"].to_list()) == ([number], [1])
    assert set(tables["run"]) == {number}
    assert dict(tables.select("table", "submitted").rows()) == dict(
        accepted.select("table", "submitted").rows()
    )
    assert history.table_counts("RAA").is_empty()
