"""Which set of causes is believed: only what meets every figure, alone, and hardly by chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.causes.fitting import Candidate, Fit, find_fits
from mhsds_recon.causes.values import Target, Value

START, END = dt.date(2025, 9, 1), dt.date(2025, 9, 30)
WHOLE, BY_AGE = "Provider", "Age"
BASE = {"all": 100.0, "young": 40.0, "old": 60.0}
Effects = Mapping[str, Mapping[str, float]]
Sets = Iterable[tuple[str, ...]]
Key = tuple[dt.date, dt.date, str, str, str, str]
EFFECTS: Effects = {
    "a": {"all": 13, "young": 5, "old": 8},
    "b": {"all": -23, "young": -23},
    "c": {"all": 61, "young": 40, "old": 21},
    "d": {"all": 2, "old": 2},
}


def key(level: str, measure: str = "M1") -> Key:
    return START, END, WHOLE if level == "all" else BY_AGE, level, "NONE", measure


def targets(figures: Mapping[str, float], measure: str = "M1") -> list[Target]:
    return [
        Target(key=key(level, measure), value=Value(value), is_count=True)
        for level, value in figures.items()
    ]


def recount_of(
    effects: Mapping[str, Effects], joint: Mapping[tuple[str, ...], Mapping[str, float]]
) -> Callable[[Sets], dict[tuple[str, ...], dict[Key, Value]]]:
    """Return a recount in which effects add up, but where ``joint`` says what they do together."""

    def recount(sets: Sets) -> dict[tuple[str, ...], dict[Key, Value]]:
        counted = {}
        for ids in sets:
            values = {}
            for measure, of_measure in effects.items():
                for level, base in BASE.items():
                    added = sum(of_measure.get(name, {}).get(level, 0) for name in ids)
                    added += joint.get(ids, {}).get(level, 0)
                    values[key(level, measure)] = Value(base + added)
            counted[ids] = values
        return counted

    return recount


def fit_of(
    figures: Mapping[str, float],
    effects: Effects = EFFECTS,
    *,
    joint: Mapping[tuple[str, ...], Mapping[str, float]] | None = None,
    causes: Mapping[str, str] | None = None,
) -> Fit:
    candidates = {
        name: Candidate(id=name, cause=(causes or {}).get(name, name), words=name)
        for name in effects
    }
    return find_fits(
        {"M1": targets(figures)},
        candidates,
        recount=recount_of({"M1": effects}, joint or {}),
        excludes=lambda one, other: {one, other} == {"c", "d"},
        cohorts={"M1": "cohort"},
    )["M1"]


def figures_with(*names: str, effects: Effects = EFFECTS) -> dict[str, float]:
    return {
        level: base + sum(effects[name].get(level, 0) for name in names)
        for level, base in BASE.items()
    }


@pytest.mark.parametrize("names", [("a",), ("b",), ("c",), ("a", "b"), ("b", "c"), ("a", "b", "c")])
def test_the_set_that_meets_every_figure_is_certain(names: tuple[str, ...]) -> None:
    fit = fit_of(figures_with(*names))
    assert (fit.sets, fit.is_certain) == ((names,), True)


def test_causes_that_overlap_are_found_by_their_joint_recount() -> None:
    overlap = {"all": -4, "young": -2, "old": -2}
    figures = {level: value + overlap[level] for level, value in figures_with("a", "c").items()}
    fit = fit_of(figures, joint={("a", "c"): overlap})
    assert (fit.sets, fit.is_certain) == ((("a", "c"),), True)


def test_nothing_fits_where_one_figure_is_not_met() -> None:
    figures = figures_with("a") | {"old": 69.0}
    assert fit_of(figures).sets == ()


def test_one_small_number_alone_is_no_proof() -> None:
    fit = fit_of({"all": 102.0})
    assert (fit.sets, fit.is_certain) == ((("d",),), False)


def test_one_large_number_with_few_causes_to_choose_from_is_proof() -> None:
    effects: Effects = {"a": {"all": 240}, "b": {"all": 3}}
    assert fit_of({"all": 340.0}, effects).is_certain


def test_two_causes_that_meet_the_figures_alike_are_both_named_and_neither_is_believed() -> None:
    effects = {**EFFECTS, "e": EFFECTS["a"]}
    fit = fit_of(figures_with("a"), effects)
    assert set(fit.sets) == {("a",), ("e",)}
    assert not fit.is_certain


def test_two_forms_of_one_cause_are_no_doubt_about_the_cause() -> None:
    effects = {**EFFECTS, "e": EFFECTS["a"]}
    fit = fit_of(figures_with("a"), effects, causes={"a": "VC19", "e": "VC19"})
    assert fit.is_certain


def test_causes_that_exclude_each_other_are_not_put_together() -> None:
    assert fit_of(figures_with("c", "d")).sets == ()


def test_a_cause_proven_on_one_measure_is_believed_on_another_that_it_meets() -> None:
    effects: dict[str, Effects] = {"M1": EFFECTS, "M2": {"a": {"all": 1}, "b": {"all": 2}}}
    candidates = {name: Candidate(id=name, cause=name, words=name) for name in EFFECTS}
    fits = find_fits(
        {"M1": targets(figures_with("a")), "M2": targets({"all": 101.0}, "M2")},
        candidates,
        recount=recount_of(effects, {}),
        excludes=lambda _one, _other: False,
        cohorts={"M1": "cohort", "M2": "another"},
    )
    assert (fits["M2"].sets, fits["M2"].is_certain) == ((("a",),), True)


@given(st.dictionaries(st.sampled_from(list(BASE)), st.integers(-50, 50), min_size=1))
def test_what_is_called_certain_meets_every_figure_exactly(gaps: dict[str, int]) -> None:
    figures = {level: BASE[level] + gap for level, gap in gaps.items()}
    fit = fit_of(figures)
    if fit.is_certain:
        met = figures_with(*fit.sets[0])
        assert all(met[level] == value for level, value in figures.items())


@given(st.integers(1, 4))
def test_a_lone_gap_below_five_is_never_certain(gap: int) -> None:
    effects: Effects = {name: {"all": size} for name, size in zip("abcd", range(1, 5), strict=True)}
    assert not fit_of({"all": 100.0 + gap}, effects).is_certain


def test_of_sets_that_meet_the_figures_that_with_a_proven_cause_is_believed() -> None:
    of_second: Effects = {
        "a": {"all": 1},
        "b": {"all": 1},
        "c": {"all": -70, "young": -40, "old": -30},
    }
    effects = {"M1": EFFECTS, "M2": of_second}
    candidates = {name: Candidate(id=name, cause=name, words=name) for name in EFFECTS}
    fits = find_fits(
        {
            "M1": targets(figures_with("a")),
            "M2": targets(figures_with("a", "c", effects=of_second), "M2"),
        },
        candidates,
        recount=recount_of(effects, {}),
        excludes=lambda _one, _other: False,
        cohorts={"M1": "cohort", "M2": "another"},
    )
    assert set(fits["M2"].sets) == {("a", "c"), ("b", "c")}
    assert fits["M2"].sets[0] == ("a", "c")
    assert fits["M2"].is_certain
