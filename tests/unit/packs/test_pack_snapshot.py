"""The whole of pack B, pinned.

After a wanted change, write it anew and read the difference:

    UPDATE_SNAPSHOTS=1 python -m pytest tests/unit/packs/test_pack_snapshot.py
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import msgspec

from mhsds_recon.packs import Pack, canonical_json
from mhsds_recon.reconciliation import Reconciliation

SNAPSHOT = Path(__file__).with_name("pack_b.json")


def test_pack_b_is_as_pinned(
    make_pack: Callable[..., Pack], month: SimpleNamespace, reconciliation: Reconciliation
) -> None:
    pack = make_pack(
        pack_type="B",
        provider_name="Synthetic Trust",
        reconciliation=reconciliation,
        previous_figures=month.figures_before({**month.values, "MHS95": 1190, "CYP32": 75}),
        previous_validation=month.validation_before(failures=month.failures[:2]),
    )
    text = msgspec.json.format(canonical_json(pack), indent=1).decode() + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


def test_pinned_pack_reads_back_as_the_same_value() -> None:
    pack = msgspec.json.decode(SNAPSHOT.read_bytes(), type=Pack)
    assert msgspec.json.decode(canonical_json(pack), type=Pack) == pack
