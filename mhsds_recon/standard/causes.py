"""The known causes of difference between local and published figures, as data."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, ValidationError, convert

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard.files import definitions_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Cause", "cause_in_words", "load_causes"]


class Cause(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cause of difference: what it does to the local figure, and who can put it right."""

    cause_id: str
    name: str
    category: str
    direction: Literal["local_higher", "local_lower", "either"]
    fix_owner: Literal["informatics", "service", "commissioner", "publisher", "none"]


def cause_in_words(cause_id: str | None, causes: Mapping[str, Cause]) -> str:
    """Return the name of a cause with its id, the id alone where it is not known."""
    if cause_id is None:
        return ""
    return f"{causes[cause_id].name} ({cause_id})" if cause_id in causes else cause_id


def load_causes(version: str = "6.0", root: Path | None = None) -> Mapping[str, Cause]:
    """Return the causes by id, in the order in which they are tested.

    Raises:
        DefinitionError: The file is missing, or holds problems; all are listed.
    """
    path = (root or definitions_folder()) / "rules" / f"v{version}" / "variance_causes.csv"
    if not path.is_file():
        raise DefinitionError([f"rules/v{version}/variance_causes.csv is missing."])
    causes: dict[str, Cause] = {}
    problems: list[str] = []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            where = f"rules/v{version}/{path.name}, line {reader.line_num}"
            try:
                cause = convert(row, Cause)
            except ValidationError as error:
                problems.append(f"{where}: {error}")
                continue
            if cause.cause_id in causes:
                problems.append(f"{where}: {cause.cause_id} is there twice.")
            causes[cause.cause_id] = cause
    if problems:
        raise DefinitionError(problems)
    return causes
