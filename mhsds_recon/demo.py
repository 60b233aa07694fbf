"""The demo: a synthetic trust, and the whole loop run on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon import workflow
from mhsds_recon.reporting import planted_text, reconciliation_text
from mhsds_recon.testing import published_rows, synthetic_trust, write_published
from mhsds_recon.validation import Validation

if TYPE_CHECKING:
    from pathlib import Path

    from mhsds_recon.standard import ReportingPeriod

__all__ = ["DemoSettings", "run_demo"]


@dataclass(frozen=True, kw_only=True)
class DemoSettings:
    """How large the synthetic trust is, and who and when it is.

    Attributes:
        months: How many months of extracts, ending with ``period``.
        people: How many people the trust sees in them.
        seed: The same number makes the same trust.
        provider: Code that it submits under.
        period: Its last reporting period.
    """

    months: int
    people: int
    seed: int
    provider: str
    period: ReportingPeriod


def run_demo(output: Path, settings: DemoSettings, *, version: str = "6.0") -> str:
    """Make a trust and a national file, validate, count, reconcile, build the pack.

    Everything is written below ``output``. The national file holds what the trust's accepted
    rows count to, so what the planted errors take away is the difference to be explained.

    Returns:
        What was found, beside what was planted, and where the pack lies.
    """
    period, provider = settings.period, settings.provider
    trust = synthetic_trust(
        months=settings.months,
        people=settings.people,
        seed=settings.seed,
        provider=provider,
        last_period=str(period),
    )
    trust.write(output)
    run = workflow.Run.open(output / "extracts", version=version, reference=output / "reference")
    accepted = run.count(period, form=Validation.accepted_extract)
    national = output / "published" / f"MHSDS Data_{period.start:%b}Perf_{period.year}.csv"
    national.parent.mkdir(parents=True, exist_ok=True)
    write_published(published_rows(accepted.published(), seed=settings.seed), national)

    results = output / "results"
    memory = workflow.open_memory(output / "history.sqlite")
    validation, _ = workflow.write_validation(
        output / "extracts" / str(period),
        version=version,
        output=results / "validation",
        memory=memory,
    )
    workflow.write_figures(run.count(period), results / "measures.csv", exact=True)
    reconciliation, _ = workflow.write_reconciliation(
        run, [national], period=period, output=results / "reconciliation", memory=memory
    )
    packs = workflow.write_pack(
        run,
        period=period,
        generated_at=dt.datetime.now().astimezone(),
        published=[national],
        output=results / "packs",
        memory=memory,
    )
    pack = next(path for path in packs if path.suffix == ".html")
    about = (
        f"A synthetic trust: {provider}, {settings.months} months to {period},"
        f" {settings.people:,} people. Everything is in {output}."
    )
    found = planted_text(trust.planted, validation)
    compared = reconciliation_text(reconciliation, ())
    return f"{about}\n\n{found}\n\n{compared}\nThe pack: {pack.resolve()}"
