"""The trust's own standard operating procedure, written from its configuration."""

from __future__ import annotations

from mhsds_recon.procedure.build import Procedure, build_procedure
from mhsds_recon.procedure.configuration import ProcedureConfig, load_procedure_config
from mhsds_recon.procedure.html import render_procedure
from mhsds_recon.procedure.words import ProcedureWords, load_procedure_words

__all__ = [
    "Procedure",
    "ProcedureConfig",
    "ProcedureWords",
    "build_procedure",
    "load_procedure_config",
    "load_procedure_words",
    "render_procedure",
]
