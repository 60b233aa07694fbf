"""What of a review may leave the teams that made it."""

from __future__ import annotations

import polars as pl
import pytest

from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.trends import Review, repeats, shown_changes, shown_repeats

SEPTEMBER = ReportingPeriod(2025, 9)
FIGURE = {
    "provider": "RZZ",
    "measure_id": "CYP32",
    "breakdown": "Provider",
    "primary_level": "RZZ",
    "secondary_level": "NONE",
    "further_levels": "",
}


@pytest.fixture
def reviewed() -> Review:
    """A review with one thing of each kind."""

    def of(**row: str | int) -> pl.DataFrame:
        frame = pl.DataFrame({name: [value] for name, value in row.items()})
        by = [name for name in row if name not in {"period", "size"}]
        return repeats(frame, by, now=SEPTEMBER)

    return Review(
        provider="RZZ",
        period=SEPTEMBER,
        stage="extract",
        trends=(),
        changes=pl.DataFrame(),
        figures=of(**FIGURE, period="2025-09", size=1),
        rules=of(
            code="MHS10101", level="warning", table="MHS101Referral", period="2025-09", size=3
        ),
        teams=of(team="T1", period="2025-09", size=13),
        causes=of(cause_id="VC01", period="2025-09", size=2),
        revisions=pl.DataFrame(),
        finals=pl.DataFrame(),
    )


@pytest.mark.parametrize(
    ("exact", "sizes"), [(False, ["1", "*", "15", "2"]), (True, ["1", "3", "13", "2"])]
)
def test_numbers_of_rows_are_shown_as_counts_and_numbers_of_figures_as_they_are(
    reviewed: Review, sizes: list[str], *, exact: bool
) -> None:
    table = shown_repeats(reviewed, exact=exact)
    assert table["kind"].to_list() == ["figure", "rule", "team", "cause"]
    assert table["size"].to_list() == sizes
    assert table["what"].to_list()[1:] == ["MHS10101 MHS101Referral", "T1", "VC01"]


def test_gaps_and_kinds_of_agreement_would_give_exact_values_away() -> None:
    row = FIGURE | {
        "change": "closed",
        "result_before": "differs_unexplained",
        "result": "agree_within_rounding",
        "gap_low": 1.0,
        "gap_high": 5.0,
        "residual": 0.0,
    }
    changes = pl.DataFrame([row])
    assert shown_changes(changes, exact=True).equals(changes)
    shown = shown_changes(changes)
    assert shown.columns == [*FIGURE, "change", "result_before", "result"]
    assert shown["result"].item() == "agree"
