"""Effects of planted errors, whose exact cost is known."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mhsds_recon.effects import Effects, effects_of_rules, weighing
from mhsds_recon.frames import extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.standard import REJECTING_LEVELS, ReportingPeriod, Standard
from mhsds_recon.testing import PlantedError, SyntheticTrust, synthetic_trust
from mhsds_recon.validation import Validation

# Contacts of no referral, and referrals or contacts without a date that can be read, do not
# count even where they are let through.
COUNTED_ONLY_ONCE_RIGHT = {
    ("MHS20142", "MHS95"),
    ("MHS20142", "MHS30d"),
    ("MHS20107", "MHS30d"),
    ("MHS10111", "MHS95"),
    ("MHS10111", "MHS30d"),
    ("MHS10111", "MRS12"),
    ("MHS10111", "MRS13"),
}
PLANNED = ("MHS95", "MHS30d", "CYP32", "MHS110", "MRS11", "MRS12", "MRS13")
LOST = {
    "people": ("MHS001MPI",),
    "referrals": ("MHS101Referral",),
    "contacts": ("MHS201CareContact",),
    "scores": ("MHS606CodedScoreAssessmentRefer", "MHS607CodedScoreAssessmentAct"),
}


def _planned(effects: Effects) -> pl.DataFrame:
    """Return the effects on the measures whose losses are planned."""
    return effects.measures.filter(pl.col("measure_id").is_in(PLANNED))


def rejecting(trust: SyntheticTrust) -> dict[str, list[PlantedError]]:
    by_code: dict[str, list[PlantedError]] = {}
    for error in trust.planted:
        if error.level in REJECTING_LEVELS:
            by_code.setdefault(error.code, []).append(error)
    return by_code


@pytest.mark.parametrize("effect", ["removed_alone", "gained_by_fixing"])
def test_each_rule_costs_what_its_planted_errors_do(
    trust: SyntheticTrust, effects: Effects, effect: str
) -> None:
    for code, errors in rejecting(trust).items():
        expected = sum((Counter(error.loss) for error in errors), Counter())
        found = _planned(effects).filter(code=code)
        for row in found.iter_rows(named=True):
            measure = row["measure_id"]
            if (code, measure) in COUNTED_ONLY_ONCE_RIGHT:
                assert (row[effect], row["at_least"]) == (0, True)
            else:
                assert row[effect] == expected[measure], (code, measure)


def test_what_counting_cannot_show_is_the_values_that_do_not_count(
    trust: SyntheticTrust, seed: int, effects: Effects, standard: Standard
) -> None:
    clean = synthetic_trust(months=7, people=120, seed=seed, plant=False)
    without_errors, submitted = values_of(clean, standard), values_of(trust, standard)
    planned: Counter[str] = Counter()
    for error in trust.planted:
        planned.update(error.loss)
    removed = _planned(effects).group_by("measure_id").agg(pl.col("removed_alone").sum())
    for measure, shown in removed.iter_rows():
        assert shown + without_errors[measure] - submitted[measure] == planned[measure]


def values_of(trust: SyntheticTrust, standard: Standard) -> dict[str, float]:
    extracts = [
        extract_from_frames(tables, standard=standard, name=month)
        for month, tables in trust.extracts.items()
    ]
    frame = count(extracts, standard=standard, period=ReportingPeriod(2025, 9)).frame
    return dict(frame.filter(breakdown="Provider").select("measure_id", "exact_value").iter_rows())


def test_each_rule_loses_the_rows_that_its_planted_errors_lose(
    trust: SyntheticTrust, effects: Effects
) -> None:
    for code, errors in rejecting(trust).items():
        (row,) = effects.frame.filter(code=code).to_dicts()
        lost = sum((Counter(error.rows_lost) for error in errors), Counter())
        assert row["rows_rejected"] == sum(error.rows for error in errors)
        assert row["rows_rejected"] + row["rows_cascade"] == lost.total()
        for column, tables in LOST.items():
            assert row[column] == sum(lost[table] for table in tables)


def test_rules_that_a_rejection_only_moves_along_start_none(
    trust: SyntheticTrust, effects: Effects
) -> None:
    moved = effects.frame.filter(~pl.col("code").is_in(list(rejecting(trust))))
    assert (moved["rows"] > 0).all()
    assert not moved.is_empty()
    assert moved["rows_rejected"].sum() == moved["rows_cascade"].sum() == 0
    assert moved["measures_changed"].sum() == 0


def test_what_costs_most_comes_first(effects: Effects) -> None:
    ordered = effects.by_effect()
    assert ordered["largest_effect"].to_list() == sorted(ordered["largest_effect"], reverse=True)
    assert set(ordered["code"]) == set(effects.frame["code"])
    assert ordered.row(0, named=True)["measure_id"] == "MHS95"


def test_a_notebook_shows_no_small_number(effects: Effects) -> None:
    html = effects._repr_html_()
    cells = [text.partition("</td>")[0] for text in html.split("<td>")[1:]]
    assert "*" in cells
    assert not {"1", "2", "3", "4"} & {cell.removesuffix(".0") for cell in cells}


def test_in_short_the_heaviest_rules_are_weighed_as_they_are_in_full(
    validations: list[Validation],
    effects: Effects,
    standard: Standard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weighing, "_MOST_RULES", 3)
    asked = ["MHS95", "MHS30d"]
    short = effects_of_rules(
        validations,
        standard=standard,
        period=effects.period,
        measure_ids=asked,
        in_short=True,
    )
    weighed = short.measures.filter(pl.col("removed_alone").is_not_null())
    in_full = effects.measures.filter(pl.col("measure_id").is_in(asked))
    same = ["code", "table", "element", "measure_id", "removed_alone", "rows_read", "at_least"]
    key = same[:4]
    expected = in_full.join(weighed.select(key), on=key, how="semi", nulls_equal=True)
    assert_frame_equal(weighed.select(same), expected.select(same), check_row_order=False)
    starting = set(effects.frame.filter(pl.col("rows_rejected") > 0)["code"])
    left_out = set(short.frame.filter(pl.col("largest_effect").is_null())["code"])
    assert left_out < starting
    assert len(starting - left_out) == 3
    assert weighed.filter(pl.col("code").is_in(list(starting)))["gained_by_fixing"].is_null().all()


def test_in_short_rules_that_concern_nearly_all_rows_are_left_out_where_there_are_many(
    validations: list[Validation], standard: Standard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "_MOST_ROWS", 10)
    monkeypatch.setattr(weighing, "_SHARE", 0.0)
    found = effects_of_rules(
        validations,
        standard=standard,
        period=ReportingPeriod(2025, 9),
        measure_ids=["MHS95"],
        in_short=True,
    )
    weighed = found.frame.filter(pl.col("largest_effect") != 0)
    assert weighed.is_empty()
    assert found.frame["largest_effect"].is_null().any()
