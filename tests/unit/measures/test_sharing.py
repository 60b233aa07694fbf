"""All measures are one plan in which nothing is worked out twice."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from mhsds_recon.frames import PolarsEngine, extract_from_frames
from mhsds_recon.measures import Submissions, count
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing import synthetic_trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import narwhals as nw

PERIOD = ReportingPeriod(2025, 9)
WORK = re.compile(r"JOIN:|AGGREGATE|SORT BY|\.over\(")


class NotingEngine(PolarsEngine):
    """An engine that keeps the optimised plan of what it collects."""

    def __init__(self) -> None:
        self.plans: list[str] = []

    def collect(
        self, frames: Sequence[nw.LazyFrame[Any]], *, find_shared: bool = True
    ) -> list[pl.DataFrame]:
        """Note the plan and run it."""
        options = pl.QueryOptFlags(comm_subplan_elim=find_shared, join_order=False)
        natives = [frame.to_native() for frame in frames]
        self.plans.append(pl.explain_all(natives, optimizations=options))
        return super().collect(frames, find_shared=find_shared)


@pytest.fixture(scope="module")
def noted() -> tuple[str, Counter[tuple[object, ...]]]:
    """The plan of all measures over two months, and how often what is read of a table."""
    standard, engine = load_standard("6.0"), NotingEngine()
    extracts = [
        extract_from_frames(tables, standard=standard, engine=engine, name=month)
        for month, tables in synthetic_trust(months=2, people=100, plant=False).extracts.items()
    ]
    reads: Counter[tuple[object, ...]] = Counter()
    rows = Submissions.rows

    def noting(
        self: Submissions, name: str, elements: Sequence[str], *, this_month: bool = False
    ) -> nw.LazyFrame[Any]:
        reads[name, *elements, this_month] += 1
        return rows(self, name, elements, this_month=this_month)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Submissions, "rows", noting)
        count(extracts, standard=standard, period=PERIOD)
    # There is one plan: everything is collected together.
    (plan,) = engine.plans
    return plan, reads


def test_no_join_grouping_or_order_of_shared_rows_is_worked_out_twice(
    noted: tuple[str, Counter[tuple[object, ...]]],
) -> None:
    plan, _ = noted
    worked_out = Counter(part for part in parts_of(plan) if WORK.search(part))
    assert len(worked_out) > len(COHORTS)
    assert {part for part, times in worked_out.items() if times > 1} == set()


def test_the_same_elements_of_a_table_are_never_read_twice(
    noted: tuple[str, Counter[tuple[object, ...]]],
) -> None:
    _, reads = noted
    assert {read for read, times in reads.items() if times > 1} == set()


def parts_of(plan: str) -> Iterator[str]:
    """Yield every part of a plan that is made of shared rows only, without its indentation.

    Shared rows are named; rows read from a table are not, so that two tables would look the same.
    """
    lines = [re.sub(r"__POLARS_CSER_0x[0-9a-f]+", "shared", line) for line in plan.splitlines()]
    depths = [len(line) - len(line.lstrip()) for line in lines]
    for start, depth in enumerate(depths):
        end = start + 1
        while end < len(lines) and depths[end] > depth:
            end += 1
        part = "\n".join(line[depth:] for line in lines[start:end])
        if "CACHE" in part and "SCAN" not in part and not part.startswith("CACHE"):
            yield part
