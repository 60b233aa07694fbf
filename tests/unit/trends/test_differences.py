"""What differs anew, still, or no more; and what comes back every month."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.trends import changes_between, repeats

AUGUST, SEPTEMBER = ReportingPeriod(2025, 8), ReportingPeriod(2025, 9)


def reconciled(results: dict[str, tuple[str | None, str | None]]) -> pl.DataFrame:
    """Return the results of measures in August and September."""
    return pl.DataFrame(
        [
            {
                "provider": "RZZ",
                "measure_id": measure,
                "breakdown": "Provider",
                "primary_level": "RZZ",
                "secondary_level": "NONE",
                "further_levels": "",
                "reporting_period_end": month.end,
                "result": result,
                "gap_low": 1.0,
                "gap_high": 5.0,
                "residual": 1.0,
            }
            for measure, both in results.items()
            for month, result in zip((AUGUST, SEPTEMBER), both, strict=True)
            if result is not None
        ]
    )


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("agree", "differs_unexplained", "new"),
        ("not_published", "differs_explained", "new"),
        (None, "differs_unexplained", "new"),
        ("differs_explained", "differs_part_explained", "persisting"),
        ("differs_unexplained", "agree_within_rounding", "closed"),
        ("differs_unexplained", "suppressed_consistent", "closed"),
        ("differs_unexplained", "not_published", "not_compared"),
        ("differs_unexplained", None, "not_compared"),
        ("agree", "agree", None),
        (None, "agree", None),
    ],
)
def test_a_difference_is_new_persisting_closed_or_no_longer_compared(
    before: str | None, now: str | None, change: str | None
) -> None:
    rows = reconciled({"MHS95": (before, now), "MRS11": ("agree", "agree")})
    changed = changes_between(rows, AUGUST, SEPTEMBER)
    assert changed["change"].to_list() == ([] if change is None else [change])
    if change is not None:
        row = changed.row(0, named=True)
        assert row["measure_id"] == "MHS95"
        assert (row["result_before"], row["result"]) == (before, now)


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(1, 9), st.integers(1, 50)), max_size=40
    ).map(lambda rows: [(rule, f"2025-0{month}", size) for rule, month, size in rows])
)
def test_months_in_a_row_end_with_the_month_and_have_no_gap(
    rows: list[tuple[str, str, int]],
) -> None:
    frame = pl.DataFrame(
        rows, {"code": pl.String, "period": pl.String, "size": pl.Int64}, orient="row"
    )
    found = {row["code"]: row for row in repeats(frame, ["code"], now=SEPTEMBER).to_dicts()}
    for code in "ABC":
        there = {month for rule, month, _ in rows if rule == code}
        in_a_row = 0
        while f"2025-0{9 - in_a_row}" in there:
            in_a_row += 1
        if not in_a_row:
            assert code not in found
            continue
        assert found[code] == {
            "code": code,
            "months_in_a_row": in_a_row,
            "since": f"2025-0{10 - in_a_row}",
            "months": len(there),
            "size": sum(size for rule, month, size in rows if (rule, month) == (code, "2025-09")),
        }


def test_months_in_a_row_go_over_the_new_year() -> None:
    periods = ["2024-11", "2024-12", "2025-01", "2025-03"]
    frame = pl.DataFrame({"team": ["T1"] * 4, "period": periods, "size": [1, 2, 3, 4]})
    found = repeats(frame, ["team"], now=ReportingPeriod(2025, 1)).to_dicts()
    assert found == [
        {"team": "T1", "months_in_a_row": 3, "since": "2024-11", "months": 3, "size": 3}
    ]


def test_the_longest_row_comes_first_then_the_largest() -> None:
    frame = pl.DataFrame(
        {
            "code": ["A", "B", "B", "C"],
            "period": ["2025-09", "2025-08", "2025-09", "2025-09"],
            "size": [1, 1, 1, 9],
        }
    )
    assert repeats(frame, ["code"], now=SEPTEMBER)["code"].to_list() == ["B", "C", "A"]
