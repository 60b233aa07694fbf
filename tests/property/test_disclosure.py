"""Laws of disclosure control: it changes nothing twice and never shows a count from 1 to 4."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.measures.disclosure import SUPPRESSED, control

COUNTS = st.integers(0, 20) | st.integers(0, 10**6)
FIGURES = st.fixed_dictionaries(
    {
        "exact": st.none() | COUNTS.map(float) | st.floats(-400, 400, width=32),
        "numerator": st.none() | COUNTS.map(float),
        "denominator": st.none() | COUNTS.map(float),
        "disclosure": st.sampled_from(
            ("bbrb_count", "legacy_count", "bbrb_percent", "legacy_proportion", "dq")
        ),
        "breakdown": st.sampled_from(
            (
                "Provider",
                "Sub ICB of GP Practice or Residence; Provider",
                "Provider; VODIM result (count)",
                "Provider; VODIM result (percentage)",
            )
        ),
    }
)
SCHEMA = {
    **dict.fromkeys(("exact", "numerator", "denominator"), pl.Float64),
    **dict.fromkeys(("disclosure", "breakdown"), pl.String),
}


def shown(figures: pl.DataFrame) -> pl.Series:
    columns = [nw.col(name) for name in SCHEMA]
    return nw.from_native(figures).select(control(*columns).alias("shown")).to_native()["shown"]


def published(figures: list[dict[str, object]]) -> pl.DataFrame:
    frame = pl.DataFrame(figures, schema=SCHEMA)
    return frame.with_columns(shown(frame).alias("shown"))


@given(st.lists(FIGURES, min_size=1, max_size=30))
def test_control_changes_nothing_twice(figures: list[dict[str, object]]) -> None:
    once = published(figures)
    again = once.with_columns(pl.col("shown").cast(pl.Float64, strict=False).alias("exact"))
    assert shown(again).to_list() == once["shown"].to_list()


@given(st.lists(FIGURES, min_size=1, max_size=30))
def test_no_count_from_1_to_4_and_nothing_of_one_is_shown(
    figures: list[dict[str, object]],
) -> None:
    rows = published(figures).filter(pl.col("shown") != SUPPRESSED)
    is_share = pl.col("disclosure").is_in(["bbrb_percent", "legacy_proportion"]) | pl.col(
        "breakdown"
    ).str.ends_with("(percentage)").and_(pl.col("disclosure") == "dq")
    counts, shares = rows.filter(~is_share), rows.filter(is_share)
    assert counts.filter(pl.col("shown").cast(pl.Float64) < 5).is_empty()
    assert shares.filter(pl.col("numerator").fill_null(0) < 5).is_empty()
    proportions = shares.filter(pl.col("disclosure") == "legacy_proportion")
    assert proportions.filter(pl.col("denominator").fill_null(0) < 5).is_empty()
