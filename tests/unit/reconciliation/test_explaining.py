"""How differences are explained by the steps of a walk."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import JOIN_KEY, Reconciliation, Step, compare, explain

MakeLocal = Callable[..., Figures]
MakePublished = Callable[..., PublishedFigures]
Walk = Callable[..., Reconciliation]
DISCLOSURE = {"VC53", "VC54", "VC55"}


def shown(exact: float) -> str:
    return "*" if exact < 5 else str(5 * int(exact / 5 + 0.5))


def step(figures: Figures, cause: str, size: float | None, **known: object) -> Step:
    return Step(
        key=figures.frame.select(JOIN_KEY).row(0),
        cause_id=cause,
        stage="extract to accepted",
        evidence="measured" if size is not None else "bounded",
        size=size,
        **known,  # type: ignore[arg-type]
    )


@pytest.fixture
def walk(local: MakeLocal, published: MakePublished) -> Walk:
    """Return a function that explains one count, given its value at first and after each step."""

    def make(published_text: str, *values: float) -> Reconciliation:
        figures = [local({"exact_value": v, "measure_value": shown(v)}) for v in values]
        steps = [
            step(figures[0], f"VC0{n}", before - after, rows=n, rules=f"rule {n}")
            for n, (before, after) in enumerate(pairwise(values), start=1)
            if before != after
        ]
        compared = compare(figures[0], published({"published": published_text}))
        return explain(compared, steps, figures[-1])

    return make


@pytest.mark.parametrize(
    ("published_text", "values", "expected"),
    [
        ("50", (60, 52, 51), ("differs_explained", 10, 0)),
        ("50", (60, 55, 54), ("differs_part_explained", 6, 2)),
        ("50", (60, 60, 60), ("differs_unexplained", 0, 8)),
        ("50", (60, 40, 40), ("differs_unexplained", 20, -8)),
        ("50", (60, 45, 45), ("differs_part_explained", 15, -3)),
        ("50", (60, 61, 62), ("differs_unexplained", -2, 10)),
        ("50", (40, 45, 49), ("differs_explained", -10, 0)),
        ("*", (9, 6, 4), ("differs_explained", 5, 0)),
        ("*", (9, 6, 5), ("differs_part_explained", 4, 1)),
        ("50", (51, 40, 40), ("agree_within_rounding", 0, 0)),
        ("*", (3, 0, 0), ("suppressed_consistent", 0, 0)),
    ],
)
def test_results_after_the_steps(
    walk: Walk,
    published_text: str,
    values: tuple[float, ...],
    expected: tuple[str, float, float],
) -> None:
    row = walk(published_text, *values).frame.row(0, named=True)
    assert (row["result"], row["explained"], row["residual"]) == expected


def test_the_walk_gives_each_step_its_size_direction_and_evidence(walk: Walk) -> None:
    variance = walk("50", 60, 52, 55).variance
    columns = ("cause_id", "direction", "size", "evidence", "rows", "rules")
    assert variance.select(columns).rows() == [
        ("VC01", "local_higher", 8.0, "measured", 1, "rule 1"),
        ("VC02", "local_lower", -3.0, "measured", 2, "rule 2"),
    ]
    key = ("provider", "status", "file_version", "breakdown", "primary_level", "measure_id")
    assert set(variance.select(key).rows()) == {
        ("RZZ", "Performance", "v2", "Provider", "RZZ", "M1")
    }


def test_no_cause_is_named_where_nothing_differs(walk: Walk) -> None:
    assert walk("50", 51, 40).variance.is_empty()


def test_an_explained_count_ends_with_its_rounding(walk: Walk) -> None:
    steps = walk("50", 60, 52).variance.select("cause_id", "direction", "size", "stage").rows()
    assert steps[-1] == ("VC53", "local_higher", 2.0, "to published")


def test_an_explained_count_ends_with_its_suppression(walk: Walk) -> None:
    last = walk("*", 9, 3).variance.row(-1, named=True)
    assert (last["cause_id"], last["evidence"], last["size"]) == ("VC54", "bounded", None)
    assert (last["low"], last["high"]) == (-1.0, 3.0)


def test_what_arrives_exactly_has_no_rounding_to_name(walk: Walk) -> None:
    assert DISCLOSURE.isdisjoint(walk("50", 60, 50).variance["cause_id"])


def test_an_explained_percentage_ends_with_its_own_rounding(
    local: MakeLocal, published: MakePublished
) -> None:
    share = {"disclosure": "bbrb_percent", "numerator": 30.0, "denominator": 60.0}
    ours = local({**share, "exact_value": 55.4, "measure_value": "55"})
    result = explain(compare(ours, published({"published": "50"})), [step(ours, "VC01", 5.0)], ours)
    last = result.variance.row(-1, named=True)
    assert (last["cause_id"], round(last["size"], 6)) == ("VC55", 0.4)


def test_sizes_add_up_to_what_is_explained(walk: Walk) -> None:
    result = walk("50", 90, 71, 75, 56)
    assert result.variance["size"].sum() == result.frame["explained"].item() == 34


def test_what_is_only_bounded_explains_nothing(local: MakeLocal, published: MakePublished) -> None:
    ours = local({"exact_value": 60.0, "measure_value": "60"})
    compared = compare(ours, published({"published": "50"}))
    result = explain(compared, [step(ours, "VC26", None, low=0.0, high=12.0)], ours)
    row = result.frame.row(0, named=True)
    assert (row["result"], row["explained"], row["residual"]) == ("differs_unexplained", 0, 8)
    assert result.variance["direction"].to_list() == ["local_higher"]


def test_without_steps_nothing_changes(walk: Walk) -> None:
    result = walk("50", 60)
    assert result.frame["result"].item() == "differs_unexplained"
    assert result.variance.is_empty()


def test_figures_on_one_side_only_stay_as_they_are(
    local: MakeLocal, published: MakePublished
) -> None:
    ours = local({"measure_id": "M2"})
    result = compare(ours, published({}))
    explained = explain(result, [step(ours, "VC01", 3.0)], ours)
    assert explained.frame.equals(result.frame)
    assert explained.variance.is_empty()
