"""Which tables, elements and months a measure is counted from.

Nobody lists them: a cohort is derived from submissions that note what they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER, PolarsEngine, Reference
from mhsds_recon.measures.cohorts import COHORTS
from mhsds_recon.measures.submissions import Submissions
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.measures import Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mhsds_recon.standard import Measure, Standard

__all__ = ["divides_by_team", "elements_read", "months_read", "tables_read"]

_FILES = {
    "postcodes": ("postcode", "la_district", "sub_icb"),
    "gp_practices": ("gp_practice", "sub_icb"),
    "organisations": ("code", "open_date", "close_date", "kind"),
    "refsets": ("refset_id", "concept_id", "active", "effective_date"),
    "commissioners": ("sub_icb", "icb", "region"),
    "deprivation": ("postcode", "imd_decile"),
    "specialised_commissioners": ("code",),
    "local_authorities": ("code",),
}
# By cohort, version and number of tables; a standard itself cannot be a key.
_KNOWN: dict[tuple[str, str, int], Mapping[str, frozenset[str]]] = {}


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
    read: dict[str, frozenset[str]] = {}
    for cohort in _cohorts(measure, standard):
        for table, names in _read_by(cohort, standard).items():
            if table in standard.tables:
                known = names.intersection(standard.tables[table].element_names)
                read[table] = read.get(table, frozenset()) | known
    return read


def months_read(
    measure: Measure, period: ReportingPeriod, first: ReportingPeriod, standard: Standard
) -> tuple[ReportingPeriod, ...]:
    """Return the months whose rows can change a measure's value, earliest first.

    Args:
        measure: The measure.
        period: The reporting period that is counted.
        first: The earliest month that was submitted; cohorts with a history begin there.
        standard: The measures that a share is made of.
    """
    months = measure.months
    if any(COHORTS[name].needs_history for name in _cohorts(measure, standard)):
        months = max(months, period.number - first.number + 1)
    return period.window(months)


def divides_by_team(measure: Measure, standard: Standard) -> bool:
    """Return whether the rows that a measure counts say which local team they belong to."""
    return all(
        name in COHORTS and COHORTS[name].by_team is not None
        for name in _cohorts(measure, standard)
    )


def _cohorts(measure: Measure, standard: Standard) -> Iterator[str]:
    """Yield the cohorts that a measure, or what a share is made of, is counted in."""
    if isinstance(measure.count, Share):
        for name in (measure.count.numerator, measure.count.denominator):
            if name in standard.measures:
                yield from _cohorts(standard.measures[name], standard)
    elif measure.count.cohort in COHORTS:
        yield measure.count.cohort


@dataclass(frozen=True, kw_only=True, eq=False)
class _Listening(Submissions):
    """Submissions without a row that note what is asked of them."""

    heard: dict[str, set[str]] = field(default_factory=dict)

    def rows(
        self,
        name: str,
        elements: Sequence[str],
        *,
        this_month: bool = False,  # noqa: ARG002  there is no row of any month
    ) -> nw.LazyFrame[Any]:
        self.heard.setdefault(name, set()).update(elements)
        schema = {
            "UniqMonthID": nw.Int64(),
            "ReportingPeriodEndDate": nw.Date(),
            ROW_NUMBER: nw.Int64(),
            **dict.fromkeys(elements, nw.String()),
        }
        return _without_rows(schema)


def _read_by(cohort: str, standard: Standard) -> Mapping[str, frozenset[str]]:
    key = (cohort, standard.version, len(standard.tables))
    if key not in _KNOWN:
        # A cohort that needs a reference file asks for more where there is one.
        files = {
            name: _without_rows(dict.fromkeys(columns, nw.String()))
            for name, columns in _FILES.items()
        }
        listening = _Listening(
            provider="",
            period=ReportingPeriod(2025, 9),
            extracts={},
            reference=replace(Reference(), **files),  # type: ignore[arg-type]
            standard=standard,
            engine=PolarsEngine(),
        )
        listening.derive(COHORTS[cohort].derive)
        _KNOWN[key] = {name: frozenset(elements) for name, elements in listening.heard.items()}
    return _KNOWN[key]


def _without_rows(schema: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    return nw.from_dict(dict.fromkeys(schema, ()), schema, backend="polars").lazy()
