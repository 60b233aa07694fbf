"""Rules about rows further up than the parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.standard.checks import NotBefore
from mhsds_recon.testing import narrowed
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Standard

RULE = "MHS50611"
TABLES = {
    "MHS000Header": {"OrgIDProvider": ["RZZ"]},
    "MHS101Referral": {
        "ServiceRequestID": ["R1", "R2"],
        "ReferralRequestReceivedDate": ["2025-09-10", "2025-09-01"],
    },
    "MHS501HospProvSpell": {"HospProvSpellID": ["S1", "S2"], "ServiceRequestID": ["R1", "R2"]},
    "MHS502WardStay": {
        "WardStayID": ["W1", "W2", "W2", "W3"],
        "HospProvSpellID": ["S1", "S2", "S1", "S2"],
    },
    "MHS506Assault": {"WardStayID": ["W1", "W2", "W3", "W4"], "DateAssault": ["2025-09-05"] * 4},
}


def test_a_row_is_compared_over_several_levels(standard: Standard, engine: Engine) -> None:
    """An assault before the referral: reached by ward stay and spell, by any of several rows."""
    rule = msgspec.structs.replace(
        standard.rules[RULE],
        check=NotBefore(element="DateAssault", other="MHS101.ReferralRequestReceivedDate"),
    )
    few = msgspec.structs.replace(narrowed(standard, TABLES, rules=()), rules={RULE: rule})
    frames = {
        table: pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        for table, columns in TABLES.items()
    }
    extract = extract_from_frames(frames, standard=few, engine=engine)
    found = validate(extract, standard=few).findings.filter(code=RULE)
    assert found["row_number"].to_list() == [1, 2]
