"""Explain the differences between a trust's figures and the published ones, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon import frames
from mhsds_recon.causes import Given, LocalDefinitions, Stage, read_local_definitions, walk
from mhsds_recon.published import read_counts
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.workflow.warehouse import QUERIES, count_warehouse

if TYPE_CHECKING:
    from mhsds_recon.frames import Extract
    from mhsds_recon.measures import Figures
    from mhsds_recon.published import LocalCounts, PublishedFigures
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.workflow.runs import Run

__all__ = ["EXTRACTS_ONLY", "Also", "counts_of", "explained"]


@dataclass(frozen=True, kw_only=True)
class Also:
    """What is known of the way to the publication besides the extracts.

    Attributes:
        counts: The warehouse's own counts: a counts file, or a file of queries (``.toml``).
        portal_pre: The portal's pre-deadline extract of the reported month.
        portal_post: Its post-deadline extract.
        local_definitions: What the trust declares of its own definitions (``.toml``).
    """

    counts: Path | None = None
    portal_pre: Path | None = None
    portal_post: Path | None = None
    local_definitions: Path | None = None


EXTRACTS_ONLY = Also()
"""Nothing is known besides the extracts."""


def explained(
    run: Run,
    figures: Figures,
    national: PublishedFigures,
    *,
    also: Also = EXTRACTS_ONLY,
    counts: Figures | LocalCounts | None = None,
    files: Sequence[PublishedFigures] = (),
) -> Reconciliation:
    """Compare, then count again, stage by stage and cause by cause, the measures that differ.

    Args:
        run: The months.
        figures: Counted from the extracts as submitted.
        national: The published figures.
        also: What else is known of the way.
        counts: The warehouse's counts, where ``also`` names them, as ``counts_of`` read them.
        files: Each published file by itself, to tell a figure that was changed since.
    """
    definitions = LocalDefinitions()
    if also.local_definitions is not None:
        definitions = read_local_definitions(also.local_definitions, run.standard)
    return walk(
        Given(
            figures=figures,
            published=national,
            validations=run.validations(figures.period),
            standard=run.standard,
            reference=run.reference,
            counts=counts,
            earlier=run.earlier_versions(figures.period),
            portal=_portal(run, also),
            files=files,
            definitions=definitions,
        )
    )


def counts_of(
    path: Path, *, standard: Standard, period: ReportingPeriod, provider: str | None
) -> Figures | LocalCounts:
    """Return the warehouse's counts, read from a file or asked for by queries."""
    if path.suffix.lower() == QUERIES:
        return count_warehouse(path, standard=standard, period=period, provider=provider).figures
    return read_counts(path, standard=standard, provider=provider, period=period)


def _portal(run: Run, also: Also) -> Mapping[Stage, Extract]:
    given: dict[Stage, Path | None] = {
        "portal_pre_deadline": also.portal_pre,
        "portal_post_deadline": also.portal_post,
    }
    engine = run.extracts[0].engine
    return {
        stage: frames.open_extract(path, standard=run.standard, engine=engine)
        for stage, path in given.items()
        if path is not None
    }
