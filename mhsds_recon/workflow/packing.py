"""Build, check and write the sign-off pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mhsds_recon.measures.funnels import funnels_of
from mhsds_recon.measures.maturity import Maturity
from mhsds_recon.measures.pairing import count_pairing
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import (
    PackInputs,
    build_pack,
    canonical_json,
    check_privacy,
    file_stem,
    identifiers_of,
    render_html,
)
from mhsds_recon.packs.inputs import profile_named
from mhsds_recon.packs.words import load_words
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.quality import edition_of
from mhsds_recon.workflow.history import Memory, path_files, read_national, recorded
from mhsds_recon.workflow.maturity import estimate_maturity
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.teams import count_teams
from mhsds_recon.workflow.walking import explained
from mhsds_recon.workflow.writing import beside, software_version, writer

if TYPE_CHECKING:
    from mhsds_recon.packs.model import PackType

__all__ = ["write_pack"]


def write_pack(
    run: Run,
    *,
    period: ReportingPeriod,
    generated_at: datetime,
    published: Sequence[Path] = (),
    profile: str = "national",
    output: Path | None = None,
    memory: Memory | None = None,
    maturity_list: Path | None = None,
) -> tuple[Path, ...]:
    """Build the sign-off pack of a period, check it for privacy, and write it.

    Pack A without published files, pack B with them. A rebuilt pack gets the next version.

    Args:
        run: The provider's months.
        period: The reporting period.
        generated_at: When the pack is made, with its offset.
        published: Published files.
        profile: Disclosure profile.
        output: Folder for the pack; beside the extracts where None.
        memory: Where to remember the run.
        maturity_list: The trust's own list of items of the maturity estimate.

    Raises:
        PrivacyError: The gate found what may not leave; nothing was written.
    """
    headline = [name for name, measure in run.standard.measures.items() if measure.headline]
    figures = run.count(period, measure_ids=headline)
    validations = run.validations(period)
    before = period.back(1)
    national = (
        read_national(published, provider=figures.provider, memory=memory) if published else None
    )
    pack_type: PackType = "B" if published else "A"
    folder = output or beside(run.path, "packs")
    inputs = PackInputs(
        provider=figures.provider,
        period=period,
        pack_type=pack_type,
        standard=run.standard,
        validation=validations[period],
        figures=figures,
        previous_validation=validations.get(before),
        previous_figures=(
            run.count(before, measure_ids=headline) if before in validations else None
        ),
        reconciliation=explained(run, figures, national) if national else None,
        teams=count_teams(run, period, measure_ids=load_words().team_columns),
        funnels=funnels_of(run.submissions(period), by_team=True),
        pairing=count_pairing(run.submissions(period)),
        maturity=_maturity(run, period, maturity_list),
        generated_at=generated_at,
        software=software_version(),
        files=validations[period].extract.files,
        profile=profile_named(profile),
        version=_next_version(folder, f"{figures.provider}_{period}_{pack_type}"),
    )
    pack = build_pack(inputs)
    stem = file_stem(pack)
    outputs = {f"{stem}.html": render_html(pack), f"{stem}.json": canonical_json(pack).decode()}
    extracts = (validation.extract for validation in validations.values())
    check_privacy(outputs, pack=pack, identifiers=identifiers_of(extracts))
    written = write_files(folder, {name: writer(text) for name, text in outputs.items()})
    recorded(
        memory,
        verb="pack",
        provider=figures.provider,
        period=period,
        standard=run.standard,
        extracts=run.until(period),
        reference=run.reference_folder,
        files=path_files("output", written),
        figures={"extract": figures},
        validation=inputs.validation,
        reconciliation=inputs.reconciliation,
    )
    return written


def _maturity(run: Run, period: ReportingPeriod, own_list: Path | None) -> Maturity | None:
    """Return the estimate of a period, None where the standard has no list of items for it."""
    if own_list is None and edition_of(run.standard.maturity, period) is None:
        return None
    return estimate_maturity(run, period=period, own_list=own_list)


def _next_version(folder: Path, stem: str) -> int:
    numbers = (path.stem.removeprefix(f"{stem}_v") for path in folder.glob(f"{stem}_v*.html"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1
