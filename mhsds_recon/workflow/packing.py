"""Build, check and write the sign-off pack."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import narwhals as nw

from mhsds_recon.errors import UsageError
from mhsds_recon.measures.funnels import funnels_of
from mhsds_recon.measures.maturity import Maturity
from mhsds_recon.measures.pairing import count_pairing
from mhsds_recon.outputs import write_files
from mhsds_recon.packs import (
    Pack,
    PackInputs,
    as_csv,
    build_pack,
    canonical_json,
    check_names,
    check_privacy,
    file_stem,
    identifiers_of,
    reconciliation_table,
    render_html,
    render_pdf,
    render_workbook,
    summary_of,
)
from mhsds_recon.packs.inputs import profile_named
from mhsds_recon.packs.sections.teams import TEAM_SIZE
from mhsds_recon.packs.words import Words, load_words, read_words
from mhsds_recon.portal import compare_with_portal, read_portal_report
from mhsds_recon.published import best_of, read_each
from mhsds_recon.signoff import GroupStanding, Policy, load_policy
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.cut_offs import load_cut_offs
from mhsds_recon.standard.files import definitions_folder
from mhsds_recon.standard.maturity_scores import latest_score, read_scores
from mhsds_recon.standard.quality import edition_of
from mhsds_recon.trends import NO_SETTINGS, TrendSettings
from mhsds_recon.validation.teams import failures_by_team, people_by_rule
from mhsds_recon.workflow.actions import actions_of
from mhsds_recon.workflow.history import Memory, kept_national, path_files, recorded
from mhsds_recon.workflow.maturity import estimate_maturity
from mhsds_recon.workflow.rule_facts import effects_in_short, known_past
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.signed_off import sha256_of, standing
from mhsds_recon.workflow.signing import keep_pack
from mhsds_recon.workflow.teams import count_teams
from mhsds_recon.workflow.trend_figures import known_trends
from mhsds_recon.workflow.walking import EXTRACTS_ONLY, Also, explained
from mhsds_recon.workflow.writing import beside, software_version, to_json, writer

if TYPE_CHECKING:
    from mhsds_recon.frames import Extract
    from mhsds_recon.measures import Figures
    from mhsds_recon.packs.model import PackType, Table

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
    published_scores: Path | None = None,
    portal: Path | None = None,
    also: Also = EXTRACTS_ONLY,
    calendar: Path | None = None,
    trend_settings: TrendSettings = NO_SETTINGS,
    policy: Path | None = None,
    prepared_by: str = "",
    to: Sequence[str] = ("html",),
    words: Path | None = None,
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
        published_scores: Published scores of the maturity index.
        portal: The portal's Summary Reports on the extract of the period.
        also: What else is known of the way to the publication.
        calendar: The trust's own file of cut-offs.
        trend_settings: The trust's decisions on its charts: targets, recalculated limits.
        policy: The trust's own file of who signs what off.
        prepared_by: Who makes the pack; they cannot be the only one to sign.
        to: Forms of the pack: ``html``, ``xlsx`` and ``pdf``.
        words: The trust's own words in place of some of the pack's.

    Raises:
        UsageError: There is no such form or profile.
        OutputError: A form needs an extra that is not installed.
        PortalError: The portal's reports cannot be read.
        DefinitionError: The list of items or of scores holds mistakes.
        PrivacyError: The gate found what may not leave; nothing was written.
    """
    forms = _forms(to)
    said = load_words() if words is None else read_words(words)
    own_files = {
        "calendar": calendar,
        "maturity_list": maturity_list,
        "policy": policy,
        "published_scores": published_scores,
    }
    names = _names(run, [path for path in (*published, portal, published_scores) if path])
    check_names(names)
    chosen = _measures(run.standard, said)
    breakdowns = [name for name, one in run.standard.breakdowns.items() if not one.local]
    figures = run.count(period, measure_ids=chosen, breakdowns=breakdowns)
    published_ones = _published(figures, run.standard)
    validations = run.validations(period)
    before = period.back(1)
    given = read_each(published, provider=figures.provider) if published else ()
    national = best_of(given) if given else None
    scores = (
        ()
        if published_scores is None
        else read_scores(published_scores, run.standard.quality_items)
    )
    compared = (
        None
        if portal is None
        else compare_with_portal(read_portal_report(portal), validations[period])
    )
    pack_type: PackType = "B" if published else "A"
    rules = load_policy(policy, version=run.standard.version)
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
            run.count(before, measure_ids=chosen, breakdowns=breakdowns)
            if before in validations
            else None
        ),
        reconciliation=(explained(run, published_ones, national, also=also) if national else None),
        teams=count_teams(run, period, measure_ids=(TEAM_SIZE, *said.divided_measures)),
        previous_teams=(
            count_teams(run, before, measure_ids=[TEAM_SIZE]) if before in validations else None
        ),
        trends=known_trends(run, figures, memory=memory, settings=trend_settings),
        words=said,
        funnels=funnels_of(run.submissions(period), by_team=True),
        pairing=count_pairing(run.submissions(period)),
        maturity=_maturity(run, period, maturity_list),
        published_score=latest_score(scores, period),
        past=known_past(run, period, memory=memory),
        effects=effects_in_short(run, period, chosen),
        failures_by_team=failures_by_team(validations[period]),
        people_by_rule=people_by_rule(validations[period]),
        portal=compared,
        generated_at=generated_at,
        software=software_version(),
        cut_off=load_cut_offs(calendar, version=run.standard.version).of(period),
        actions=actions_of(memory.history, figures.provider) if memory else (),
        roles=rules.roles,
        decisions=_decisions(memory, validations[period].extract, rules),
        prepared_by=prepared_by,
        files=(
            *validations[period].extract.files,
            *((compared.file,) if compared is not None else ()),
        ),
        profile=profile_named(profile),
        version=_next_version(folder, f"{figures.provider}_{period}_{pack_type}"),
    )
    pack = build_pack(inputs)
    outputs, tables = _outputs(pack, inputs, forms)
    extracts = (validation.extract for validation in validations.values())
    check_privacy(
        {**outputs, "the names of the files": "\n|\n".join(names)},
        pack=pack,
        identifiers=identifiers_of(extracts),
        tables=tables,
    )
    written = write_files(folder, {name: writer(content) for name, content in outputs.items()})
    if given:
        kept_national(given, provider=figures.provider, memory=memory)
    files = path_files("output", written)
    number = recorded(
        memory,
        verb="pack",
        provider=figures.provider,
        period=period,
        standard=run.standard,
        extracts=run.until(period),
        reference=run.reference_folder,
        files=files,
        figures={"extract": published_ones},
        validation=inputs.validation,
        reconciliation=inputs.reconciliation,
    )
    if memory is not None and number is not None:
        hashes = {file.name: file.sha256 for file in files}
        keep_pack(
            memory.history,
            pack,
            run=number,
            files=hashes,
            at=generated_at,
            configuration=_configuration(run.standard.version, said, trend_settings, own_files),
        )
    return written


def _configuration(
    version: str, said: Words, trends: TrendSettings, own_files: Mapping[str, Path | None]
) -> dict[str, str]:
    """Return the hash of what decides how a pack is made: definitions, words, the trust's files."""
    definitions = hashlib.sha256()
    for kind in ("schemas", "rules"):
        folder = definitions_folder() / kind / f"v{version}"
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            definitions.update(f"{path.relative_to(folder).as_posix()}\n".encode())
            definitions.update(hashlib.sha256(path.read_bytes()).digest())
    given = {name: path for name, path in own_files.items() if path is not None}
    return {
        "definitions": definitions.hexdigest(),
        "words": _hash_of(said),
        "trend_settings": _hash_of(trends),
    } | {name: sha256_of(path) for name, path in given.items()}


def _hash_of(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def _names(run: Run, beside_them: Sequence[Path]) -> list[str]:
    """Return the names of the files beside the extracts: the history keeps them."""
    reference = () if run.reference_folder is None else run.reference_folder.iterdir()
    return sorted(path.name for path in (*beside_them, *reference))


def _maturity(run: Run, period: ReportingPeriod, own_list: Path | None) -> Maturity | None:
    """Return the estimate of a period, None where the standard has no list of items for it."""
    if own_list is None and edition_of(run.standard.maturity, period) is None:
        return None
    return estimate_maturity(run, period=period, own_list=own_list)


def _measures(standard: Standard, words: Words) -> list[str]:
    """Return the headline measures, and those of the words that the standard has."""
    headline = [name for name, measure in standard.measures.items() if measure.headline]
    shown = [name for name in words.shown_measures if name in standard.measures]
    return list(dict.fromkeys((*headline, *shown)))


def _published(figures: Figures, standard: Standard) -> Figures:
    """Return figures without measures of ours, which nothing published can be set beside."""
    ours = [name for name, measure in standard.measures.items() if measure.local]
    rows = nw.from_native(figures.frame).filter(~nw.col("measure_id").is_in(ours))
    return replace(figures, frame=rows.to_native())


def _decisions(
    memory: Memory | None, extract: Extract, policy: Policy
) -> tuple[GroupStanding, ...]:
    """Return what was decided on each measure group of the period, for the extract at hand."""
    if memory is None:
        return ()
    found = standing(
        memory.history,
        provider=extract.provider,
        period=str(extract.period),
        extract_sha256=extract.sha256,
        policy=policy,
    )
    return found.groups


def _forms(names: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in _FORMS]
    if unknown or not names:
        listed = ", ".join(_FORMS)
        message = f"A pack cannot be made as '{', '.join(unknown)}': choose from {listed}."
        raise UsageError(message)
    return tuple(dict.fromkeys(names))


def _outputs(
    pack: Pack, inputs: PackInputs, forms: Sequence[str]
) -> tuple[dict[str, str | bytes], dict[str, Table]]:
    """Return everything that is written of a pack by file name, and the tables among it."""
    stem = file_stem(pack)
    outputs: dict[str, str | bytes] = {
        f"{stem}.{form}": _FORMS[form](pack, inputs.words) for form in forms
    }
    outputs[f"{stem}.json"] = canonical_json(pack).decode()
    tables: dict[str, Table] = {}
    table = reconciliation_table(inputs)
    if table is not None:
        tables[f"{stem}.reconciliation.csv"] = table
        outputs[f"{stem}.reconciliation.csv"] = as_csv(table)
    summary = summary_of(pack, inputs, outputs)
    return outputs | {f"{stem}.summary.json": to_json(summary)}, tables


_FORMS: Mapping[str, Callable[[Pack, Words], str | bytes]] = {
    "html": render_html,
    "xlsx": render_workbook,
    "pdf": render_pdf,
}


def _next_version(folder: Path, stem: str) -> int:
    """Return the first version of which no file is there."""
    found = (re.match(rf"{re.escape(stem)}_v(\d+)\.", path.name) for path in folder.glob("*"))
    return max((int(version[1]) for version in found if version), default=0) + 1
