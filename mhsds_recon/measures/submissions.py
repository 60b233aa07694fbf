"""A provider's monthly extracts as one history, and the derivations made from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import narwhals as nw

from mhsds_recon.errors import ExtractError, UsageError
from mhsds_recon.frames import ROW_NUMBER, Reference
from mhsds_recon.standard.variations import NATIONAL, Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mhsds_recon.frames import Engine, Extract
    from mhsds_recon.standard import ReportingPeriod, Standard

__all__ = ["ANY_ROW", "NO_REFERENCE", "Derivation", "Submissions", "gather", "is_one_of"]

ANY_ROW = ~nw.col("UniqMonthID").is_null()
"""True of every submitted row; a literal cannot filter."""

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
        asked: The conditions that records are prepared by.
        base: The same submissions by other conditions; what none of those that differ has a part
            in is made there once for both.
        later: Extracts of later months, for what looks at all that was ever sent.
    """

    provider: str
    period: ReportingPeriod
    extracts: Mapping[ReportingPeriod, Extract]
    reference: Reference
    standard: Standard
    engine: Engine
    asked: Conditions = NATIONAL
    base: Submissions | None = field(default=None, repr=False)
    later: Mapping[ReportingPeriod, Extract] = field(default_factory=dict)
    _derived: dict[Derivation, nw.LazyFrame[Any]] = field(default_factory=dict, repr=False)
    _read: dict[Derivation, frozenset[str]] = field(default_factory=dict, repr=False)
    _reading: list[set[str]] = field(default_factory=list, repr=False)
    _kept: dict[Derivation, nw.LazyFrame[Any]] = field(default_factory=dict, repr=False)
    _ever: list[Submissions] = field(default_factory=list, repr=False)

    @property
    def ever(self) -> Submissions:
        """The same submissions with those of later months, where any were let in."""
        if not self.later:
            return self
        if not self._ever:
            self._ever.append(self._anew(extracts={**self.extracts, **self.later}, later={}))
        return self._ever[0]

    @property
    def conditions(self) -> Conditions:
        """The conditions that records are prepared by; it is noted who reads which."""
        return cast("Conditions", _Noted(self.asked, self._reading))

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
            if self.base is not None and self._is_as_in_base(derivation, self.base):
                self._derived[derivation] = self.base.derive(derivation)
                self._read[derivation] = self.base.conditions_read(derivation)
            else:
                self._reading.append(set())
                self._derived[derivation] = self.engine.share(derivation(self))
                self._read[derivation] = frozenset(self._reading.pop())
        for reading in self._reading:
            reading.update(self._read.get(derivation, ()))
        return self._derived[derivation]

    def conditions_read(self, derivation: Derivation) -> frozenset[str]:
        """Return the names of the conditions that have a part in a derivation."""
        self.derive(derivation)
        return self._read.get(derivation, frozenset())

    def asking(self, conditions: Conditions) -> Submissions:
        """Return the same submissions by other conditions."""
        return self._anew(asked=conditions, base=self)

    def shared(self) -> list[Derivation]:
        """Return the derivations made so far that are the base's own."""
        return [derivation for derivation in self._derived if self.is_shared(derivation)]

    def keep(self, derivations: Iterable[Derivation]) -> None:
        """Work derivations out now, once for all plans; what they were made of is let go."""
        wanted = [one for one in dict.fromkeys(derivations) if one not in self._kept]
        frames = self.engine.keep([self.derive(one) for one in wanted])
        self._kept.update(zip(wanted, frames, strict=True))
        self._derived.clear()
        self._derived.update(self._kept)

    def is_shared(self, derivation: Derivation) -> bool:
        """Return whether a derivation is the base's own."""
        return self.base is not None and self.derive(derivation) is self.base.derive(derivation)

    def _anew(self, **changed: Any) -> Submissions:  # noqa: ANN401  any field
        """Return these submissions with changes, and nothing made of them yet."""
        return replace(self, **changed, _derived={}, _read={}, _reading=[], _kept={}, _ever=[])

    def _is_as_in_base(self, derivation: Derivation, base: Submissions) -> bool:
        return all(
            getattr(self.asked, name) == getattr(base.asked, name)
            for name in base.conditions_read(derivation)
        )

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


class _Noted:
    """Conditions that note which of them are read."""

    def __init__(self, asked: Conditions, reading: list[set[str]]) -> None:
        self._asked = asked
        self._reading = reading

    def __getattr__(self, name: str) -> object:
        for reading in self._reading:
            reading.add(name)
        return getattr(self._asked, name)


Derivation: TypeAlias = "Callable[[Submissions], nw.LazyFrame[Any]]"


def gather(  # noqa: PLR0913  each is a choice of the caller's
    extracts: Sequence[Extract],
    *,
    standard: Standard,
    period: ReportingPeriod,
    reference: Reference = NO_REFERENCE,
    asked: Conditions = NATIONAL,
    as_of: ReportingPeriod | None = None,
) -> Submissions:
    """Return the submissions of one provider up to a reporting period.

    Args:
        extracts: Monthly extracts.
        standard: The definitions.
        period: The reporting period that is counted.
        reference: Reference files.
        asked: The conditions that records are prepared by.
        as_of: The last month to let in; by default the period itself.

    Raises:
        UsageError: ``as_of`` is before the period.
        ExtractError: There is no extract for the period, two for one month, or more than one
            provider.
    """
    last = as_of or period
    if last < period:
        message = f"Figures for {period} cannot be as of {last}, which is before it."
        raise UsageError(message)
    by_period: dict[ReportingPeriod, Extract] = {}
    for extract in extracts:
        if extract.period is None or extract.period > last:
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
        extracts={month: one for month, one in sorted(by_period.items()) if month <= period},
        later={month: one for month, one in sorted(by_period.items()) if month > period},
        reference=reference,
        standard=standard,
        engine=by_period[period].engine,
        asked=asked,
    )


def is_one_of(column: str, codes: Sequence[str]) -> nw.Expr:
    """Return whether a column holds one of the codes; a blank does not."""
    return nw.col(column).is_in(codes).fill_null(value=False)


def _blank_as_null(element: str) -> nw.Expr:
    value = nw.col(element)
    return nw.when(value.str.strip_chars() != "").then(value).alias(element)
