"""Everything that depends on an engine: reading, lenient typing, collecting, shape checks."""

from __future__ import annotations

from mhsds_recon.frames.connection_strings import is_address
from mhsds_recon.frames.databases import DatabaseLocation, locate
from mhsds_recon.frames.engine import DuckDBEngine, Engine, PolarsEngine, engine_named
from mhsds_recon.frames.extract import (
    ROW_NUMBER,
    SHAPE_MEANINGS,
    Extract,
    InputFile,
    Reference,
    ShapeFinding,
    sha256_of_files,
)
from mhsds_recon.frames.reading import (
    Location,
    check_files,
    extract_from_frames,
    open_earlier_versions,
    open_extract,
    open_extracts,
    open_extracts_by_provider,
)
from mhsds_recon.frames.reference import read_portal_facts, read_reference

__all__ = [
    "ROW_NUMBER",
    "SHAPE_MEANINGS",
    "DatabaseLocation",
    "DuckDBEngine",
    "Engine",
    "Extract",
    "InputFile",
    "Location",
    "PolarsEngine",
    "Reference",
    "ShapeFinding",
    "check_files",
    "engine_named",
    "extract_from_frames",
    "is_address",
    "locate",
    "open_earlier_versions",
    "open_extract",
    "open_extracts",
    "open_extracts_by_provider",
    "read_portal_facts",
    "read_reference",
    "sha256_of_files",
]
