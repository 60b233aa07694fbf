"""Published scores of the data quality maturity index, in a small file that a trust keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct, field

from mhsds_recon.errors import DefinitionError, near_miss
from mhsds_recon.standard.files import read_own
from mhsds_recon.standard.periods import Month

if TYPE_CHECKING:
    from pathlib import Path

    from mhsds_recon.standard.periods import ReportingPeriod
    from mhsds_recon.standard.quality import QualityItem

__all__ = ["MaturityScore", "latest_score", "read_scores"]

_Percentage = Annotated[float, Meta(ge=0, le=100)]


class MaturityScore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was published for the mental health data set of a provider and month.

    ``score`` is in percent; so is each of ``items``, by the measure of the item.
    """

    month: Month
    score: _Percentage
    source: str
    items: Mapping[str, _Percentage] = {}


class _ScoreFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    scores: tuple[MaturityScore, ...] = field(name="score", default=())


def read_scores(path: Path, items: Mapping[str, QualityItem]) -> tuple[MaturityScore, ...]:
    """Return the published scores of a file, one ``[[score]]`` for each month.

    Args:
        path: The file.
        items: The items that there are.

    Raises:
        DefinitionError: The file cannot be read, or holds mistakes; all are named.
    """
    hint = "Write a [[score]] with month, score and source."
    scores = read_own(path, _ScoreFile, hint=hint).scores
    problems = [
        f"{path.name}, {one.month}: unknown item '{name}'.{near_miss(name, items)}"
        for one in scores
        for name in one.items
        if name not in items
    ]
    months = [one.month for one in scores]
    problems += [
        f"{path.name}: {month} is there {months.count(month)} times; keep one score of a month."
        for month in sorted(set(months))
        if months.count(month) > 1
    ]
    if not scores:
        problems.append(f"{path.name}: there is no [[score]]; write month, score and source.")
    if problems:
        raise DefinitionError(problems)
    return scores


def latest_score(
    scores: tuple[MaturityScore, ...], period: ReportingPeriod
) -> MaturityScore | None:
    """Return the last score of a reporting period or of one before it, None where none is."""
    known = [one for one in scores if one.month <= str(period)]
    return max(known, key=lambda one: one.month, default=None)
