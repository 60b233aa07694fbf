"""The section of actions: what was agreed to be done, by whom and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.actions import load_action_rules, resent, what_to_do
from mhsds_recon.packs.model import Column, Section, Table
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.causes import load_causes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mhsds_recon.actions import Action
    from mhsds_recon.packs.disclosure import Numbers
    from mhsds_recon.packs.material import Material
    from mhsds_recon.packs.words import Words

__all__ = ["actions_section", "expected_in_words", "found_in_words"]

_COLUMNS = (
    Column(name="Action", kind="tally"),
    Column(name="What is to be done", kind="prose"),
    Column(name="Who"),
    Column(name="Due"),
    Column(name="State"),
    Column(name="Opened in"),
    Column(name="Effect expected", kind="prose"),
    Column(name="Did it come?", kind="prose"),
)
_RESEND_COLUMNS = (Column(name="Month"), Column(name="For action", kind="code"))
_NAMED = 3


def actions_section(material: Material) -> Section:
    """Return section 4.15: open actions, overdue first, and every month to be sent again."""
    words, inputs = material.words, material.inputs
    on = inputs.generated_at.date()
    shown = tuple(action for action in inputs.actions if action.is_open)
    if not shown:
        sentences: tuple[str, ...] = (words.say("actions_none"),)
        return Section(id="actions", title=words.titles["actions"], sentences=sentences)
    overdue = sum(action.state(on) == "overdue" for action in shown)
    months = resent(shown)
    sentences = (words.say("actions_some", count=len(shown), overdue=overdue),)
    if months:
        listed = "; ".join(words.month(ReportingPeriod.parse(month).start) for month in months)
        sentences += (words.say("actions_resend", months=listed),)
    open_ones = Table(
        id="open-actions",
        caption=words.say("actions_caption"),
        columns=_COLUMNS,
        rows=tuple(_row(action, material) for action in shown),
    )
    again = Table(
        id="months-to-resend",
        caption=words.say("actions_resend_caption"),
        columns=_RESEND_COLUMNS,
        rows=tuple(
            (words.month(ReportingPeriod.parse(month).start), ", ".join(map(str, numbers)))
            for month, numbers in months.items()
        ),
    )
    return Section(
        id="actions",
        title=words.titles["actions"],
        sentences=sentences,
        tables=(open_ones, again) if months else (open_ones,),
        notes=(words.say("actions_note"),),
    )


def expected_in_words(
    action: Action, numbers: Numbers, words: Words, label: Callable[[str], str] = str
) -> str:
    """Return which differences should go away; empty where none was put in numbers.

    Args:
        action: The action.
        numbers: How numbers are shown.
        words: How it is said.
        label: What a measure is called, by its id.
    """
    effects = action.opened.effects
    sizes = numbers.sizes([effect.size for effect in effects])
    named = [
        f"{label(effect.measure_id)}: {size.text}"
        for effect, size in zip(effects[:_NAMED], sizes[:_NAMED], strict=True)
    ]
    if not named:
        return ""
    if more := len(effects) - len(named):
        named.append(words.say("actions_more", count=more))
    return words.say("actions_expected", effects="; ".join(named))


def found_in_words(
    action: Action, numbers: Numbers, words: Words, label: Callable[[str], str] = str
) -> str:
    """Return what later months say of the effects; empty where none was expected.

    Args:
        action: The action, with its findings.
        numbers: How numbers are shown.
        words: How it is said.
        label: What a measure is called, by its id.
    """
    if not action.findings:
        return ""
    told = []
    left = numbers.sizes([finding.now or 0 for finding in action.findings])
    for finding, size in zip(action.findings[:_NAMED], left[:_NAMED], strict=True):
        if finding.period is not None:
            came = words.say(f"actions_{finding.came}", left=size.text)
            month = words.month(finding.period.start)
            measure = label(finding.effect.measure_id)
            told.append(words.say("actions_found", measure=measure, month=month, came=came))
    return " ".join(told) or words.say("actions_not_compared")


def _what(action: Action, material: Material) -> str:
    """Return what is to be done; a cause that a walk has named is said in plain words."""
    version, opened = material.inputs.standard.version, action.opened
    cause = load_causes(version).get(opened.cause_id)
    said = material.words.causes.get(opened.cause_id)
    if cause is None or not said or opened.what != what_to_do(cause, load_action_rules(version)):
        return opened.what
    return material.words.say("actions_put_right", cause=said)


def _row(action: Action, material: Material) -> tuple[str, ...]:
    words, opened = material.words, action.opened
    on = material.inputs.generated_at.date()
    return (
        str(action.number),
        _what(action, material),
        material.inputs.roles.get(opened.owner, opened.owner),
        words.date(opened.due),
        words.say(f"actions_{action.state(on)}"),
        words.month(ReportingPeriod.parse(opened.period).start),
        expected_in_words(action, material.numbers, words, material.label)
        or words.say("actions_no_effect"),
        found_in_words(action, material.numbers, words, material.label)
        or words.say("actions_no_effect"),
    )
