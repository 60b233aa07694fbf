"""One version of the national standard as frozen objects; knows no dataframes."""

from __future__ import annotations

from mhsds_recon.standard.files import definitions_folder, versions
from mhsds_recon.standard.loading import load_standard, read_standard
from mhsds_recon.standard.measures import Measure
from mhsds_recon.standard.model import (
    REJECTING_LEVELS,
    Code,
    CodeList,
    Element,
    FileRule,
    Level,
    Rule,
    Scale,
    Standard,
    Table,
)
from mhsds_recon.standard.periods import ReportingPeriod
from mhsds_recon.standard.portal import PORTAL_FACTS, PortalFacts

__all__ = [
    "PORTAL_FACTS",
    "REJECTING_LEVELS",
    "Code",
    "CodeList",
    "Element",
    "FileRule",
    "Level",
    "Measure",
    "PortalFacts",
    "ReportingPeriod",
    "Rule",
    "Scale",
    "Standard",
    "Table",
    "definitions_folder",
    "load_standard",
    "read_standard",
    "versions",
]
