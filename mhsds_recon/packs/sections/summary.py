"""The first page: status and ask, what changed, and the sign-off panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import CANNOT_TELL
from mhsds_recon.packs.model import Column, GroupStatus, Section, Table
from mhsds_recon.packs.sections.figures import change_in_words, sentence

if TYPE_CHECKING:
    from mhsds_recon.packs.material import FigureLine, Material

__all__ = ["changes_section", "sign_off_section", "status_section"]

_NOTABLE = 5
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
        notes=(say("no_cut_off"),),
    )


def changes_section(material: Material) -> Section:
    """Return section 4.2: at most five sentences, each from a comparison with last month."""
    sentences = (*_figures_changed(material), *_problems_changed(material))
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
    )


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
