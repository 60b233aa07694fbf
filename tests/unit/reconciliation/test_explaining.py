"""How differences are explained by counting again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mhsds_recon.measures import Figures
from mhsds_recon.published import PublishedFigures
from mhsds_recon.reconciliation import Reconciliation, Step, compare, explain

MakeLocal = Callable[..., Figures]
MakePublished = Callable[..., PublishedFigures]
Walk = Callable[..., Reconciliation]


def shown(exact: float) -> str:
    return "*" if exact < 5 else str(5 * int(exact / 5 + 0.5))


@pytest.fixture
def walk(local: MakeLocal, published: MakePublished) -> Walk:
    """Return a function that explains one count, given its value at first and after each step."""

    def make(published_text: str, *values: float) -> Reconciliation:
        figures = [local({"exact_value": v, "measure_value": shown(v)}) for v in values]
        steps = [
            Step(cause_id=f"VC0{n}", figures_after=after, rows={"M1": n}, rules={"M1": f"rule {n}"})
            for n, after in enumerate(figures[1:], start=1)
        ]
        return explain(compare(figures[0], published({"published": published_text})), steps)

    return make


@pytest.mark.parametrize(
    ("published_text", "values", "expected"),
    [
        ("50", (60, 52, 51), ("differs_explained", 9, 0)),
        ("50", (60, 55, 54), ("differs_part_explained", 6, 2)),
        ("50", (60, 60, 60), ("differs_unexplained", 0, 8)),
        ("50", (60, 40, 40), ("differs_unexplained", 20, -8)),
        ("50", (60, 45, 45), ("differs_part_explained", 15, -3)),
        ("50", (60, 61, 62), ("differs_unexplained", -2, 10)),
        ("50", (40, 45, 49), ("differs_explained", -9, 0)),
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


def test_no_cause_is_named_where_nothing_differs_or_nothing_moved(walk: Walk) -> None:
    assert walk("50", 51, 40).variance.is_empty()
    assert [row["cause_id"] for row in walk("50", 60, 60, 51).variance.to_dicts()] == ["VC02"]


def test_sizes_add_up_to_what_is_explained(walk: Walk) -> None:
    result = walk("50", 90, 71, 75, 56)
    assert result.variance["size"].sum() == result.frame["explained"].item() == 34


def test_without_steps_nothing_changes(walk: Walk) -> None:
    result = walk("50", 60)
    assert result.frame["result"].item() == "differs_unexplained"
    assert result.variance.is_empty()


def test_steps_need_name_rows_and_rules_only_where_they_have_some(
    local: MakeLocal, published: MakePublished
) -> None:
    result = compare(local({"exact_value": 60.0, "measure_value": "60"}), published({}))
    step = Step(cause_id="VC01", figures_after=local({}), rows={}, rules={"M2": "rule"})
    assert explain(result, [step]).variance.select("rows", "rules").row(0) == (None, None)


def test_figures_on_one_side_only_stay_as_they_are(
    local: MakeLocal, published: MakePublished
) -> None:
    result = compare(local({"measure_id": "M2"}), published({}))
    step = Step(cause_id="VC01", figures_after=local({"measure_id": "M2"}), rows={}, rules={})
    explained = explain(result, [step])
    assert explained.frame.equals(result.frame)
    assert explained.variance.is_empty()
