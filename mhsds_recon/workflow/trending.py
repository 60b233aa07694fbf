"""Look back over the months that the history holds: trends, differences that stay, revisions."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.errors import UsageError
from mhsds_recon.history import History
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_words
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.trends import (
    NO_SETTINGS,
    Remembered,
    Review,
    TrendSettings,
    review,
    shown,
    shown_changes,
    shown_repeats,
)
from mhsds_recon.validation.teams import failures_by_team
from mhsds_recon.workflow.history import history_address
from mhsds_recon.workflow.runs import Run

if TYPE_CHECKING:
    import polars as pl

__all__ = ["review_trends", "write_trends"]


def review_trends(
    history: str | Path | None = None,
    *,
    provider: str | None = None,
    measure_ids: Collection[str] = (),
    period: ReportingPeriod | None = None,
    stage: str | None = None,
    settings: TrendSettings = NO_SETTINGS,
    version: str = "6.0",
    run: Run | None = None,
) -> Review:
    """Return what the months of a provider say, up to one of them.

    Args:
        history: Address of the history; the user's own where None.
        provider: Code of the provider; the only one that the history holds where None.
        measure_ids: Measures; those of the headline where none is named.
        period: The month; the last one with a local figure where None.
        stage: Which local figures count; those that were last compared where None.
        settings: The trust's decisions on its charts.
        version: Version of the standard.
        run: The provider's extracts, which alone tell whose team's rows fail.

    Raises:
        UsageError: The history holds nothing, or several providers and none is chosen.
        HistoryError: The history cannot be read.
        PrivacyError: A reason among the settings points to a patient.
    """
    check_words({f"the reason for {one.measure}": one.reason for one in settings.recalculations})
    standard = load_standard(version)
    headline = [one.id for one in standard.measures.values() if one.headline]
    chosen = list(measure_ids) or headline
    with History.open(history_address(history)) as opened:
        code = provider or _only_provider(opened)
        remembered = Remembered(
            series=opened.series(code, measure_ids=chosen),
            differences=opened.differences(code, measure_ids=chosen),
            steps=opened.steps(code, measure_ids=chosen),
            rule_counts=opened.rule_counts(code),
            revisions=opened.revisions(code, measure_ids=chosen),
            team_counts=None if run is None else _team_counts(run, period),
        )
    return review(
        remembered,
        standard=standard,
        measure_ids=chosen,
        period=period,
        stage=stage,
        settings=settings,
    )


def write_trends(result: Review, folder: Path, *, exact: bool = False) -> tuple[Path, ...]:
    """Write the tables of a review; small numbers are hidden unless ``exact``."""
    trends = nw.concat([nw.from_native(shown(trend, exact=exact)) for trend in result.trends])
    return write_files(
        folder,
        {
            "trends.csv": trends.to_native().write_csv,
            "differences.csv": shown_changes(result.changes, exact=exact).write_csv,
            "repeats.csv": shown_repeats(result, exact=exact).write_csv,
            "revisions.csv": result.revisions.write_csv,
            "finals.csv": result.finals.write_csv,
        },
    )


def _only_provider(history: History) -> str:
    found = sorted(set(history.runs()["provider"].to_list()))
    if len(found) == 1:
        return str(found[0])
    if not found:
        message = (
            f"The history in {history.place} holds no run yet. Run 'mhsds-recon reconcile' for"
            " some months first, with the same --history."
        )
    else:
        message = (
            f"The history in {history.place} holds {len(found)} providers ({', '.join(found)})."
            " Choose one with --provider."
        )
    raise UsageError(message)


def _team_counts(run: Run, period: ReportingPeriod | None) -> pl.DataFrame:
    last = period or max(extract.period for extract in run.extracts if extract.period is not None)
    months = [
        nw.from_native(failures_by_team(validation))
        .filter(~nw.col("team").is_null())
        .with_columns(period=nw.lit(str(month)))
        for month, validation in run.validations(last).items()
    ]
    counts: pl.DataFrame = nw.concat(months).to_native()
    return counts
