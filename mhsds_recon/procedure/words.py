"""The words of the procedure, read from a file that a trust can replace."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from mhsds_recon.errors import DefinitionError

__all__ = ["ProcedureWords", "SectionWords", "StepWords", "load_procedure_words"]


class StepWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done, by which role, and the command for it, if there is one."""

    what: str
    who: str
    command: str = ""


class SectionWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section: paragraphs, a table that is made of the data, steps."""

    id: str
    title: str
    paragraphs: tuple[str, ...]
    shows: Literal["", "people", "calendar", "systems", "decisions", "control"] = ""
    steps: tuple[StepWords, ...] = msgspec.field(name="step", default=())


class ProcedureWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the procedure says."""

    title: str
    not_named: str
    not_approved: str
    skip: str
    contents: str
    made: str
    before: str
    before_one: str
    before_last: str
    before_none: str
    role_columns: tuple[str, str, str]
    calendar_columns: tuple[str, str, str]
    system_columns: tuple[str, str, str]
    decision_columns: tuple[str, str]
    step_columns: tuple[str, str, str, str]
    control_columns: tuple[str, str]
    role_caption: str
    calendar_caption: str
    system_caption: str
    decision_caption: str
    control_caption: str
    step_caption: str
    no_command: str
    control_items: tuple[str, str, str, str, str, str, str]
    sections: tuple[SectionWords, ...] = msgspec.field(name="section")


def load_procedure_words(path: Path | None = None) -> ProcedureWords:
    """Return the words of the procedure, a trust's own or those that come with us.

    Raises:
        DefinitionError: The file cannot be read or does not fit.
    """
    ours = resources.files("mhsds_recon.procedure").joinpath("words", "en_GB.toml")
    try:
        content = ours.read_bytes() if path is None else path.read_bytes()
        return msgspec.toml.decode(content, type=ProcedureWords)
    except (OSError, msgspec.DecodeError) as error:
        name = ours.name if path is None else path.name
        raise DefinitionError(
            [f"{name} does not hold the words of a procedure: {error}."]
        ) from error
