"""Which of several rows for one key counts."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from mhsds_recon.published.ranking import best, rank

ORDER = [
    ("Adhoc", ""),
    ("Adhoc", "v12"),
    ("Provisional", ""),
    ("Provisional", "v2"),
    ("Performance", ""),
    ("Performance", "v9"),
    ("Performance", "v10"),
    ("Final", ""),
    ("Final", "v2"),
]


def rows_of(pairs: list[tuple[str, str]]) -> nw.DataFrame[pl.DataFrame]:
    frame = pl.DataFrame(pairs, schema=["status", "file_version"], orient="row")
    return nw.from_native(frame.with_columns(key=pl.lit("M1")), eager_only=True)


def test_final_ranks_before_performance_before_provisional_then_the_higher_version() -> None:
    ranks = rows_of(ORDER).select(rank=rank(nw.col("status"), nw.col("file_version")))
    found = ranks.get_column("rank").to_list()
    assert found == sorted(set(found))


def test_rows_of_equal_rank_are_all_kept() -> None:
    kept = best(rows_of([ORDER[4], ORDER[8], ORDER[8], ORDER[7]]), ["key"])
    assert kept.select("status", "file_version").rows() == [("Final", "v2"), ("Final", "v2")]


def test_an_adhoc_row_counts_where_it_is_alone() -> None:
    assert len(best(rows_of([("Adhoc", "v3")]), ["key"])) == 1
