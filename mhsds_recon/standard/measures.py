"""What a published measure is: how it is counted, shown and disclosed, as frozen objects."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

__all__ = ["Measure", "MeasureFile"]


class Measure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published measure."""

    id: str
    name: str
    group: Literal["access", "activity", "waits", "outcomes", "data quality"]


class MeasureFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of measures of one family."""

    measures: tuple[Measure, ...] = field(name="measure", default=())
