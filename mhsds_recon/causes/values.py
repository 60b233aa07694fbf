"""Figures as values by level: what a cause changes of them is read off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import narwhals as nw

from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.measures import Figures
from mhsds_recon.reconciliation import JOIN_KEY
from mhsds_recon.standard.publication import ENGLAND, NO_LEVEL, SUPPRESSED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.published import LocalCounts
    from mhsds_recon.reconciliation import Step

    Key = tuple[dt.date, dt.date, str, str, str, str]
    Values = Mapping[Key, "Value"]

__all__ = [
    "NOTHING",
    "Target",
    "Value",
    "breakdown_of",
    "measure_of",
    "size_of",
    "steps_between",
    "values_of",
]

_MEASURE = JOIN_KEY.index("measure_id")
_BREAKDOWN = JOIN_KEY.index("breakdown")
_TOLERANCE = 1e-6
_BASE = 5.0


class Value(NamedTuple):
    """A figure at one level: exact, as disclosure control shows it, and that as a number."""

    exact: float | None
    shown: str | None = None
    number: float | None = None

    def is_shown_as(self, other: Value) -> bool:
        """Return whether both are the same text, or the same number."""
        same_number = self.number is not None and self.number == other.number
        return self.shown is not None and (self.shown == other.shown or same_number)


NOTHING = Value(0.0, SUPPRESSED)
"""The figure of a level at which nobody was counted."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A figure that a recount should come to.

    Attributes:
        key: The level.
        value: What is known of it.
        is_count: Whether it is a count, of which a level without rows has none.
        low: The lowest exact value that a published figure allows, None where that is not known.
        high: The highest.
    """

    key: Key
    value: Value
    is_count: bool
    low: float | None = None
    high: float | None = None

    def of(self, values: Values) -> Value:
        """Return the value of the level."""
        return values.get(self.key, NOTHING if self.is_count else Value(None))

    def is_met_by(self, values: Values) -> bool:
        """Return whether a recount comes to the figure: exactly, or as published."""
        found = self.of(values)
        if self.value.exact is None:
            return found.is_shown_as(self.value)
        if found.exact is None:
            return False
        decimals = 0 if self.is_count else len(repr(self.value.exact).partition(".")[2])
        allowed = _TOLERANCE if self.is_count else max(_TOLERANCE, 0.5 * 10.0**-decimals)
        return abs(found.exact - self.value.exact) <= allowed

    @property
    def breakdown(self) -> str:
        """The breakdown that the level belongs to."""
        return breakdown_of(self.key)

    @property
    def resolution(self) -> float:
        """How far apart two exact values must lie to be told apart."""
        return _BASE if self.value.exact is None and self.is_count else 1.0

    @property
    def about(self) -> float:
        """The figure as a number, 0 where nothing says how large it is."""
        return self.value.exact if self.value.exact is not None else self.value.number or 0.0


def values_of(figures: Figures | LocalCounts) -> dict[Key, Value]:
    """Return the figures below England level by what identifies them.

    A count of nobody is null in some figures that we count, and is 0 here.
    """
    exact = nw.col("exact_value")
    if isinstance(figures, Figures):
        is_nobody = exact.is_null() & nw.col("disclosure").str.ends_with("_count")
        exact = nw.when(is_nobody).then(nw.lit(0.0)).otherwise(exact)
    rows = (
        nw.from_native(figures.frame)
        .filter(~nw.col("breakdown").str.starts_with(ENGLAND))
        .with_columns(nw.col("secondary_level").fill_null(NO_LEVEL))
        .select(
            *JOIN_KEY,
            exact.alias("exact_value"),
            "measure_value",
            number=read_numbers(nw.col("measure_value")),
        )
    )
    parts = len(JOIN_KEY)
    return {row[:parts]: Value(*row[parts:]) for row in rows.iter_rows()}


def measure_of(key: Key) -> str:
    """Return the id of the measure that a figure is one of."""
    return str(key[_MEASURE])


def breakdown_of(key: Key) -> str:
    """Return the breakdown of a figure."""
    return str(key[_BREAKDOWN])


def size_of(before: Value, after: Value) -> float:
    """Return how much more there was before; 0 where that cannot be known."""
    if before.exact is None or after.exact is None:
        return 0.0
    size = before.exact - after.exact
    return size if abs(size) > _TOLERANCE else 0.0


def steps_between(  # noqa: PLR0913  two sides, and what is known of the way between them
    before: Values,
    after: Values,
    step: Step,
    *,
    measure_ids: Iterable[str],
    rows: Mapping[str, int],
    rules: Mapping[str, str],
) -> Iterator[Step]:
    """Yield a measured step for every figure of some measures that changes.

    Args:
        before: The figures with the cause.
        after: Those without.
        step: What the steps have in common.
        measure_ids: The measures that were counted again.
        rows: By measure, how many rows the cause concerns.
        rules: By measure, the rules behind it.
    """
    chosen = set(measure_ids)
    for key in dict.fromkeys((*before, *after)):
        name = measure_of(key)
        if name not in chosen:
            continue
        size = size_of(before.get(key, NOTHING), after.get(key, NOTHING))
        if size:
            yield replace(
                step,
                key=key,
                size=size,
                low=size,
                high=size,
                rows=rows.get(name),
                rules=rules.get(name),
            )
