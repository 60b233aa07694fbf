"""Laws of disclosure control where counts stand beside counts: steps, teams, results of items."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mhsds_recon.measures.hiding import show_steps
from mhsds_recon.measures.maturity_shown import RESULTS, show_maturity

SMALL = [1, 2, 3, 4]
LINE = 95.0
Lefts = list[int]


def steps(
    lefts: dict[str | None, Lefts], unit: str = "people", funnel: str = "f"
) -> list[dict[str, object]]:
    """Return the rows of a funnel: what is left at each step, by team."""
    return [
        {
            "funnel": funnel,
            "team": team,
            "unit": unit,
            "number": number,
            "left": left,
            "dropped": None if number == 0 else own[number - 1] - left,
        }
        for team, own in lefts.items()
        for number, left in enumerate(own)
    ]


def frame_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"team": pl.String, "dropped": pl.Int64})


falling = st.lists(st.integers(0, 60), min_size=2, max_size=5).map(lambda s: sorted(s)[::-1])


@st.composite
def funnels(draw: st.DrawFn) -> pl.DataFrame:
    """A funnel of up to four teams, which may share some of their units."""
    teams: dict[str | None, Lefts] = {}
    length = draw(st.integers(2, 4))
    for team in "ABCD"[: draw(st.integers(0, 4))]:
        teams[team] = sorted(draw(st.lists(st.integers(0, 30), min_size=length, max_size=length)))[
            ::-1
        ]
    if not teams:
        return frame_of(steps({None: draw(falling)}))
    shared = draw(st.integers(0, 3))
    together = [max(*lefts, sum(lefts) - shared) for lefts in zip(*teams.values(), strict=True)]
    return frame_of(steps({None: together, **teams}))


@given(funnels())
def test_no_step_and_no_drop_from_one_to_four_is_shown(funnel: pl.DataFrame) -> None:
    shown = show_steps(funnel)
    for column in ("left", "dropped"):
        texts = shown[column].drop_nulls()
        assert all(text == "*" or (int(text) >= 5 and int(text) % 5 == 0) for text in texts)


@given(funnels())
def test_what_drops_is_told_by_the_steps_as_shown(funnel: pl.DataFrame) -> None:
    rows = show_steps(funnel).sort("team", "number").rows(named=True)
    for before, row in pairwise(rows):
        if row["number"] == 0 or "*" in (before["left"], row["left"]):
            assert row["dropped"] is None
        else:
            fewer = int(before["left"]) - int(row["left"])
            assert row["dropped"] == (str(fewer) if fewer else "*")


@given(funnels())
def test_showing_what_is_shown_changes_nothing(funnel: pl.DataFrame) -> None:
    shown = show_steps(funnel)
    # Of a team that is not shown at all it is known that it is there, and that it is small.
    known = funnel.drop("left").join(
        shown.drop("dropped"), on=["funnel", "team", "unit", "number"], how="left", nulls_equal=True
    )
    left = pl.col("left").replace("*", "0").fill_null("0").cast(pl.Int64)
    again = known.with_columns(left, dropped=pl.lit(None, dtype=pl.Int64)).select(funnel.columns)
    assert show_steps(again).equals(shown)


@given(funnels())
def test_all_teams_together_are_shown_as_if_there_were_no_teams(funnel: pl.DataFrame) -> None:
    together = pl.col("team").is_null()
    assert show_steps(funnel).filter(together).equals(show_steps(funnel.filter(together)))


def test_no_small_count_can_be_worked_out_from_two_teams_and_two_steps() -> None:
    """Every funnel of two teams up to a size is set beside all others that look alike.

    Any number of units may be in both teams.
    """
    exact = _falling("A", 12).join(_falling("B", 7), how="cross")
    exact = exact.with_columns(
        pl.int_ranges(
            pl.max_horizontal(f"A{step}", f"B{step}"), pl.sum_horizontal(f"A{step}", f"B{step}") + 1
        ).alias(f"all{step}")
        for step in "01"
    )
    exact = exact.explode("all0").explode("all1").filter(pl.col("all0") >= pl.col("all1"))
    drops = ((pl.col(f"{name}0") - pl.col(f"{name}1")).alias(f"{name} dropped") for name in "AB")
    assert_none_is_told(_beside_looks(exact).with_columns(drops), ["look"])


def test_no_small_count_can_be_worked_out_from_three_teams() -> None:
    """Every step of three teams up to a size is set beside all others that look alike.

    It is known that nobody is in two teams.
    """
    exact = split(("A0", "B0", "C0"), 42, total="all0")
    assert_none_is_told(_beside_looks(exact), ["look"])


def split(parts: tuple[str, ...], most: int, *, total: str) -> pl.DataFrame:
    """Return every way to make up every total of up to so many of parts."""
    ways = pl.DataFrame({total: [0]})
    for part in parts:
        ways = (
            ways.with_columns(pl.int_ranges(0, most + 1 - pl.col(total)).alias(part))
            .explode(part)
            .with_columns(pl.col(total) + pl.col(part))
        )
    return ways


def _beside_looks(exact: pl.DataFrame) -> pl.DataFrame:
    """Return counts by team and step (``A0``, ``all1``) with what is shown as one value."""
    numbered = exact.with_row_index("funnel")
    steps = [
        numbered.select(
            pl.col("funnel").cast(pl.String),
            pl.lit(None if name[:-1] == "all" else name[:-1], dtype=pl.String).alias("team"),
            pl.lit("people").alias("unit"),
            pl.lit(int(name[-1])).alias("number"),
            pl.col(name).alias("left"),
            pl.lit(None, dtype=pl.Int64).alias("dropped"),
        )
        for name in exact.columns
    ]
    shown = show_steps(pl.concat(steps))
    looks = shown.group_by(pl.col("funnel").cast(pl.UInt32)).agg(
        pl.struct("team", "number", "left", "dropped").sort_by("team", "number").alias("look")
    )
    return numbered.join(looks, on="funnel").drop("funnel")


def _falling(name: str, highest: int) -> pl.DataFrame:
    pairs = [(first, last) for first in range(highest + 1) for last in range(first + 1)]
    return pl.DataFrame(pairs, schema=[f"{name}0", f"{name}1"], orient="row")


def assert_none_is_told(frame: pl.DataFrame, look: list[str]) -> None:
    """Assert that no value is from 1 to 4 in all rows that look alike."""
    values = [name for name in frame.columns if name not in look]
    alike = frame.group_by(look).agg(
        pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first()).alias(name)
        for name in values
    )
    told = alike.filter(pl.any_horizontal(pl.col(values).is_in(SMALL)))
    assert told.is_empty(), told.head()


def items(results: pl.DataFrame) -> pl.DataFrame:
    """Return items of the estimate with these results, each as if it were the only one."""
    absent = [name for name in RESULTS if name not in results.columns]
    frame = results.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in absent)
    return (
        frame.with_columns(pl.sum_horizontal(RESULTS).alias("records"), allowed_default=pl.lit(0.0))
        .filter(pl.col("records") > 0)
        .with_row_index("item")
        .with_columns(
            (pl.sum_horizontal("valid", "other") / pl.col("records") * 100).alias("score"),
            (pl.col("records") >= 25).alias("is_counted"),
        )
        .with_columns(
            (pl.col("score") < LINE).alias("below_line"),
            pl.max_horizontal(LINE - pl.col("score"), 0.0).alias("would_add"),
        )
    )


@pytest.mark.parametrize(
    ("results", "records"),
    [
        (("valid", "missing"), 122),
        (("valid", "invalid", "missing"), 42),
        (("valid", "other", "missing"), 42),
        (("valid", "other", "invalid", "missing"), 32),
    ],
)
def test_no_small_count_can_be_worked_out_from_an_item(
    results: tuple[str, ...], records: int
) -> None:
    """Every item of up to so many records is set beside all others that look alike."""
    exact = items(split(results, records, total="records").drop("records"))
    shown = show_maturity(exact, LINE).frame
    looks = shown.select("item", pl.struct(pl.exclude("item")).alias("look"))
    good = [name for name in results if name in ("valid", "other")]
    values = exact.select(
        "item", "records", *results, lacking=pl.col("records") - pl.sum_horizontal(good)
    )
    beside = values.join(looks, on="item", how="left").drop("item")
    assert_none_is_told(beside, ["look"])


counts = st.integers(0, 400)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(counts, *([st.none() | counts] * 4)).filter(any), min_size=1, max_size=30)
)
def test_an_estimate_as_shown_holds_no_count_from_one_to_four(
    rows: list[tuple[int | None, ...]],
) -> None:
    exact = items(pl.DataFrame(rows, schema=dict.fromkeys(RESULTS, pl.Int64), orient="row"))
    shown = show_maturity(exact, LINE).frame
    texts = {text for name in ("records", *RESULTS) for text in shown[name]}
    assert not texts & {"0", "1", "2", "3", "4"}
    exact = exact.filter(pl.col("records") >= 5)
    makes = exact["valid"] + exact["other"].fill_null(0)
    few = (makes < 5) | (exact["records"] - makes < 5)
    assert (shown["score"].is_null() == few).all()
    within = exact["score"].is_between(shown["score_low"], shown["score_high"])
    assert within.filter(few).all()
