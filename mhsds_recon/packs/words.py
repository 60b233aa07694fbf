"""The words of the pack, read from a file that a trust can translate or override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from string import Template

import msgspec
from msgspec import Struct

__all__ = ["GroupWords", "MeasureWords", "Words", "load_words"]


class MeasureWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure for a clinical lead: a short label, and a sentence with ``$Count`` in it."""

    label: str
    sentence: str


class GroupWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure group: its title, and the measure that stands for it in the sign-off panel."""

    title: str
    headline: str


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the pack says, by key."""

    sign_off_groups: tuple[str, ...]
    groups: Mapping[str, GroupWords]
    measures: Mapping[str, MeasureWords]
    pack_types: Mapping[str, str]
    levels: Mapping[str, str]
    results: Mapping[str, str]
    evidence: Mapping[str, str]
    directions: Mapping[str, str]
    titles: Mapping[str, str]
    team_columns: Mapping[str, str]
    pairing: Mapping[str, str]
    sentences: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

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
    folder = resources.files("mhsds_recon.packs").joinpath("templates", "words")
    return msgspec.toml.decode(folder.joinpath(f"{language}.toml").read_bytes(), type=Words)
