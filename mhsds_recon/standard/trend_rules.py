"""What trends need to know of measures, as data: dated changes, and which way is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct, field

from mhsds_recon.errors import DefinitionError, near_miss
from mhsds_recon.standard.files import definitions_folder
from mhsds_recon.standard.measures import months_counted
from mhsds_recon.standard.periods import Month

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mhsds_recon.standard.measures import Measure
    from mhsds_recon.standard.model import Standard

__all__ = ["Change", "Direction", "TrendRules", "load_trend_rules", "overlaps"]

Direction = Literal["high", "low", "neither"]


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a month on, figures are not comparable with earlier ones.

    Attributes:
        month: The first reporting period after the change, as CCYY-MM.
        reason: What changed; completes the sentence "A new line starts here because ...".
        measures: The measures it touches; all where none is named.
    """

    month: Month
    reason: str
    measures: tuple[str, ...] = ()


class _Better(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    high: frozenset[str] = frozenset()
    low: frozenset[str] = frozenset()


class TrendRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dated changes of definitions, and the direction in which a measure gets better."""

    source: str
    changes: tuple[Change, ...] = field(name="change", default=())
    better: _Better = _Better()

    def direction(self, measure_id: str) -> Direction:
        """Return which way of a measure is good."""
        if measure_id in self.better.high:
            return "high"
        return "low" if measure_id in self.better.low else "neither"

    def changes_of(self, measure: Measure) -> dict[str, str]:
        """Return why a new line starts, by month, for the measure and its own definitions."""
        dated = {
            one.month: one.reason
            for one in self.changes
            if not one.measures or measure.id in one.measures
        }
        own = {
            one.first_month: "the definition of the measure changed"
            for one in (measure, *measure.former)
            if measure.former and one.first_month
        }
        return dict(sorted((own | dated).items()))


def load_trend_rules(standard: Standard, root: Path | None = None) -> TrendRules:
    """Return what trends need to know of the measures of a standard.

    Raises:
        DefinitionError: The file is missing or holds problems, such as an unknown measure.
    """
    name = f"rules/v{standard.version}/trends.toml"
    try:
        content = ((root or definitions_folder()) / name).read_bytes()
        rules = msgspec.toml.decode(content, type=TrendRules)
    except FileNotFoundError as error:
        raise DefinitionError([f"{name} is missing."]) from error
    except msgspec.DecodeError as error:
        raise DefinitionError([f"{name}: {error}"]) from error
    problems = [f"{name}: {problem}" for problem in _problems(rules, standard)]
    if problems:
        raise DefinitionError(problems)
    return rules


def overlaps(measure: Measure) -> bool:
    """Return whether successive figures of a measure are counted from the same months."""
    to_date = measure.period.startswith("financial year to date")
    return to_date or months_counted(measure.period) > 1


def _problems(rules: TrendRules, standard: Standard) -> Iterator[str]:
    for both in sorted(rules.better.high & rules.better.low):
        yield f"{both} cannot be better both high and low."
    named = {one for change in rules.changes for one in change.measures}
    for unknown in sorted((named | rules.better.high | rules.better.low) - set(standard.measures)):
        yield f"unknown measure '{unknown}'.{near_miss(unknown, standard.measures)}"
