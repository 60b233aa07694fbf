"""What changed since last month: the five things that matter most, in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import SUPPRESSED
from mhsds_recon.packs.model import Section
from mhsds_recon.packs.sections.figures import change_in_words
from mhsds_recon.packs.sections.trends import latest_signal
from mhsds_recon.standard.trend_rules import load_trend_rules
from mhsds_recon.trends import without_small_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.words import Words

__all__ = ["changes_section"]

_NOTABLE = 5
_MOST = 5
_NAMED = 3
_REJECTING = ("file_rejected", "group_rejected", "record_rejected")


def changes_section(material: Material) -> Section:
    """Return section 4.2: at most five sentences, each from a comparison with earlier months.

    Each kind of change has its say before a second one of any kind, the most important kind
    first: whether the file would be let in, new failing rules, teams newly missing, figures
    outside their usual range, definitions that change this month, and figures that moved.
    """
    kinds = (
        _file_changed,
        _new_problems,
        _teams_gone,
        _out_of_range,
        _definitions_changed,
        _figures_changed,
        _problems_gone,
    )
    said = [
        (place, rank, sentence)
        for rank, kind in enumerate(kinds)
        for place, sentence in enumerate(kind(material))
    ]
    chosen = sorted(sorted(said)[:_MOST], key=lambda one: (one[1], one[0]))
    sentences = tuple(sentence for *_, sentence in chosen)
    if not sentences:
        inputs = material.inputs
        nothing_given = inputs.previous_figures is None and inputs.previous_validation is None
        key = "changes_no_previous" if nothing_given else "changes_none"
        sentences = (material.words.say(key),)
    return Section(id="changes", title=material.words.titles["changes"], sentences=sentences)


def _file_changed(material: Material) -> Iterator[str]:
    now, before = material.inputs.validation, material.inputs.previous_validation
    if before is not None and now.file_verdict.accepted != before.file_verdict.accepted:
        better = now.file_verdict.accepted
        yield material.words.say("changes_file_better" if better else "changes_file_worse")


def _new_problems(material: Material) -> Iterator[str]:
    now, before = material.inputs.validation, material.inputs.previous_validation
    if before is None:
        return
    known = set(before.counts().get_column("code"))
    new = {
        row["code"]: row["level"]
        for row in now.counts().iter_rows(named=True)
        if row["code"] not in known
    }
    if new:
        rejecting = sum(level in _REJECTING for level in new.values())
        yield material.words.say("changes_new_problems", count=len(new), rejecting=rejecting)


def _problems_gone(material: Material) -> Iterator[str]:
    now, before = material.inputs.validation, material.inputs.previous_validation
    if before is None:
        return
    codes = (set(one.counts().get_column("code")) for one in (before, now))
    if gone := next(codes) - next(codes):
        yield material.words.say("changes_gone_problems", count=len(gone))


def _teams_gone(material: Material) -> Iterator[str]:
    """Yield the teams that showed a figure last month and have none now."""
    now, before = material.inputs.teams, material.inputs.previous_teams
    if now is None or before is None:
        return
    counted = set(now.frame["primary_level"])
    gone = {
        row["primary_level"]: row["primary_level_description"]
        for row in before.frame.iter_rows(named=True)
        if row["measure_value"] != SUPPRESSED and row["primary_level"] not in counted
    }
    if gone:
        teams = [team if name in ("", team) else f"{team} ({name})" for team, name in gone.items()]
        yield material.words.say("changes_teams_gone", teams=_named(teams, material.words))


def _out_of_range(material: Material) -> Iterator[str]:
    """Yield the figures of which the latest month is more than chance."""
    words, exact = material.words, not material.numbers.rounds
    figures = []
    for trend in material.inputs.trends:
        seen = trend if exact else without_small_numbers(trend)
        if signal := latest_signal(seen, words, exact=exact):
            label = material.label(trend.measure.id)
            figures.append(words.say("changes_signal", label=label, signal=signal))
    if figures:
        yield words.say("changes_signals", figures=_named(figures, words))


def _definitions_changed(material: Material) -> Iterator[str]:
    """Yield why figures of this month cannot be set beside earlier ones, once for each reason."""
    words = material.words
    shown = list(dict.fromkeys(line.measure_id for line in material.lines))
    reasons: dict[str, dict[str, None]] = {}
    for measure_id, reason in _reasons(material, shown):
        reasons.setdefault(reason, {})[measure_id] = None
    for reason, found in reasons.items():
        measure_ids = list(found)
        is_all = len(measure_ids) == len(shown)
        labels = words.say("changes_all_figures") if is_all else _touched(material, measure_ids)
        yield words.say("changes_line", labels=labels, reason=reason)
    if codes := list(_codes_changed(material)):
        yield words.say("changes_codes", what=_named(codes, words))


def _touched(material: Material, measure_ids: Sequence[str]) -> str:
    """Return a measure by its label, several by the groups that they are in."""
    if len(measure_ids) == 1:
        return material.label(measure_ids[0])
    groups = material.words.groups
    named = {material.group_of(measure_id) for measure_id in measure_ids}
    return _named([one.title for name, one in groups.items() if name in named], material.words)


def _reasons(material: Material, shown: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each measure of which a new line begins this month, with the reason."""
    inputs = material.inputs
    rules = load_trend_rules(inputs.standard)
    for measure_id in shown:
        dated = rules.changes_of(inputs.standard.measures[measure_id])
        if reason := dated.get(str(inputs.period)):
            yield measure_id, reason
    for trend in inputs.trends:
        line = trend.phases[-1]
        if line.reason and line.start == inputs.period:
            yield trend.measure.id, line.reason


def _codes_changed(material: Material) -> Iterator[str]:
    """Yield what other codes stand for from this month on, in groups that have figures."""
    month, before = str(material.inputs.period), str(material.inputs.period.back(1))
    for name, what in material.words.dated_codes.items():
        group = next((one for one in material.words.groups if name.startswith(one)), None)
        codes = material.inputs.standard.codes_named(name)
        changed = any(code.first_month == month or code.last_month == before for code in codes)
        if changed and group is not None and material.is_asked(group):
            yield what


def _figures_changed(material: Material) -> Iterator[str]:
    say = material.words.say
    compared = [line for line in material.lines if line.change.number is not None]
    if not compared:
        return
    moved = sorted(
        (line for line in compared if abs(line.change.number or 0) >= _NOTABLE),
        key=lambda line: -abs(line.change.number or 0),
    )
    if moved:
        label = material.label(moved[0].measure_id)
        yield say("changes_largest", label=label, change=change_in_words(material, moved[0]))
    yield say("changes_figures", all=len(compared), moved=len(moved))


def _named(items: Sequence[str], words: Words) -> str:
    """Return the first items, and how many more there are."""
    more = len(items) - _NAMED
    rest = [words.say("changes_more", count=more)] if more > 0 else []
    return "; ".join([*items[:_NAMED], *rest])
