"""A provider's monthly extracts as one history, and the derivations made from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw

from mhsds_recon.errors import ExtractError
from mhsds_recon.frames import ROW_NUMBER, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import ReportingPeriod, Standard

__all__ = ["NO_REFERENCE", "Derivation", "Submissions", "gather", "is_one_of"]

NO_REFERENCE = Reference()
"""No reference files."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Submissions:
    """What one provider submitted up to a reporting period.

    Attributes:
        provider: Code of the provider.
        period: The reporting period that is counted.
        extracts: One extract per month, none after ``period``.
        reference: Reference files.
        standard: The definitions; some derivations need their tables.
        engine: What runs plans over the tables.
    """

    provider: str
    period: ReportingPeriod
    extracts: Mapping[ReportingPeriod, Extract]
    reference: Reference
    standard: Standard
    engine: Engine
    _derived: dict[Derivation, nw.LazyFrame[Any]] = field(default_factory=dict, repr=False)

    def table(
        self,
        name: str,
        *,
        text: Sequence[str] = (),
        dates: Sequence[str] = (),
        this_month: bool = False,
    ) -> nw.LazyFrame[Any]:
        """Return the rows of a table from every month, one below the other.

        Args:
            name: The table.
            text: Elements to take as text; blanks become null, so that they never join.
            dates: Elements to take as dates; unreadable ones become null.
            this_month: Whether to take the submission for the counted period only.

        Returns:
            One row per submitted row: UniqMonthID, ReportingPeriodEndDate (of that month),
            row_number and the elements.
        """
        rows = self.engine.read_dates(
            self.rows(name, (*text, *dates), this_month=this_month), dates
        )
        return rows.with_columns(_blank_as_null(element) for element in text)

    def rows(
        self, name: str, elements: Sequence[str], *, this_month: bool = False
    ) -> nw.LazyFrame[Any]:
        """Return what ``table`` does, all elements still as they were submitted."""
        months = [
            extract.tables[name].select(
                nw.lit(period.number, dtype=nw.Int64).alias("UniqMonthID"),
                nw.lit(period.end).alias("ReportingPeriodEndDate"),
                ROW_NUMBER,
                *elements,
            )
            for period, extract in self.extracts.items()
            if period == self.period or not this_month
        ]
        return self.engine.stack(months)

    def derive(self, derivation: Derivation) -> nw.LazyFrame[Any]:
        """Return what a derivation makes of these submissions, made once and then shared."""
        if derivation not in self._derived:
            self._derived[derivation] = self.engine.share(derivation(self))
        return self._derived[derivation]

    def lookup(
        self, rows: Sequence[Mapping[str, object]], schema: Mapping[str, Any]
    ) -> nw.LazyFrame[Any]:
        """Return rows of the definitions as a frame that can be joined to others.

        Args:
            rows: The rows, by column.
            schema: The narwhals type of each column.
        """
        frame = nw.from_dicts([dict(row) for row in rows], schema=schema, backend="polars")
        return self.engine.scan(frame.lazy().to_native())


Derivation: TypeAlias = "Callable[[Submissions], nw.LazyFrame[Any]]"


def gather(
    extracts: Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = NO_REFERENCE,
) -> Submissions:
    """Return the submissions of one provider up to a reporting period.

    Raises:
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
    """
    by_period: dict[ReportingPeriod, Extract] = {}
    for extract in extracts:
        if extract.period is None or extract.period > period:
            continue
        if extract.period in by_period:
            message = (
                f"Two extracts are for {extract.period}: '{by_period[extract.period].name}' and"
                f" '{extract.name}'. Give one, or mark the later one as a version"
                f" ({extract.period}.v2)."
            )
            raise ExtractError(message)
        by_period[extract.period] = extract
    if period not in by_period:
        there = ", ".join(f"'{e.name}' ({e.period or 'period unknown'})" for e in extracts)
        message = f"There is no extract for {period}. Given: {there or 'none'}."
        raise ExtractError(message)
    providers = sorted({extract.provider for extract in by_period.values()})
    if len(providers) > 1:
        message = (
            f"The extracts are of {len(providers)} providers: {', '.join(providers)}. Give one's."
        )
        raise ExtractError(message)
    return Submissions(
        provider=providers[0],
        period=period,
        extracts=dict(sorted(by_period.items())),
        reference=reference,
        standard=standard,
        engine=by_period[period].engine,
    )


def is_one_of(column: str, codes: Sequence[str]) -> nw.Expr:
    """Return whether a column holds one of the codes; a blank does not."""
    return nw.col(column).is_in(codes).fill_null(value=False)


def _blank_as_null(element: str) -> nw.Expr:
    value = nw.col(element)
    return nw.when(value.str.strip_chars() != "").then(value).alias(element)
