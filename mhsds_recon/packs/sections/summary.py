"""The first page: status and ask, what changed, and the sign-off panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import CANNOT_TELL, SUPPRESSED
from mhsds_recon.packs.model import Column, GroupStatus, Section, Table
from mhsds_recon.packs.sections.figures import change_in_words, sentence
from mhsds_recon.packs.sections.trends import latest_signal
from mhsds_recon.trends import without_small_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mhsds_recon.packs.material import FigureLine, Material

__all__ = ["changes_section", "sign_off_section", "status_section"]

_NOTABLE = 5
_MOST_CHANGES = 5
_PANEL_COLUMNS = (
    Column(name="Measure group"),
    Column(name="Figure this month"),
    Column(name="Last month"),
    Column(name="How sure we are"),
    Column(name="Known issues", kind="prose"),
    Column(name="Decision"),
    Column(name="Name, role, time and comment"),
)


def status_section(material: Material) -> Section:
    """Return section 4.1: the question, the status of each measure group, and what is asked."""
    say = material.words.say
    rows = tuple(
        (group.title, group.status, _in_short(material, group)) for group in material.groups
    )
    columns = (
        Column(name="Measure group"),
        Column(name="Status"),
        Column(name="In short", kind="prose"),
    )
    return Section(
        id="status",
        title=material.words.titles["status"],
        sentences=(
            say(f"question_{material.inputs.pack_type}", month=material.month),
            say("ask"),
        ),
        tables=(
            Table(id="group-status", caption="Status of each group", columns=columns, rows=rows),
        ),
        notes=_cut_off(material),
    )


def _cut_off(material: Material) -> tuple[str, ...]:
    """Return the cut-off, the days left and the next step, as far as a calendar was given."""
    words, inputs = material.words, material.inputs
    cut_off, on = inputs.cut_off, inputs.generated_at.date()
    if cut_off is None:
        return (words.say("no_cut_off"),)
    left, day = cut_off.days_left(on), words.date(cut_off.day)
    over = left < 0
    notes = [words.say("cut_off_over" if over else "cut_off", day=day, left=left)]
    if cut_off.is_estimate:
        notes.append(words.say("cut_off_estimate"))
    following = cut_off.next_step(on)
    if following is not None:
        who = inputs.roles.get(following.role, following.role)
        last = words.date(following.last)
        notes.append(words.say("cut_off_next", what=following.what.lower(), day=last, who=who))
    return tuple(notes)


def changes_section(material: Material) -> Section:
    """Return section 4.2: at most five sentences, each from a comparison with earlier months."""
    sentences = (
        *_problems_changed(material),
        *_trends_changed(material),
        *_teams_gone(material),
        *_figures_changed(material),
    )[:_MOST_CHANGES]
    if not sentences:
        inputs = material.inputs
        nothing_given = inputs.previous_figures is None and inputs.previous_validation is None
        key = "changes_no_previous" if nothing_given else "changes_none"
        sentences = (material.words.say(key),)
    return Section(id="changes", title=material.words.titles["changes"], sentences=sentences)


def sign_off_section(material: Material) -> Section:
    """Return section 4.3: one row per measure group, awaiting its decision."""
    rows = tuple(_panel_row(material, group) for group in material.groups)
    panel = Table(
        id="sign-off-panel",
        caption="One decision for each measure group",
        columns=_PANEL_COLUMNS,
        rows=rows,
    )
    return Section(
        id="sign-off",
        title=material.words.titles["sign-off"],
        sentences=(),
        tables=(panel,),
        notes=_not_asked(material),
    )


def _not_asked(material: Material) -> tuple[str, ...]:
    words = material.words
    absent = [
        words.groups[group].title for group in words.sign_off_groups if not material.is_asked(group)
    ]
    return (words.say("no_decision", titles="; ".join(absent)),) if absent else ()


def _figures_changed(material: Material) -> tuple[str, ...]:
    say = material.words.say
    compared = [line for line in material.lines if line.change.number is not None]
    moved = sorted(
        (line for line in compared if abs(line.change.number or 0) >= _NOTABLE),
        key=lambda line: -abs(line.change.number or 0),
    )
    if not compared:
        return ()
    counts = say("changes_figures", all=len(compared), moved=len(moved))
    if not moved:
        return (counts,)
    label = material.label(moved[0].measure_id).lower()
    return (counts, say("changes_largest", label=label, change=change_in_words(material, moved[0])))


def _trends_changed(material: Material) -> Iterator[str]:
    """Yield the figures outside their usual range, and new definitions that take effect."""
    words, exact = material.words, not material.numbers.rounds
    for trend in material.inputs.trends:
        label = material.label(trend.measure.id)
        seen = trend if exact else without_small_numbers(trend)
        line = trend.phases[-1]
        if line.reason and line.start == material.inputs.period:
            yield words.say("changes_line", label=label, reason=line.reason)
        if signal := latest_signal(seen, words, exact=exact):
            yield words.say("changes_signal", label=label, signal=signal)


def _teams_gone(material: Material) -> Iterator[str]:
    """Yield how many teams that showed a figure last month show none now."""
    now, before = material.inputs.teams, material.inputs.previous_teams
    if now is None or before is None:
        return
    counted = set(now.frame["primary_level"])
    gone = {
        row["primary_level"]
        for row in before.frame.iter_rows(named=True)
        if row["measure_value"] != SUPPRESSED and row["primary_level"] not in counted
    }
    if gone:
        yield material.words.say("changes_teams_gone", count=len(gone))


def _in_short(material: Material, group: GroupStatus) -> str:
    line = material.headline(group.id)
    return material.words.say("issue_no_figure") if line is None else sentence(material, line)


def _problems_changed(material: Material) -> tuple[str, ...]:
    now, before = material.inputs.validation, material.inputs.previous_validation
    if before is None:
        return ()
    say = material.words.say
    failed_now = set(now.counts().get_column("code"))
    failed_before = set(before.counts().get_column("code"))
    sentences = []
    if now.file_verdict.accepted != before.file_verdict.accepted:
        better = now.file_verdict.accepted
        sentences.append(say("changes_file_better" if better else "changes_file_worse"))
    if new := failed_now - failed_before:
        sentences.append(say("changes_new_problems", count=len(new)))
    if gone := failed_before - failed_now:
        sentences.append(say("changes_gone_problems", count=len(gone)))
    return tuple(sentences)


def _panel_row(material: Material, group: GroupStatus) -> tuple[str, ...]:
    say = material.words.say
    line = material.headline(group.id)
    figure, before = CANNOT_TELL, CANNOT_TELL
    if line is not None:
        figure = f"{material.label(line.measure_id)}: {line.now.text}"
        before = line.before.text
    issues = " ".join(group.issues) or say("no_issue")
    return (
        group.title,
        figure,
        before,
        say(_confidence(group, line)),
        issues,
        say("awaiting"),
        say("not_given"),
    )


def _confidence(group: GroupStatus, line: FigureLine | None) -> str:
    if line is None or line.now.text == CANNOT_TELL:
        return "confidence_none"
    if line.too_low or group.status == "Not ready":
        return "confidence_low"
    return "confidence_some" if group.issues else "confidence_good"
