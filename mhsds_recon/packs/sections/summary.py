"""The first page: status and ask, and the sign-off panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.packs.disclosure import CANNOT_TELL
from mhsds_recon.packs.model import Column, GroupStatus, Section, Table
from mhsds_recon.packs.sections.figures import sentence

if TYPE_CHECKING:
    from mhsds_recon.packs.material import FigureLine, Material
    from mhsds_recon.signoff import GroupStanding

__all__ = ["sign_off_section", "status_section"]

_STAND = ("agreed", "agreed_with_conditions", "refused", "no_response")
"""States in which the last decision is about this very extract."""

_PANEL_COLUMNS = (
    Column(name="Group"),
    Column(name="This month"),
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
        Column(name="Group"),
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
            Table(id="group-status", caption="How each group stands", columns=columns, rows=rows),
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


def sign_off_section(material: Material) -> Section:
    """Return section 4.3: one row per measure group, with the decision that stands, if any."""
    rows = tuple(_panel_row(material, group) for group in material.groups)
    panel = Table(
        id="sign-off-panel",
        caption="One decision for each group",
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


def _in_short(material: Material, group: GroupStatus) -> str:
    line = material.headline(group.id)
    return material.words.say("issue_no_figure") if line is None else sentence(material, line)


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
        *_decision(material, group.id),
    )


def _decision(material: Material, group: str) -> tuple[str, str]:
    """Return what was decided about this very extract, by whom, when and why."""
    words = material.words
    found: GroupStanding | None = next(
        (one for one in material.inputs.decisions if one.group == group), None
    )
    if found is None or found.decision is None:
        return words.say("awaiting"), words.say("not_given")
    state = words.say(f"decided_{found.state}")
    if found.state not in _STAND:
        return state, words.say("not_given")
    made = found.decision
    said = words.say(
        "decided_by",
        name=made.name,
        role=material.inputs.roles.get(made.role, made.role),
        time=f"{words.date(made.at.date())}, {made.at:%H:%M %Z}",
        comment=" ".join((made.comment, *made.conditions)).strip(),
    )
    return state, said.strip()


def _confidence(group: GroupStatus, line: FigureLine | None) -> str:
    if line is None or line.now.text == CANNOT_TELL:
        return "confidence_none"
    if line.too_low or group.status == "Not ready":
        return "confidence_low"
    return "confidence_some" if group.issues else "confidence_good"
