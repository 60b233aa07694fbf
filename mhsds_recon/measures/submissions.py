"""A provider's monthly extracts as one history, and the derivations made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw

from mhsds_recon.frames import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mhsds_recon.frames import Engine, Extract, Reference
    from mhsds_recon.standard import ReportingPeriod

__all__ = ["Derivation", "Submissions", "is_one_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Submissions:
    """What one provider submitted up to a reporting period.

    Attributes:
        provider: Code of the provider.
        period: The reporting period that is counted.
        extracts: One extract per month, none after ``period``.
        reference: Reference files.
        engine: What runs plans over the tables.
    """

    provider: str
    period: ReportingPeriod
    extracts: Mapping[ReportingPeriod, Extract]
    reference: Reference
    engine: Engine
    _derived: dict[Derivation, nw.LazyFrame[Any]] = field(default_factory=dict, repr=False)

    def table(
        self, name: str, *, text: Sequence[str] = (), dates: Sequence[str] = ()
    ) -> nw.LazyFrame[Any]:
        """Return the rows of a table from every month, one below the other.

        Args:
            name: The table.
            text: Elements to take as text; blanks become null, so that they never join.
            dates: Elements to take as dates; unreadable ones become null.

        Returns:
            One row per submitted row: UniqMonthID, ReportingPeriodEndDate (of that month),
            row_number and the elements.
        """
        rows = self.engine.read_dates(self.rows(name, (*text, *dates)), dates)
        return rows.with_columns(_blank_as_null(element) for element in text)

    def rows(self, name: str, elements: Sequence[str]) -> nw.LazyFrame[Any]:
        """Return what ``table`` does, all elements still as they were submitted."""
        months = [
            extract.tables[name].select(
                nw.lit(period.number, dtype=nw.Int64).alias("UniqMonthID"),
                nw.lit(period.end).alias("ReportingPeriodEndDate"),
                ROW_NUMBER,
                *elements,
            )
            for period, extract in self.extracts.items()
        ]
        return nw.concat(months)

    def derive(self, derivation: Derivation) -> nw.LazyFrame[Any]:
        """Return what a derivation makes of these submissions, made once and then shared."""
        if derivation not in self._derived:
            self._derived[derivation] = self.engine.share(derivation(self))
        return self._derived[derivation]


Derivation: TypeAlias = "Callable[[Submissions], nw.LazyFrame[Any]]"


def is_one_of(column: str, codes: Sequence[str]) -> nw.Expr:
    """Return whether a column holds one of the codes; a blank does not."""
    return nw.col(column).is_in(codes).fill_null(value=False)


def _blank_as_null(element: str) -> nw.Expr:
    value = nw.col(element)
    return nw.when(value.str.strip_chars() != "").then(value).alias(element)
