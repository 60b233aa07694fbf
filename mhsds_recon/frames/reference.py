"""Reading the optional reference files: postcodes, practices, organisations, SNOMED, portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from mhsds_recon.errors import ExtractError, ReferenceFileError, near_miss
from mhsds_recon.frames.engine import Engine, PolarsEngine
from mhsds_recon.frames.extract import ROW_NUMBER, Reference
from mhsds_recon.frames.sources import source_files
from mhsds_recon.frames.text_tables import read_text_table
from mhsds_recon.standard import PORTAL_FACTS, PortalFacts

if TYPE_CHECKING:
    from pathlib import Path

    import narwhals as nw

__all__ = ["read_portal_facts", "read_reference"]

_FILES = {
    "postcode_lookup": ("postcodes", ("postcode", "la_district", "sub_icb")),
    "gp_practice_lookup": ("gp_practices", ("gp_practice", "sub_icb")),
    "ods_organisations": ("organisations", ("code", "open_date", "close_date", "kind")),
    "postcodes": ("postcodes", ("postcode", "la_district", "sub_icb")),
    "snomed_refsets": ("refsets", ("refset_id", "concept_id", "active", "effective_date")),
    "commissioner_lookup": ("commissioners", ("sub_icb", "icb", "region")),
    "deprivation_lookup": ("deprivation", ("postcode", "imd_decile")),
    "specialised_commissioners": ("specialised_commissioners", ("code",)),
    "local_authorities": ("local_authorities", ("code",)),
    "team_names": ("team_names", ("team", "name")),
}
_PORTAL_FILE = "portal.json"


def read_reference(path: Path | None, *, engine: Engine | None = None) -> Reference:
    """Return the reference files of a folder; those that are absent are None.

    Files are ``postcode_lookup`` (or ``postcodes``), ``gp_practice_lookup``,
    ``ods_organisations``, ``snomed_refsets``, ``commissioner_lookup``, ``deprivation_lookup``,
    ``specialised_commissioners``, ``local_authorities`` and ``team_names`` as .csv, .csv.gz or
    .parquet, all columns text, and ``portal.json``.

    Raises:
        ReferenceFileError: The folder does not exist, a file cannot be read or lacks a column.
    """
    if path is None:
        return Reference()
    engine = engine or PolarsEngine()
    found: dict[str, nw.LazyFrame[Any]] = {}
    try:
        files = source_files(path)
        for file in files:
            if file.stem.lower() in _FILES:
                name, columns = _FILES[file.stem.lower()]
                rows = _select(read_text_table(file)[0], columns, file.name)
                found.setdefault(name, engine.scan(rows))
    except ExtractError as error:
        message = f"Reference files: {error}"
        raise ReferenceFileError(message) from error
    portal = path / _PORTAL_FILE
    return Reference(**found, portal=read_portal_facts(portal) if portal.is_file() else None)


def read_portal_facts(path: Path) -> PortalFacts:
    """Return what a JSON file says about an upload.

    Raises:
        ReferenceFileError: The file cannot be read, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=PortalFacts)
    except OSError as error:
        message = f"Portal facts: '{path.name}' cannot be read. Give a JSON file."
        raise ReferenceFileError(message) from error
    except msgspec.DecodeError as error:
        message = (
            f"Portal facts: '{path.name}' does not fit. {error}."
            f" Expected: an object with {', '.join(PORTAL_FACTS)}, each as text."
        )
        raise ReferenceFileError(message) from error


def _select(frame: pl.LazyFrame, columns: tuple[str, ...], name: str) -> pl.LazyFrame:
    present = {column.lower(): column for column in frame.collect_schema().names()}
    for column in columns:
        if column not in present:
            there = [given for given in present.values() if given != ROW_NUMBER]
            message = (
                f"Reference files: '{name}' has no column '{column}'.{near_miss(column, there)}"
                f" Expected: {', '.join(columns)}."
            )
            raise ReferenceFileError(message)
    return frame.select(pl.col(present[column]).alias(column) for column in columns)
