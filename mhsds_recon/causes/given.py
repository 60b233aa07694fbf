"""What a walk starts from, and the names of the stages between a warehouse and the publication."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from mhsds_recon.causes.declared import NOTHING_DECLARED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.causes.declared import LocalDefinitions
    from mhsds_recon.frames import Extract, Reference
    from mhsds_recon.measures import Figures
    from mhsds_recon.published import LocalCounts, PublishedFigures
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.validation import Validation

__all__ = ["STAGES", "Given", "Stage", "between"]

Stage = Literal[
    "warehouse",
    "extract",
    "accepted",
    "portal_pre_deadline",
    "portal_post_deadline",
    "published",
]

STAGES: tuple[Stage, ...] = get_args(Stage)
"""From the trust's own warehouse to the publication; a walk takes those that are given."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a walk starts from.

    Attributes:
        figures: Counted from the extracts as they were submitted.
        published: The national figures.
        validations: Every month up to the reported one.
        standard: The definitions.
        reference: Reference files.
        counts: The warehouse's own counts.
        earlier: Versions of a month before the one that counts, the latest first.
        portal: The portal's extracts of the reported month, by stage.
        files: Each published file by itself, those that do not count among them.
        definitions: What the trust says of its own definitions.
        thin_share: Below this share of the median of the other months a table's rows are few.
    """

    figures: Figures
    published: PublishedFigures
    validations: Mapping[ReportingPeriod, Validation]
    standard: Standard
    reference: Reference
    counts: Figures | LocalCounts | None = None
    earlier: Mapping[ReportingPeriod, Sequence[Validation]] = field(default_factory=dict)
    portal: Mapping[Stage, Extract] = field(default_factory=dict)
    files: Sequence[PublishedFigures] = ()
    definitions: LocalDefinitions = NOTHING_DECLARED
    thin_share: float = 0.8

    @property
    def period(self) -> ReportingPeriod:
        """The reporting period."""
        return self.figures.period


def between(before: Stage, after: Stage) -> str:
    """Return what the way from a stage to the next is called."""
    return f"{before} to {after}"
