"""Count where people, referrals and scores drop out, and list the rows for the analyst."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.frames import Location
from mhsds_recon.measures.funnels import Funnels, funnels_of
from mhsds_recon.measures.work_list import list_not_counted
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_privacy, identifiers_of
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.funnels import funnels_leading_to
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.writing import beside, place_on_disk

if TYPE_CHECKING:
    import polars as pl

__all__ = ["check_work_list_folder", "count_funnels", "write_funnels", "write_work_list"]

_FOR_THE_OWNER = 0o700


def count_funnels(
    run: Run, *, period: ReportingPeriod, names: Sequence[str] = (), by_team: bool = False
) -> Funnels:
    """Count the steps of funnels.

    Args:
        run: The provider's months.
        period: The reporting period.
        names: Funnels, or measures that they lead to; all where empty.
        by_team: Whether to count for each local team as well.

    Raises:
        UsageError: No funnel leads to a measure.
        PrivacyError: The name of a team points to a patient.
    """
    found = funnels_of(
        run.submissions(period), funnel_ids=_named(names, run.standard), by_team=by_team
    )
    said = "\n|\n".join(text for team in found.team_names.items() for text in team)
    check_privacy({"the names of teams": said}, identifiers=identifiers_of(run.extracts))
    return found


def write_funnels(
    funnels: Funnels, path: Path, *, version: str = "6.0", exact: bool = False
) -> tuple[Path, ...]:
    """Write the steps of funnels as CSV, under disclosure control unless exact."""
    causes = {cause.cause_id: cause.name for cause in load_causes(version).values()}
    shown = funnels.shown(exact=exact)
    named = [
        shown[column].replace_strict(names, default=None).alias(name)
        for column, name, names in (
            ("cause_id", "cause", causes),
            ("team", "team_name", funnels.team_names or {"": ""}),
        )
    ]
    return write_files(path.parent, {path.name: shown.with_columns(named).write_csv})


def write_work_list(
    run: Run, folder: Path, *, period: ReportingPeriod, names: Sequence[str] = ()
) -> tuple[Path, ...]:
    """Write the rows behind funnels: patient level, for the owner of the folder's eyes only.

    Raises:
        UsageError: The folder is not beside the extracts.
    """
    check_work_list_folder(run.path, folder)
    rows = list_not_counted(run.submissions(period), _named(names, run.standard))
    folder.mkdir(mode=_FOR_THE_OWNER, parents=True, exist_ok=True)
    return write_files(folder, {"work_list.csv": lambda path: _write_for_owner(rows, path)})


def check_work_list_folder(extracts: Location, folder: Path) -> None:
    """Refuse a folder for work lists that is not beside the extracts.

    Raises:
        UsageError: It is elsewhere, or among the extracts, where it would be taken for a month.
    """
    source, wanted = place_on_disk(extracts), folder.resolve()
    if source.parent in wanted.parents and source not in (wanted, *wanted.parents):
        return
    message = (
        f"A work list names patients and referrals, so it stays beside the extracts: give a"
        f" folder in '{source.parent}', such as '{beside(extracts, 'work_list')}'."
    )
    raise UsageError(message)


def _named(names: Sequence[str], standard: Standard) -> list[str] | None:
    """Return the funnels that measures or funnels name; None for all."""
    found: list[str] = []
    for name in names:
        leading = funnels_leading_to(name, standard.funnels)
        if not leading:
            measures = [funnel.measure for funnel in standard.funnels.values()]
            hint = near_miss(name, [*standard.funnels, *measures])
            message = (
                f"No funnel leads to '{name}'.{hint} Funnels lead to"
                f" {', '.join(dict.fromkeys(measures))}."
            )
            raise UsageError(message)
        found += leading
    return list(dict.fromkeys(found)) or None


def _write_for_owner(rows: pl.DataFrame, path: Path) -> None:
    path.touch(mode=_FOR_THE_OWNER & 0o600)
    rows.write_csv(path)
