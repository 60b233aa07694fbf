"""A trust's own definitions, as it declares them in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from mhsds_recon.errors import DefinitionError, UsageError, near_miss
from mhsds_recon.standard.variations import combine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mhsds_recon.standard import Standard

__all__ = ["NOTHING_DECLARED", "LocalDefinitions", "read_local_definitions"]


@dataclass(frozen=True, kw_only=True)
class LocalDefinitions:
    """What a warehouse counts otherwise than the nation, by ids of variations.

    Attributes:
        variations: For every measure that has no list of its own.
        measures: Lists of single measures, by measure id.
    """

    variations: tuple[str, ...] = ()
    measures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, measure_id: str) -> tuple[str, ...]:
        """Return the variations that a measure is counted by."""
        return self.measures.get(measure_id, self.variations)


NOTHING_DECLARED = LocalDefinitions()
"""A warehouse of which nothing is known."""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    variations: tuple[str, ...] = ()
    measures: dict[str, tuple[str, ...]] = {}


def read_local_definitions(path: Path, standard: Standard) -> LocalDefinitions:
    """Return the local definitions in a file.

    The file is TOML: ``variations = ["any_attendance"]`` for all measures, and perhaps a table
    ``[measures]`` with lists for single ones.

    Raises:
        DefinitionError: The file cannot be read, or names a variation or measure that there is
            not, or two variations that exclude each other; all problems are listed.
    """
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError) as error:
        raise DefinitionError([f"{path.name}: {error}"]) from error
    problems = [
        f"{path.name}: unknown measure '{name}'.{near_miss(name, standard.measures)}"
        for name in file.measures
        if name not in standard.measures
    ]
    for ids in (file.variations, *file.measures.values()):
        try:
            combine(ids, standard.variations)
        except UsageError as error:
            problems.append(f"{path.name}: {error}")
    if problems:
        raise DefinitionError(problems)
    return LocalDefinitions(variations=file.variations, measures=file.measures)
