"""Measures that are made up of other measures, so that a total could give a part away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec
from msgspec import Struct

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard.files import definitions_folder

__all__ = ["load_parts"]

_FILE = "parts.toml"


class _Parts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: ids of measures by the id of their total."""

    parts: Mapping[str, tuple[str, ...]]


@cache
def load_parts(version: str) -> Mapping[str, tuple[str, ...]]:
    """Return, by the id of a measure, the measures that make it up.

    Raises:
        DefinitionError: The file of that version cannot be read or does not fit.
    """
    file = definitions_folder() / "rules" / f"v{version}" / _FILE
    try:
        return msgspec.toml.decode(file.read_bytes(), type=_Parts).parts
    except (OSError, msgspec.MsgspecError) as error:
        message = f"{file.name} does not say what makes up which measure: {error}."
        raise DefinitionError([message]) from error
