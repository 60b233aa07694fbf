"""The walk: every difference between local and published figures, stage by stage, by cause."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.causes.definitions import definition_steps, warehouse_targets
from mhsds_recon.causes.given import Stage, between
from mhsds_recon.causes.hints import possible_steps
from mhsds_recon.causes.publication import Nation, months_left_out, others_of
from mhsds_recon.causes.reissues import reissue_steps
from mhsds_recon.causes.rejections import accepted_months, count_months, rejection_steps
from mhsds_recon.causes.stages import stages_frame
from mhsds_recon.causes.values import Target, Value, measure_of, steps_between, values_of
from mhsds_recon.frames.text_files import read_numbers
from mhsds_recon.measures import months_read, submissions_of
from mhsds_recon.measures.recounts import Recounts
from mhsds_recon.reconciliation import JOIN_KEY, Reconciliation, Step, compare, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.causes.fitting import Fit
    from mhsds_recon.causes.given import Given
    from mhsds_recon.causes.rejections import Months
    from mhsds_recon.frames import Extract
    from mhsds_recon.measures import Figures

__all__ = ["walk"]

_OF_PORTAL: dict[Stage, str] = {"portal_pre_deadline": "VC04", "portal_post_deadline": "VC05"}
_LONG_AGO = 60
_COMPARABLE = (
    "agree",
    "agree_within_rounding",
    "suppressed_consistent",
    "differs_unexplained",
)


def walk(given: Given) -> Reconciliation:
    """Return local figures beside the published ones, and what their differences come from.

    The local figures are the warehouse's where it is given, else those of the extracts. Only
    measures that differ are counted again.
    """
    compared = compare(_local(given), given.published)
    measure_ids = _differing(compared, given)
    if not measure_ids:
        return compared
    definitions = _definitions(given, measure_ids)
    start = _only(given.figures, measure_ids)
    rejections, accepted = rejection_steps(given, start, measure_ids)
    counted: dict[Stage, Figures] = {"extract": start, "accepted": accepted}
    on_the_way, months = _portal(given, counted)
    published, after = _publication(given, compared, counted, months)
    local: dict[Stage, Figures] = (
        {} if given.counts is None else {"warehouse": _only(_local(given), measure_ids)}
    )
    steps = [*definitions, *rejections, *on_the_way, *published]
    return replace(
        explain(compared, steps, after), stages=stages_frame({**local, **counted}, compared)
    )


def _local(given: Given) -> Figures:
    """Return the warehouse's figures, and those of the extracts for what it does not count."""
    if given.counts is None:
        return given.figures
    theirs = nw.from_native(given.counts.frame)
    ours = nw.from_native(given.figures.frame)
    counted = theirs.get_column("measure_id").unique().to_list()
    rest = ours.filter(~nw.col("measure_id").is_in(counted))
    columns = [name for name in ours.columns if name in theirs.columns]
    both = nw.concat([theirs.select(columns), rest.select(columns)])
    return replace(given.figures, frame=both.to_native())


def _differing(compared: Reconciliation, given: Given) -> list[str]:
    rows = nw.from_native(compared.frame).filter(nw.col("result").str.starts_with("differs"))
    found = sorted(set(rows.get_column("measure_id").to_list()))
    return [name for name in found if name in given.standard.measures]


def _only(figures: Figures, measure_ids: Sequence[str]) -> Figures:
    rows = nw.from_native(figures.frame).filter(nw.col("measure_id").is_in(measure_ids))
    return replace(figures, frame=rows.to_native())


def _definitions(given: Given, measure_ids: Sequence[str]) -> list[Step]:
    """Return the steps from the warehouse to the extract."""
    if given.counts is None:
        return []
    extract = values_of(given.figures)
    targets = warehouse_targets(values_of(given.counts), extract, given.standard, measure_ids)
    differing = {
        name: found
        for name, found in targets.items()
        if not all(target.is_met_by(extract) for target in found)
    }
    if not differing:
        return []
    extracts = [one.extract for one in given.validations.values()]
    history = submissions_of(extracts, given.period, given.reference, given.standard)
    return definition_steps(
        differing,
        Recounts(history, differing),
        standard=given.standard,
        definitions=given.definitions,
    )


def _portal(given: Given, counted: dict[Stage, Figures]) -> tuple[list[Step], Months]:
    """Return the steps between the portal's extracts, and the rows of the months after them."""
    months = accepted_months(given)
    steps: list[Step] = []
    for stage, cause in _OF_PORTAL.items():
        if stage not in given.portal:
            continue
        before = list(counted)[-1]
        months = {**months, given.period: given.portal[stage]}
        measure_ids = sorted(set(counted[before].frame["measure_id"]))
        counted[stage] = count_months(given, months, measure_ids)
        steps += steps_between(
            values_of(counted[before]),
            values_of(counted[stage]),
            Step(
                key=(),
                cause_id=cause,
                stage=between(before, stage),
                evidence="measured",
                basis="counted again from the portal's extract",
            ),
            measure_ids=measure_ids,
            rows={},
            rules={},
        )
    return steps, months


def _publication(
    given: Given, compared: Reconciliation, counted: Mapping[Stage, Figures], months: Months
) -> tuple[list[Step], Figures]:
    """Return the steps from the last figures held to the publication, and the last of all."""
    *_, last = counted
    held = values_of(counted[last])
    open_ = {
        name: found
        for name, found in _published_targets(compared, given).items()
        if not all(target.is_met_by(held) for target in found)
    }
    stage = between(last, "published")
    reissued = reissue_steps(given.files, open_, held, stage=stage)
    steps = [step for found in reissued.values() for step in found]
    open_ = {name: found for name, found in open_.items() if name not in reissued}
    if not open_:
        return steps, counted[last]
    others = others_of(given, _versions(given, counted), open_)
    left_out = months_left_out(given, months, open_)
    nation = Nation(
        given=given,
        stage=stage,
        months=months,
        held=counted[last],
        others={**others, **left_out},
    )
    fits = nation.fits(open_, others)
    unmet = {
        name: found
        for name, found in open_.items()
        if not fits[name].sets and _looks_back(name, given)
    }
    lacking = _lacking_a_month(nation, unmet, left_out)
    steps += nation.steps(open_, {name: fit for name, fit in lacking.items() if not fit.sets})
    fits |= {name: fit for name, fit in lacking.items() if fit.sets}
    steps += nation.steps(open_, fits)
    unsure = {name: found for name, found in open_.items() if not fits[name].is_certain}
    steps += possible_steps(given, unsure, held, stage=nation.stage)
    return steps, replace(counted[last], frame=nation.figures_after(fits))


def _lacking_a_month(
    nation: Nation, unmet: Mapping[str, Sequence[Target]], left_out: Iterable[str]
) -> dict[str, Fit]:
    """Return the fits of months that the publication may lack, by measure.

    Measures that count each month's rows by themselves are looked at first: they are soon counted
    again, and a month that is not there shows in them. The others then need those months only.
    """
    months = list(left_out)
    first = {name: found for name, found in unmet.items() if not _has_history(name, nation.given)}
    found: dict[str, Fit] = {}
    for measures in (first, {name: one for name, one in unmet.items() if name not in first}):
        if measures and months:
            fits = nation.fits(measures, months)
            found |= fits
            meeting = (ids for fit in fits.values() for ids in fit.sets)
            months = list(dict.fromkeys(one for ids in meeting for one in ids))
    return found


def _looks_back(measure_id: str, given: Given) -> bool:
    """Return whether rows of earlier months can change a measure."""
    measure = given.standard.measures[measure_id]
    return measure.months > 1 or _has_history(measure_id, given)


def _has_history(measure_id: str, given: Given) -> bool:
    """Return whether rows of months before its own can change a measure."""
    measure = given.standard.measures[measure_id]
    long_ago = given.period.back(_LONG_AGO)
    return len(months_read(measure, given.period, long_ago, given.standard)) > _LONG_AGO


def _versions(given: Given, counted: Mapping[Stage, Figures]) -> dict[str, Extract]:
    """Return what else was submitted for the reported month and may have been published."""
    if given.portal:
        *earlier, _ = (stage for stage in counted if stage in given.portal)
        return {stage: given.portal[stage] for stage in earlier}
    return {one.extract.name: one.accepted_extract() for one in given.earlier.get(given.period, ())}


def _published_targets(compared: Reconciliation, given: Given) -> dict[str, list[Target]]:
    """Return, by measure, the published figures that can be compared."""
    rows = (
        nw.from_native(compared.frame)
        .filter(nw.col("result").is_in(_COMPARABLE), ~nw.col("published").is_null())
        .select(
            *JOIN_KEY,
            "published_low",
            "published_high",
            "published",
            number=read_numbers(nw.col("published")),
        )
    )
    targets: dict[str, list[Target]] = {name: [] for name in _differing(compared, given)}
    for *key, low, high, shown, number in rows.iter_rows():
        name = measure_of(tuple(key))
        if name in targets:
            targets[name].append(
                Target(
                    key=tuple(key),
                    value=Value(None, shown, number),
                    is_count=given.standard.measures[name].disclosure.endswith("_count"),
                    low=low,
                    high=high,
                )
            )
    return {name: found for name, found in targets.items() if found}
