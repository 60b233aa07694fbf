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
        funnels=month.funnels(
            {
                "access": {
                    None: (1302, 1290, 1288, 1240, 1239, 1235, 1232),
                    "TEAM1": (1290, 1280, 1278, 1232, 1231, 1229, 1229),
                    "UNKNOWN": (60, 58, 58, 51, 4, 4, 3),
                },
                "closed_referrals": {None: (41, 39, 39, 38, 38, 35, 31, 22)},
            },
            not_assessed={"clock_stops": "needs refsets"},
        ),
        pairing=month.pairing(
            {
                "Goals": {"paired": 62, "between": 17, "only_score": 13},
                "Old form": {"not_in_list": 11, "repeated": 9, "paired": 2},
            }
        ),
        maturity=month.maturity(
            {
                "MHS-DQM04": (999, 0, 0, 1, 2),
                "MHS-DQM05": (900, 40, 30, 20, 3),
                "MHS-DQM33": (3, None, 0, 0, 997),
            },
            not_assessed=("MHS-DQM06",),
        ),
        trends=(
            month.trend("MHS30d", [880.0 + place % 4 * 20 for place in range(17)] + [1200.0]),
            month.trend("MHS95", [1190.0, 1232.0]),
        ),
    )
    text = msgspec.json.format(canonical_json(pack), indent=1).decode() + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


def test_pinned_pack_reads_back_as_the_same_value() -> None:
    pack = msgspec.json.decode(SNAPSHOT.read_bytes(), type=Pack)
    assert msgspec.json.decode(canonical_json(pack), type=Pack) == pack
