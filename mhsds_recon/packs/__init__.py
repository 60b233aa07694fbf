"""The monthly pack: built as a value, checked for privacy, then shown as a document."""

from __future__ import annotations

from mhsds_recon.packs.build import build_pack
from mhsds_recon.packs.gate import check_names, check_privacy, check_words
from mhsds_recon.packs.html import render_html
from mhsds_recon.packs.identifiers import Identifiers, identifiers_of
from mhsds_recon.packs.inputs import PackInputs, profile_named
from mhsds_recon.packs.model import Pack, PackType, Profile, canonical_json, file_stem, sha256
from mhsds_recon.packs.pdf import render_pdf
from mhsds_recon.packs.tidy import as_csv, reconciliation_table, summary_of
from mhsds_recon.packs.workbook import render_workbook

__all__ = [
    "Identifiers",
    "Pack",
    "PackInputs",
    "PackType",
    "Profile",
    "as_csv",
    "build_pack",
    "canonical_json",
    "check_names",
    "check_privacy",
    "check_words",
    "file_stem",
    "identifiers_of",
    "profile_named",
    "reconciliation_table",
    "render_html",
    "render_pdf",
    "render_workbook",
    "sha256",
    "summary_of",
]
