"""The rules of the standard carried out on an extract; findings and accepted rows."""

from __future__ import annotations

from mhsds_recon.validation.messages import describe, explain_to_clinician
from mhsds_recon.validation.result import FileVerdict, Validation
from mhsds_recon.validation.validating import validate

__all__ = ["FileVerdict", "Validation", "describe", "explain_to_clinician", "validate"]
