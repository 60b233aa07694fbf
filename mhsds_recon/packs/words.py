"""The words of the pack, read from a file that a trust can translate or override."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import msgspec
from msgspec import Struct

from mhsds_recon.errors import ReferenceFileError, near_miss

__all__ = ["GroupWords", "MeasureWords", "Words", "load_words", "own_words", "read_words"]


class MeasureWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure for a clinical lead: a short label, and a sentence with ``$Count`` in it.

    A measure without a sentence is in tables only.
    """

    label: str
    sentence: str = ""


class GroupWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure group: its title and measures, and the one that stands for it in the panel.

    With ``sometimes`` it is left out where the organisation has no figure in it. ``by_area`` are
    its measures that are shown by area.
    """

    title: str
    headline: str
    measures: tuple[str, ...]
    by_area: tuple[str, ...] = ()
    sometimes: bool = False


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the pack says, by key."""

    sign_off_groups: tuple[str, ...]
    groups: Mapping[str, GroupWords]
    measures: Mapping[str, MeasureWords]
    pack_types: Mapping[str, str]
    levels: Mapping[str, str]
    fixes: Mapping[str, str]
    results: Mapping[str, str]
    portal_results: Mapping[str, str]
    evidence: Mapping[str, str]
    directions: Mapping[str, str]
    titles: Mapping[str, str]
    team_columns: Mapping[str, Mapping[str, str]]
    age_columns: Mapping[str, str]
    areas: Mapping[str, str]
    dated_codes: Mapping[str, str]
    causes: Mapping[str, str]
    pairing: Mapping[str, str]
    variation: Mapping[str, str]
    assurance: Mapping[str, str]
    signals: Mapping[str, str]
    no_limits: Mapping[str, str]
    sentences: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    @property
    def shown_measures(self) -> tuple[str, ...]:
        """The measures of all groups."""
        return tuple(name for group in self.sign_off_groups for name in self.groups[group].measures)

    @property
    def divided_measures(self) -> tuple[str, ...]:
        """The measures shown by team or by age."""
        by_team = (name for columns in self.team_columns.values() for name in columns)
        return tuple(dict.fromkeys((*by_team, *self.age_columns)))

    def say(self, key: str, **values: object) -> str:
        """Return a sentence with its ``$names`` filled in.

        Raises:
            KeyError: There is no such sentence, or a name in it was not given.
        """
        return self.fill(self.sentences[key], **values)

    @staticmethod
    def fill(template: str, **values: object) -> str:
        """Return a template with its ``$names`` filled in.

        Raises:
            KeyError: A name in it was not given.
        """
        return Template(template).substitute(values)

    def month(self, day: date) -> str:
        """Return the month of a day as ``August 2026``."""
        return f"{self.lists['months'][day.month - 1]} {day.year}"

    def date(self, day: date) -> str:
        """Return a day as ``1 August 2026``."""
        return f"{day.day} {self.month(day)}"


@cache
def load_words(language: str = "en_GB") -> Words:
    """Return the words of a language that the package carries.

    Raises:
        FileNotFoundError: The package has no such language.
    """
    return msgspec.convert(_carried(language), Words)


def read_words(path: Path, language: str = "en_GB") -> Words:
    """Return the words of a language with those of a trust's own file in place of some.

    Args:
        path: TOML with any of the tables and keys of the language's file, and no others.
        language: What stays where the file says nothing.

    Raises:
        ReferenceFileError: The file cannot be read, has a key that there is not, or fills in a
            ``$name`` that a sentence does not know. All problems are listed.
    """
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror}. Give a TOML file of words."
        raise ReferenceFileError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"'{path.name}' is no TOML file of words: {error}."
        raise ReferenceFileError(message) from error
    carried = _carried(language)
    problems = list(_problems(own, carried))
    if not problems:
        try:
            return msgspec.convert(_merged(carried, own), Words)
        except msgspec.ValidationError as error:
            problems = [f"{error}."]
    listed = "\n".join(f"- {problem}" for problem in problems)
    message = (
        f"'{path.name}' cannot stand in for the words of the pack:\n{listed}\n"
        f"Compare packs/templates/words/{language}.toml in the software."
    )
    raise ReferenceFileError(message)


_OPEN = ("measures",)
_OF_A_MEASURE = {"label": "", "sentence": ""}
_NAMES_OF_MEASURES = frozenset({"Count", "count", "label", "month", "end"})


@cache
def own_words(language: str = "en_GB") -> frozenset[str]:
    """Return every word of a language that the package carries, in capitals."""
    return frozenset(re.findall(r"[^\W_]+", _text(language).upper()))


def _carried(language: str) -> dict[str, Any]:
    return tomllib.loads(_text(language))


def _text(language: str) -> str:
    folder = resources.files("mhsds_recon.packs").joinpath("templates", "words")
    return folder.joinpath(f"{language}.toml").read_text(encoding="utf-8")


def _problems(own: Mapping[str, Any], carried: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Yield what is wrong with the words of a trust: unknown keys and names to fill in."""
    for key, value in own.items():
        place = f"{at}{key}"
        if key not in carried and at.rstrip(".") not in _OPEN:
            yield f"there is no '{place}'.{near_miss(key, carried)}"
        elif isinstance(value, Mapping):
            yield from _problems(value, carried.get(key) or _OF_A_MEASURE, f"{place}.")
        elif isinstance(value, str):
            yield from _unknown_names(value, carried.get(key, ""), place)


def _unknown_names(own: str, carried: object, place: str) -> Iterator[str]:
    template = Template(own)
    if not template.is_valid():
        yield f"'{place}' has a $ that no name follows; write $$ for a dollar sign."
        return
    known = _names_in(carried)
    if place.startswith("measures."):
        known = _NAMES_OF_MEASURES
    for name in template.get_identifiers():
        if name not in known:
            there = ", ".join(f"${each}" for each in sorted(known)) or "none"
            yield f"'{place}' cannot fill in ${name}; it knows: {there}."


def _names_in(text: object) -> frozenset[str]:
    return frozenset(Template(text).get_identifiers()) if isinstance(text, str) else frozenset()


def _merged(carried: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(carried)
    for key, value in own.items():
        there = both.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            both[key] = _merged(there, value)
        else:
            both[key] = value
    return both
