"""Everything that depends on an engine: reading, lenient typing, collecting, shape checks."""

from __future__ import annotations

from mhsds_recon.frames.engine import DuckDBEngine, Engine, PolarsEngine, engine_named
from mhsds_recon.frames.extract import (
    ROW_NUMBER,
    SHAPE_MEANINGS,
    Extract,
    InputFile,
    Reference,
    ShapeFinding,
)
from mhsds_recon.frames.reading import (
    check_files,
    extract_from_frames,
    open_extract,
    open_extracts,
)
from mhsds_recon.frames.reference import read_portal_facts, read_reference

__all__ = [
    "ROW_NUMBER",
    "SHAPE_MEANINGS",
    "DuckDBEngine",
    "Engine",
    "Extract",
    "InputFile",
    "PolarsEngine",
    "Reference",
    "ShapeFinding",
    "check_files",
    "engine_named",
    "extract_from_frames",
    "open_extract",
    "open_extracts",
    "read_portal_facts",
    "read_reference",
]
