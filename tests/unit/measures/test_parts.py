"""No count from 1 to 4 can be had from the others, whoever knows how they are hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TypeAlias

import narwhals as nw
import polars as pl

from mhsds_recon.measures.disclosure import control
from mhsds_recon.measures.parts import hide_more

Levels: TypeAlias = tuple[str, str]
HIGHEST = 18
"""Counts tried go so far; totals that more could make up are left out."""


def shown(*columns: str) -> list[nw.Expr]:
    nothing = nw.lit(None, dtype=nw.Float64)
    rule, breakdown = nw.lit("bbrb_count"), nw.lit("Provider")
    return [control(nw.col(one), nothing, nothing, rule, breakdown) for one in columns]


def hidden_in(
    tables: Mapping[str, Mapping[Levels, float]],
    *,
    numerators: Mapping[Levels, float] | None = None,
    denominators: Mapping[Levels, float] | None = None,
    local: bool = True,
) -> dict[tuple[str, Levels], str]:
    """Return the values shown of counts by measure and levels; of shares where they are of some."""
    rows = [
        {
            "measure_id": measure,
            "breakdown": _breakdown(levels),
            "primary_level": levels[0],
            "secondary_level": levels[1],
            "exact_value": value,
            "numerator": (numerators or {}).get(levels),
            "denominator": (denominators or {}).get(levels),
            "is_local": local,
            "is_amount": numerators is None,
        }
        for measure, values in tables.items()
        for levels, value in values.items()
    ]
    numbers = dict.fromkeys(("exact_value", "numerator", "denominator"), pl.Float64)
    frame = nw.from_native(pl.DataFrame(rows, schema_overrides=numbers), eager_only=True)
    (value,) = shown("exact_value")
    found = hide_more(frame.with_columns(measure_value=value)).to_native()
    assert found.select("measure_id", "primary_level", "secondary_level").rows() == [
        (row["measure_id"], row["primary_level"], row["secondary_level"]) for row in rows
    ]
    return {
        (measure, (first, second)): text
        for measure, first, second, text in found.select(
            "measure_id", "primary_level", "secondary_level", "measure_value"
        ).iter_rows()
    }


def _breakdown(levels: Levels) -> str:
    if levels[1] == "NONE":
        return "Local team"
    return "Provider; Reason" if levels[0] == "RZZ" else "Local team; Reason"


def by_team(*counts: float) -> dict[Levels, float]:
    return {(f"T{place}", "NONE"): count for place, count in enumerate(counts)}


def teams_shown(*counts: float) -> list[str]:
    return list(hidden_in({"M": by_team(*counts)}).values())


def rounded(count: int) -> str:
    return "*" if count < 5 else str((count + 2) // 5 * 5)


def test_the_smallest_that_are_shown_are_hidden_with_a_small_one() -> None:
    assert teams_shown(3, 20, 40) == ["*", "*", "40"]
    assert teams_shown(40, 5, 4, 6, 7, 9) == ["40", "*", "*", "*", "5", "10"]


def test_what_is_hidden_together_is_fifteen_at_least() -> None:
    assert teams_shown(4, 4, 4, 3, 30) == ["*", "*", "*", "*", "30"]
    assert teams_shown(4, 4, 4, 2, 30) == ["*", "*", "*", "*", "*"]


def test_where_nothing_is_small_nothing_more_is_hidden() -> None:
    assert teams_shown(5, 20, 40) == ["5", "20", "40"]
    assert teams_shown(0, 20, 40) == ["*", "20", "40"]


def test_published_breakdowns_are_left_as_they_are() -> None:
    assert list(hidden_in({"M": by_team(3, 20, 40)}, local=False).values()) == ["*", "20", "40"]


def test_no_total_tells_a_count_of_1_to_4() -> None:
    """All that three teams can be is tried; a reader knows the rule, the total and the others."""
    vectors = list(product(range(HIGHEST + 1), repeat=3))
    found = hidden_in({str(place): by_team(*counts) for place, counts in enumerate(vectors)})
    allowed: dict[tuple[str, ...], list[Sequence[int]]] = defaultdict(list)
    for place, counts in enumerate(vectors):
        seen = [found[str(place), levels] for levels in by_team(*counts)]
        allowed[rounded(sum(counts)), *seen].append(counts)
    judged = 0
    for (_, *seen), could_be in allowed.items():
        if max(map(sum, could_be)) <= HIGHEST:
            for place, text in enumerate(seen):
                if text == "*":
                    judged += 1
                    _assert_not_told({counts[place] for counts in could_be})
    assert judged > 50


def _assert_not_told(values: Iterable[int]) -> None:
    assert set(values) not in ({1}, {2}, {3}, {4})


def test_a_share_is_hidden_with_the_counts_that_it_is_made_of() -> None:
    whole, part = by_team(50, 50, 50), by_team(3, 20, 30)
    found = hidden_in({"M": by_team(6, 40, 60)}, numerators=part, denominators=whole)
    assert list(found.values()) == ["*", "*", "60"]
    found = hidden_in({"M": by_team(50, 40, 60)}, numerators=by_team(9, 9, 9), denominators=part)
    assert list(found.values()) == ["*", "*", "60"]


def test_second_levels_of_a_team_and_teams_of_a_second_level_are_looked_at_alike() -> None:
    reasons = {("RZZ", "01"): 30.0, ("RZZ", "02"): 30.0}
    teams = by_team(30, 30)
    cells = {("T0", "01"): 27.0, ("T0", "02"): 3.0, ("T1", "01"): 3.0, ("T1", "02"): 27.0}
    found = hidden_in({"M": {**reasons, **teams, **cells}})
    assert {found["M", levels] for levels in cells} == {"*"}
    assert {found["M", levels] for levels in (*reasons, *teams)} == {"30"}


def test_what_is_part_of_a_hidden_total_is_hidden() -> None:
    teams = by_team(3, 30)
    cells = {("T0", "01"): 3.0, ("T1", "01"): 12.0, ("T1", "02"): 18.0, ("T2", "02"): 40.0}
    found = hidden_in({"M": {**teams, **cells}})
    assert found["M", ("T1", "NONE")] == "*"
    assert found["M", ("T1", "01")] == "*"
    assert found["M", ("T1", "02")] == "*"
    assert found["M", ("T2", "02")] == "40"
