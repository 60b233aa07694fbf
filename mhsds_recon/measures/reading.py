"""Which tables, elements and months a measure is counted from.

Nobody lists them: a cohort is derived from submissions that note what they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER, Extract, PolarsEngine, Reference
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.submissions import Submissions
from mhsds_recon.standard import ReportingPeriod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.standard import Measure, Standard
    from mhsds_recon.standard.measures import CohortName

__all__ = ["elements_read", "months_read", "tables_read"]

_ANY_MONTH = ReportingPeriod(2025, 9)


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
    return _read_by(measure.count.cohort, standard)


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

    def table(
        self, name: str, *, text: Sequence[str] = (), dates: Sequence[str] = ()
    ) -> nw.LazyFrame[Any]:
        self.heard.setdefault(name, set()).update(text, dates)
        return super().table(name, text=text, dates=dates)


def _read_by(cohort: CohortName, standard: Standard) -> dict[str, frozenset[str]]:
    engine = PolarsEngine()
    tables = {
        table.name: nw.from_dict(
            {ROW_NUMBER: [], **{name: [] for name in table.element_names}},
            schema={ROW_NUMBER: nw.Int64(), **dict.fromkeys(table.element_names, nw.String())},
            backend="polars",
        ).lazy()
        for table in standard.tables.values()
    }
    empty = Extract(name="", provider="", period=_ANY_MONTH, tables=tables, engine=engine)
    listening = _Listening(
        provider="",
        period=_ANY_MONTH,
        extracts={_ANY_MONTH: empty},
        reference=Reference(),
        engine=engine,
    )
    listening.derive(COHORTS[cohort].derive)
    return {name: frozenset(elements) for name, elements in listening.heard.items()}
