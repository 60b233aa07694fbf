"""What the commands print, for people and for pipelines, without any value of a record."""

from __future__ import annotations

from mhsds_recon.reporting.annotations import azure_commands, github_commands
from mhsds_recon.reporting.definitions import definition_text
from mhsds_recon.reporting.effects import effects_text
from mhsds_recon.reporting.funnels import funnels_text
from mhsds_recon.reporting.junit import junit_xml
from mhsds_recon.reporting.maturity import maturity_text
from mhsds_recon.reporting.portal import portal_text
from mhsds_recon.reporting.text import (
    planted_text,
    reconciliation_text,
    standard_text,
    validation_text,
)

__all__ = [
    "azure_commands",
    "definition_text",
    "effects_text",
    "funnels_text",
    "github_commands",
    "junit_xml",
    "maturity_text",
    "planted_text",
    "portal_text",
    "reconciliation_text",
    "standard_text",
    "validation_text",
]
