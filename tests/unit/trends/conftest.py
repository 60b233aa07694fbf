"""Series as the history gives them, and measures to read them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.trend_rules import TrendRules, load_trend_rules

Series = Callable[..., pl.DataFrame]


@pytest.fixture(scope="session")
def rules(standard: Standard) -> TrendRules:
    """Dated changes and directions of the standard."""
    return load_trend_rules(standard)


@pytest.fixture(scope="session")
def series() -> Series:
    """A function that makes a series of counts from a month on; None is a month without one."""

    def make(values: Sequence[float | None], *, start: str = "2024-04") -> pl.DataFrame:
        first = ReportingPeriod.parse(start)
        rows = [
            {
                "breakdown": "Provider",
                "primary_level": "RZZ",
                "secondary_level": "NONE",
                "reporting_period_end": first.back(-place).end,
                "local_exact": float(value),
                "local_published": "*" if value < 5 else str(int(value + 2) // 5 * 5),
                "published": str(int(value + 2) // 5 * 5 + 5),
                "gap": value - (int(value + 2) // 5 * 5 + 5),
                "result": "differs_unexplained",
            }
            for place, value in enumerate(values)
            if value is not None
        ]
        return pl.DataFrame(rows)

    return make
