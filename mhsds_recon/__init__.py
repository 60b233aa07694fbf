"""Validate, count, reconcile and sign off a trust's monthly MHSDS submission.

    import mhsds_recon as mr

    extract = mr.open_extract("extracts/2025-09")
    result = mr.validate(extract)
    figures = mr.measure("extracts", period="2025-09")
    recon = mr.reconcile(figures, mr.read_published("MHSDS Data_SepPerf_2025.zip"))

Names are imported when they are first used, so that commands start quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mhsds_recon.errors import ReconError
    from mhsds_recon.frames.extract import Extract
    from mhsds_recon.frames.shapes import schemas
    from mhsds_recon.measures import Figures
    from mhsds_recon.published import PublishedFigures, read_published
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
    from mhsds_recon.validation import Validation
    from mhsds_recon.workflow import measure, open_extract, reconcile, validate

__all__ = [
    "Extract",
    "Figures",
    "PublishedFigures",
    "ReconError",
    "Reconciliation",
    "ReportingPeriod",
    "Standard",
    "Validation",
    "load_standard",
    "measure",
    "open_extract",
    "read_published",
    "reconcile",
    "schemas",
    "validate",
]

_HOMES = {
    "Extract": "frames.extract",
    "Figures": "measures",
    "PublishedFigures": "published",
    "ReconError": "errors",
    "Reconciliation": "reconciliation",
    "ReportingPeriod": "standard",
    "Standard": "standard",
    "Validation": "validation",
    "load_standard": "standard",
    "measure": "workflow",
    "open_extract": "workflow",
    "read_published": "published",
    "reconcile": "workflow",
    "schemas": "frames.shapes",
    "validate": "workflow",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  whatever the name stands for
    """Return a public name, importing its module on first use."""
    if name not in _HOMES:
        message = f"module 'mhsds_recon' has no attribute '{name}'"
        raise AttributeError(message)
    value = getattr(import_module(f"mhsds_recon.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
