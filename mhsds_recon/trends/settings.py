"""What a trust decides about its charts: targets, recalculated limits, screening."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.standard.periods import Month

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["NO_SETTINGS", "Recalculation", "Target", "TrendSettings", "read_settings"]


class Recalculation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recorded decision that limits start anew.

    Attributes:
        measure: The measure.
        month: The first reporting period of the new line, as CCYY-MM.
        decided: The day of the decision.
        reason: What changed in the service.
    """

    measure: str
    month: Month
    decided: dt.date
    reason: str

    def __post_init__(self) -> None:
        """Refuse a decision without a reason: it could not be told from a wish for better lines."""
        if not self.reason.strip():
            message = "a recalculation needs a reason"
            raise ValueError(message)


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a measure of the provider should reach."""

    measure: str
    value: float


class TrendSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trust's decisions about its charts.

    Attributes:
        screen_moving_ranges: Leave moving ranges above 3.267 times their mean out of limits.
        recalculations: Decisions that limits start anew.
        targets: Targets, at most one a measure.
    """

    screen_moving_ranges: bool = False
    recalculations: tuple[Recalculation, ...] = field(name="recalculation", default=())
    targets: tuple[Target, ...] = field(name="target", default=())

    def __post_init__(self) -> None:
        """Refuse two targets for one measure: nobody could say which holds."""
        named = [target.measure for target in self.targets]
        if len(named) > len(set(named)):
            message = "a measure has two targets"
            raise ValueError(message)

    @property
    def measures(self) -> frozenset[str]:
        """The measures that a decision names."""
        recalculated = (one.measure for one in self.recalculations)
        return frozenset((*recalculated, *(target.measure for target in self.targets)))

    def target_of(self, measure_id: str) -> float | None:
        """Return the target of a measure, None where it has none."""
        found = (target.value for target in self.targets if target.measure == measure_id)
        return next(found, None)

    def changes_of(self, measure_id: str) -> dict[str, str]:
        """Return why a new line starts, by month, for a measure."""
        return {
            one.month: f"{one.reason} (decided on {one.decided.isoformat()})"
            for one in self.recalculations
            if one.measure == measure_id
        }


NO_SETTINGS = TrendSettings()
"""No target and no recalculation; every moving range counts."""


def read_settings(path: Path) -> TrendSettings:
    """Return the decisions in a TOML file.

    Raises:
        ReferenceFileError: It cannot be read, or a decision in it is not complete.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=TrendSettings)
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}. Give a TOML file of chart settings."
        raise ReferenceFileError(message) from error
    except msgspec.DecodeError as error:
        message = (
            f"'{path.name}' is no file of chart settings: {error}. A decision is written as"
            " [[recalculation]] with measure, month, decided and reason, a target as [[target]]"
            " with measure and value."
        )
        raise ReferenceFileError(message) from error
