"""Reading the optional reference files: postcodes, practices, organisations, SNOMED subsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mhsds_recon.errors import ExtractError, ReferenceFileError, near_miss
from mhsds_recon.frames.engine import Engine, PolarsEngine
from mhsds_recon.frames.extract import ROW_NUMBER, Reference
from mhsds_recon.frames.sources import source_files
from mhsds_recon.frames.text_tables import read_text_table

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_reference"]

_FILES = {
    "postcode_lookup": ("postcodes", ("postcode", "la_district", "sub_icb")),
    "gp_practice_lookup": ("gp_practices", ("gp_practice", "sub_icb")),
    "ods_organisations": ("organisations", ("code", "open_date", "close_date", "kind")),
    "snomed_refsets": ("refsets", ("refset_id", "concept_id", "active", "effective_date")),
}


def read_reference(path: Path | None, *, engine: Engine | None = None) -> Reference:
    """Return the reference files of a folder; those that are absent are None.

    Files are ``postcode_lookup``, ``gp_practice_lookup``, ``ods_organisations`` and
    ``snomed_refsets`` as .csv, .csv.gz or .parquet. All columns are text.

    Raises:
        ReferenceFileError: The folder does not exist, a file cannot be read or lacks a column.
    """
    if path is None:
        return Reference()
    engine = engine or PolarsEngine()
    found = {}
    try:
        files = source_files(path)
        for file in files:
            if file.stem.lower() in _FILES:
                name, columns = _FILES[file.stem.lower()]
                found[name] = engine.scan(_select(read_text_table(file)[0], columns, file.name))
    except ExtractError as error:
        message = f"Reference files: {error}"
        raise ReferenceFileError(message) from error
    return Reference(**found)


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
