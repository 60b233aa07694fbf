"""The procedure as a value: sections with sentences and tables, before it is a document."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from string import Template
from typing import TYPE_CHECKING

from mhsds_recon.errors import DefinitionError
from mhsds_recon.packs.model import Column, ColumnKind, Section, Table
from mhsds_recon.packs.words import Words, load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.procedure.configuration import ProcedureConfig
    from mhsds_recon.procedure.words import ProcedureWords, SectionWords
    from mhsds_recon.signoff import Policy
    from mhsds_recon.standard.cut_offs import CutOffs, Step

__all__ = ["Procedure", "build_procedure"]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """A trust's procedure.

    Attributes:
        title: Its title.
        trust: Name of the organisation.
        version: Its version.
        sections: What it says.
        made: By which software it was written.
        skip: The words of the link that skips to the content.
        contents: The words above the list of sections.
    """

    title: str
    trust: str
    version: str
    sections: tuple[Section, ...]
    made: str
    skip: str
    contents: str


def build_procedure(
    config: ProcedureConfig,
    *,
    words: ProcedureWords,
    policy: Policy,
    calendar: CutOffs,
    software: str,
) -> Procedure:
    """Return the procedure of a trust.

    Roles and what each decides come from the sign-off policy, days from the calendar.

    Args:
        config: What the trust says of itself.
        words: What the procedure says.
        policy: Who signs what off.
        calendar: What is done when.
        software: Version of this software.

    Raises:
        DefinitionError: The words name a role or a ``$name`` that there is not.
    """
    config.check_roles(policy.roles)
    writing = _Writing(
        config=config,
        words=words,
        policy=policy,
        calendar=calendar,
        software=software,
        pack_words=load_words(),
    )
    return Procedure(
        title=words.title,
        trust=config.trust,
        version=config.version,
        sections=tuple(writing.section(section) for section in words.sections),
        made=writing.fill(words.made),
        skip=words.skip,
        contents=words.contents,
    )


@dataclass(frozen=True, kw_only=True)
class _Writing:
    """What the sections are made of."""

    config: ProcedureConfig
    words: ProcedureWords
    policy: Policy
    calendar: CutOffs
    software: str
    pack_words: Words

    def section(self, section: SectionWords) -> Section:
        tables = {
            "people": self._people,
            "calendar": self._calendar,
            "systems": self._systems,
            "decisions": self._decisions,
            "control": self._control,
        }
        shown = (tables[section.shows](),) if section.shows else ()
        steps = (self._steps(section),) if section.steps else ()
        return Section(
            id=section.id,
            title=section.title,
            sentences=tuple(self.fill(paragraph) for paragraph in section.paragraphs),
            tables=(*shown, *steps),
        )

    def fill(self, text: str) -> str:
        config = self.config
        names: Mapping[str, object] = {
            "trust": config.trust,
            "provider": config.provider,
            "extracts": config.folders.extracts,
            "reference": config.folders.reference,
            "published": config.folders.published,
            "packs": config.folders.packs,
            "retention": config.retention,
            "contact": config.contact,
            "software": self.software,
            "approvers": self._who(self.policy.exceptions.approved_by),
            "calendar_option": f' --calendar "{config.calendar}"' if config.calendar else "",
        }
        try:
            return Template(text).substitute(names)
        except (KeyError, ValueError) as error:
            message = f"The words of the procedure hold a name that is not known: {error}."
            raise DefinitionError([message]) from error

    def _role(self, role: str) -> str:
        if role not in self.policy.roles:
            message = f"The words or the calendar name the role '{role}', which nobody can hold."
            raise DefinitionError([message])
        return self.policy.roles[role]

    def _who(self, roles: Iterable[str]) -> str:
        return " or ".join(self._role(role) for role in roles)

    def _people(self) -> Table:
        decides = {
            role: [
                self._group(group.id) for group in self.policy.groups if role in group.decided_by
            ]
            for role in self.policy.roles
        }
        rows = [
            (
                name,
                self.config.people.get(role, self.words.not_named),
                ", ".join(decides[role]) or "-",
            )
            for role, name in self.policy.roles.items()
        ]
        columns = [
            Template(name).substitute(trust=self.config.trust) for name in self.words.role_columns
        ]
        return _table("people", self.words.role_caption, columns, rows)

    def _calendar(self) -> Table:
        rows = [
            (self._days(step), step.what, self._role(step.role)) for step in self.calendar.steps
        ]
        return _table("calendar", self.words.calendar_caption, self.words.calendar_columns, rows)

    def _days(self, step: Step) -> str:
        words, (first, last) = self.words, step.days
        if first != last:
            return Template(words.before).substitute(first=first, last=last)
        by_day = {0: words.before_none, 1: words.before_last}
        return by_day.get(first, Template(words.before_one).substitute(first=first))

    def _systems(self) -> Table:
        rows = [(system.name, system.holds, system.extracted) for system in self.config.systems]
        return _table("systems", self.words.system_caption, self.words.system_columns, rows)

    def _decisions(self) -> Table:
        rows = [
            (self._group(group.id), self._who(group.decided_by)) for group in self.policy.groups
        ]
        return _table("decisions", self.words.decision_caption, self.words.decision_columns, rows)

    def _control(self) -> Table:
        config, date = self.config, self.pack_words.date
        approved = date(config.approved_on) if config.approved_on else self.words.not_approved
        entries = (
            f"{config.trust} ({config.provider})",
            config.version,
            config.owner,
            config.approved_by or self.words.not_approved,
            approved,
            date(config.review),
            f"mhsds-recon {self.software}",
        )
        rows = list(zip(self.words.control_items, entries, strict=True))
        return _table("control-items", self.words.control_caption, self.words.control_columns, rows)

    def _steps(self, section: SectionWords) -> Table:
        rows = [
            (
                str(number),
                self.fill(step.what),
                self._role(step.who),
                self.fill(step.command) or self.words.no_command,
            )
            for number, step in enumerate(section.steps, start=1)
        ]
        caption = Template(self.words.step_caption).substitute(section=section.title.lower())
        kinds: tuple[ColumnKind, ...] = ("text", "prose", "text", "hash")
        return _table(f"{section.id}-steps", caption, self.words.step_columns, rows, kinds)

    def _group(self, group: str) -> str:
        known = self.pack_words.groups.get(group)
        return group.replace("_", " ").capitalize() if known is None else known.title


def _table(
    name: str,
    caption: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    kinds: Sequence[ColumnKind] = (),
) -> Table:
    return Table(
        id=f"{name}-table",
        caption=caption,
        columns=tuple(
            Column(name=column, kind=kind or "prose")
            for column, kind in zip_longest(columns, kinds)
        ),
        rows=tuple(rows),
    )
