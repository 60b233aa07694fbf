"""What the commands print, for people and for pipelines, without any value of a record."""

from __future__ import annotations

from mhsds_recon.reporting.actions import actions_text
from mhsds_recon.reporting.annotations import azure_commands, github_commands
from mhsds_recon.reporting.causes import causes_page
from mhsds_recon.reporting.definitions import definition_text
from mhsds_recon.reporting.effects import effects_text
from mhsds_recon.reporting.funnels import funnels_text
from mhsds_recon.reporting.history import (
    changes_text,
    history_text,
    past_run_text,
    verification_text,
)
from mhsds_recon.reporting.junit import junit_xml
from mhsds_recon.reporting.maturity import maturity_text
from mhsds_recon.reporting.portal import portal_text
from mhsds_recon.reporting.providers import coverage_text, reconciliations_text
from mhsds_recon.reporting.reminders import calendar_ics, calendar_text, days_left_in_words
from mhsds_recon.reporting.setup import setup_text
from mhsds_recon.reporting.signing import record_text, standing_text
from mhsds_recon.reporting.text import (
    planted_text,
    reconciliation_text,
    standard_text,
    validation_text,
)
from mhsds_recon.reporting.trends import trends_text
from mhsds_recon.reporting.walk import walk_text

__all__ = [
    "actions_text",
    "azure_commands",
    "calendar_ics",
    "calendar_text",
    "causes_page",
    "changes_text",
    "coverage_text",
    "days_left_in_words",
    "definition_text",
    "effects_text",
    "funnels_text",
    "github_commands",
    "history_text",
    "junit_xml",
    "maturity_text",
    "past_run_text",
    "planted_text",
    "portal_text",
    "reconciliation_text",
    "reconciliations_text",
    "record_text",
    "setup_text",
    "standard_text",
    "standing_text",
    "trends_text",
    "validation_text",
    "verification_text",
    "walk_text",
]
