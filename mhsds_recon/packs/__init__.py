"""The monthly pack: built as a value, checked for privacy, then shown as a document."""

from __future__ import annotations

from mhsds_recon.packs.build import build_pack
from mhsds_recon.packs.gate import check_privacy
from mhsds_recon.packs.html import render_html
from mhsds_recon.packs.identifiers import Identifiers, identifiers_of
from mhsds_recon.packs.inputs import PackInputs, profile_named
from mhsds_recon.packs.model import Pack, PackType, Profile, canonical_json, file_stem, sha256

__all__ = [
    "Identifiers",
    "Pack",
    "PackInputs",
    "PackType",
    "Profile",
    "build_pack",
    "canonical_json",
    "check_privacy",
    "file_stem",
    "identifiers_of",
    "profile_named",
    "render_html",
    "sha256",
]
