"""What ``doctor`` prints: what was looked at, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.reporting.layout import WIDTH, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.warehouse.setup import SetupCheck

__all__ = ["setup_text"]

_MARKS = {"good": "ok  ", "note": "note", "bad": "FAIL"}


def setup_text(checks: Sequence[SetupCheck], *, width: int = WIDTH) -> str:
    """Return a line for each check, what to do under it, and what to do first at the end."""
    lines: list[str] = []
    for check in checks:
        said = paragraph(f"{check.about}: {check.said}", width=width, indent=" " * 6)
        lines.append(_MARKS[check.state] + said[len(_MARKS[check.state]) :])
        if check.next_step:
            lines.append(paragraph(f"-> {check.next_step}", width=width, indent=" " * 8))
    bad = [check.about for check in checks if check.state == "bad"]
    verdict = f"Put right first: {', '.join(bad)}." if bad else "Nothing stands in the way."
    return "\n".join([*lines, "", verdict])
