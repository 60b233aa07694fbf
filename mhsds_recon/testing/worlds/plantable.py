"""What a cause that can be planted is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from mhsds_recon.testing.worlds.courses import Patient
from mhsds_recon.testing.worlds.stories import MEASURES, Counts, Story, less

__all__ = ["PlantableCause", "Stage", "in_place_of"]

Stage: TypeAlias = Literal[
    "warehouse",
    "extract",
    "accepted",
    "portal_pre_deadline",
    "portal_post_deadline",
    "published",
]
"""Where a figure can be taken."""


@dataclass(frozen=True, kw_only=True)
class PlantableCause:
    """A cause of the taxonomy that can be planted.

    Attributes:
        name: Short name.
        cause_id: The cause.
        story: Whom it is planted on, and what the nation counts them as.
        sizes: By measure, local less published for each time it is planted.
        counted_in: Which practice's area the trust counts them in, where that is another.
        lost_after: The last stage that still counts as the trust does.
        variation: The local definition that it is, where it is one.
        received: What the nation holds of the patients; None where that is all.
        is_sent_again: Whether the nation holds the month's earlier version, and the trust a later.
        trigger: Patients who are there once, count in nothing and bring the cause about.
        only: The measures that it is known for.
    """

    name: str
    cause_id: str
    story: Story
    sizes: Counts
    variation: str | None = None
    received: tuple[Patient, ...] | None = None
    is_sent_again: bool = False
    trigger: tuple[Patient, ...] = ()
    counted_in: int | None = None
    lost_after: Stage = "warehouse"
    only: tuple[str, ...] = MEASURES


def in_place_of(
    name: str,
    cause_id: str,
    story: Story,
    local: Counts,
    **more: Any,  # noqa: ANN401
) -> PlantableCause:
    """Return a cause of a story that the trust counts otherwise than the nation."""
    return PlantableCause(
        name=name, cause_id=cause_id, story=story, sizes=less(local, story.counts), **more
    )
