"""Which tables, elements and months a measure is counted from.

Nobody lists them: a cohort is derived from submissions that note what they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER, PolarsEngine, Reference
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.submissions import Submissions
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.standard import Measure, Standard
    from mhsds_recon.standard.measures import CohortName

__all__ = ["elements_read", "months_read", "tables_read"]


def tables_read(measure: Measure, standard: Standard) -> frozenset[str]:
    """Return the tables whose rows can change a measure's value."""
    return frozenset(elements_read(measure, standard))


def elements_read(measure: Measure, standard: Standard) -> Mapping[str, frozenset[str]]:
    """Return the elements that a measure's cohort takes from each table.

    They are what the cohort's derivations ask for, so that measures of one cohort share them.

    Args:
        measure: The measure.
        standard: Its tables.

    Returns:
        Names of elements by name of table, for every table that is read.
    """
    return {
        table: names.intersection(standard.tables[table].element_names)
        for table, names in _read_by(measure.count.cohort).items()
        if table in standard.tables
    }


def months_read(
    measure: Measure, period: ReportingPeriod, first: ReportingPeriod
) -> tuple[ReportingPeriod, ...]:
    """Return the months whose rows can change a measure's value, earliest first.

    Args:
        measure: The measure.
        period: The reporting period that is counted.
        first: The earliest month that was submitted; cohorts with a history begin there.
    """
    months = measure.months
    if COHORTS[measure.count.cohort].needs_history:
        months = max(months, period.number - first.number + 1)
    return period.window(months)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Listening(Submissions):
    """Submissions without a row that note what is asked of them."""

    heard: dict[str, set[str]] = field(default_factory=dict)

    def rows(self, name: str, elements: Sequence[str]) -> nw.LazyFrame[Any]:
        self.heard.setdefault(name, set()).update(elements)
        schema = {
            "UniqMonthID": nw.Int64(),
            "ReportingPeriodEndDate": nw.Date(),
            ROW_NUMBER: nw.Int64(),
            **dict.fromkeys(elements, nw.String()),
        }
        empty = nw.from_dict(dict.fromkeys(schema, ()), schema, backend="polars")
        return empty.lazy()


@cache
def _read_by(cohort: CohortName) -> Mapping[str, frozenset[str]]:
    listening = _Listening(
        provider="",
        period=ReportingPeriod(2025, 9),
        extracts={},
        reference=Reference(),
        engine=PolarsEngine(),
    )
    listening.derive(COHORTS[cohort].derive)
    return {name: frozenset(elements) for name, elements in listening.heard.items()}
