"""An extract as a value: its identity and its tables, all columns still text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

    from mhsds_recon.frames.engine import Engine
    from mhsds_recon.standard import PortalFacts, ReportingPeriod

__all__ = [
    "ROW_NUMBER",
    "SHAPE_MEANINGS",
    "Extract",
    "InputFile",
    "Reference",
    "ShapeFinding",
    "sha256_of_files",
]

ROW_NUMBER = "row_number"
"""Name of the column that holds the 1-based position of a row in its table's file."""

SHAPE_MEANINGS = {
    "SHAPE01": "The extract holds a table that the standard does not know; it is not looked at.",
    "SHAPE02": "The table holds a column that the standard does not know; it is not looked at.",
    "SHAPE03": "The table lacks a column of the standard; it is read as blank.",
}
"""What the findings about tables and columns mean; the national rules have no codes for them."""


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """A file that was read: its name (no folders), SHA-256, size in bytes and rows."""

    name: str
    sha256: str
    size: int
    rows: int


def sha256_of_files(files: Iterable[InputFile]) -> str:
    """Return one hash for several files: of their names and hashes, whatever their order."""
    listed = json.dumps(sorted((file.name, file.sha256) for file in files))
    return hashlib.sha256(listed.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ShapeFinding:
    """A table or column that the standard does not know, or that the extract lacks."""

    code: str
    table: str
    element: str | None
    message: str


@dataclass(frozen=True, kw_only=True)
class Extract:
    """One submission of one provider for one reporting period.

    Attributes:
        name: What the user called it (the folder's or file's name).
        provider: Code of the provider from the header.
        period: Reporting period of the header; None where its dates cannot be read.
        tables: Every table of the standard by name; a lazy frame with every element as a text
            column (null where the extract has none) and ``row_number``. No rows if absent.
        files: What was read.
        shape: Unknown tables and columns, missing columns.
        engine: What runs plans over the tables.
    """

    name: str
    provider: str
    period: ReportingPeriod | None
    tables: Mapping[str, nw.LazyFrame[Any]]
    files: tuple[InputFile, ...] = ()
    shape: tuple[ShapeFinding, ...] = ()
    engine: Engine

    @property
    def sha256(self) -> str:
        """The one hash of all that was read: what a sign-off binds to."""
        return sha256_of_files(self.files)

    def with_tables(self, tables: Mapping[str, nw.LazyFrame[Any]]) -> Extract:
        """Return the same extract with other tables, such as its accepted rows."""
        return replace(self, tables=tables)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Reference files, each None where it was not given; all columns of tables are text.

    Attributes:
        postcodes: postcode, la_district, sub_icb.
        gp_practices: gp_practice, sub_icb.
        organisations: code, open_date, close_date, kind.
        refsets: refset_id, concept_id, active, effective_date.
        commissioners: sub_icb, icb, region.
        deprivation: postcode, imd_decile (1 the most deprived).
        specialised_commissioners: code.
        local_authorities: code.
        team_names: team (CareProfTeamLocalID), name.
        portal: What the submission portal knows about the upload.
    """

    postcodes: nw.LazyFrame[Any] | None = None
    gp_practices: nw.LazyFrame[Any] | None = None
    organisations: nw.LazyFrame[Any] | None = None
    refsets: nw.LazyFrame[Any] | None = None
    commissioners: nw.LazyFrame[Any] | None = None
    deprivation: nw.LazyFrame[Any] | None = None
    specialised_commissioners: nw.LazyFrame[Any] | None = None
    local_authorities: nw.LazyFrame[Any] | None = None
    team_names: nw.LazyFrame[Any] | None = None
    portal: PortalFacts | None = None
