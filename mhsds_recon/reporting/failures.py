"""What all outputs say of a failure: how many rows, what the rule asks for; never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.validation.baseline import SHAPE_CODES
from mhsds_recon.validation.messages import describe

if TYPE_CHECKING:
    from mhsds_recon.standard import Standard
    from mhsds_recon.validation.baseline import Failure

__all__ = ["counted", "meaning"]


def counted(failure: Failure) -> str:
    """Return how many rows fail, and how many the baseline states where it states any."""
    if failure.level == "file_rejected":
        return "the file is rejected"
    rows = f"{failure.rows:,} row{'' if failure.rows == 1 else 's'}"
    if not failure.known:
        return rows
    if failure.is_stale:
        return f"{rows}, fewer than the {failure.known:,} of the baseline"
    return f"{rows}, {failure.known:,} of them known"


def meaning(failure: Failure, standard: Standard) -> str:
    """Return what the rule asks for, in a sentence."""
    if failure.code in standard.rules:
        return describe(standard.rules[failure.code], standard)
    if failure.code in standard.file_rules:
        return f"The whole file is rejected where {standard.file_rules[failure.code].meaning}."
    return f"The files have {SHAPE_CODES[failure.code]}."
