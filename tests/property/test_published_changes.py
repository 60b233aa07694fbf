"""Laws of published files that come one after the other."""

from __future__ import annotations

import datetime as dt
from random import Random

import narwhals as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mhsds_recon.history.changes import changes, counting
from mhsds_recon.standard.publication import STATUSES

END = dt.date(2025, 9, 30)
FILES = st.lists(
    st.tuples(
        st.sampled_from(STATUSES),
        st.sampled_from(["", "v2", "v3"]),
        st.sampled_from([None, "*", "5", "10"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda file: file[:2],
)
File = tuple[str, str, str | None]


def rows_of(files: list[File]) -> nw.DataFrame[pl.DataFrame]:
    """Return one figure as files give it, in their order."""
    rows = [
        {
            **dict.fromkeys(("provider", "measure_id", "breakdown", "primary_level"), "X"),
            **dict.fromkeys(("secondary_level", "further_levels"), ""),
            "reporting_period_start": END.replace(day=1),
            "reporting_period_end": END,
            "entry": entry,
            "file": f"{entry}.csv",
            "status": status,
            "file_version": version,
            "published": value,
        }
        for entry, (status, version, value) in enumerate(files, start=1)
    ]
    frame = pl.DataFrame(rows, schema_overrides={"published": pl.String})
    return nw.from_native(frame, eager_only=True)


@given(FILES, st.randoms())
def test_files_in_any_order_leave_the_same_figure(files: list[File], chance: Random) -> None:
    shuffled = list(files)
    chance.shuffle(shuffled)
    kept = [counting(rows_of(order)).drop("entry", "file").rows() for order in (files, shuffled)]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1


@given(FILES)
def test_following_the_changes_that_count_leads_to_the_figure_that_counts(
    files: list[File],
) -> None:
    made = changes(rows_of(files))
    value = files[0][2]
    for row in made.sort("entry").iter_rows(named=True):
        if row["counts"]:
            assert row["earlier_published"] == value
            assert row["is_changed"] == (row["published"] != value)
            value = row["published"]
    (figure,) = counting(rows_of(files)).rows(named=True)
    assert figure["published"] == value
    assert len(made) == len(files) - 1
