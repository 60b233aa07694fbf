"""Packs and decisions to test with; run as a script, a process of its own that signs."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event

from mhsds_recon.history import History
from mhsds_recon.packs import Pack
from mhsds_recon.packs.model import GroupStatus
from mhsds_recon.signoff import Decision, PackMade, Standing
from mhsds_recon.workflow import made_packs, sign, sign_off_entries, standing

NOON = datetime(2025, 10, 21, 12, tzinfo=UTC)  # the day after the last one for answers
EXTRACT = "e" * 64


def pack_of(**changes: Any) -> Pack:  # noqa: ANN401  any field
    """Return a pack with figures of access and outcomes, prepared by Pat Prep."""
    usual: dict[str, Any] = {
        "provider": "RZZ",
        "period_start": date(2025, 9, 1),
        "period_end": date(2025, 9, 30),
        "pack_type": "A",
        "profile": "national",
        "status": "Ready",
        "software": "1",
        "standard": "6.0",
        "generated_at": NOON.isoformat(),
        "extract_sha256": EXTRACT,
        "prepared_by": "Pat Prep",
        "groups": (
            GroupStatus(id="access", title="Access", status="Ready"),
            GroupStatus(id="outcomes", title="Outcomes", status="Ready"),
            GroupStatus(id="waits", title="Waits", status="Not assessed", has_figures=False),
        ),
        "sections": (),
    }
    return Pack(**{**usual, **changes})


def agree(history: History, pack: PackMade, *groups: str, **changes: Any) -> None:  # noqa: ANN401
    """Agree to groups as the lead, and to the upload as the owner of the submission."""
    for group in groups:
        who = ("Sam Owner", "submission_owner") if group == "upload" else ("Ada Lead", "cyp_lead")
        usual = {"decision": "agree", "name": who[0], "role": who[1], "at": NOON}
        sign(history, pack, groups=[group], **{**usual, **changes})


def stand(history: History, pack: PackMade, **changes: Any) -> Standing:  # noqa: ANN401  any field
    """Return where the extract of a pack stands, or another."""
    about: dict[str, Any] = {
        "provider": pack.provider,
        "period": pack.period,
        "extract_sha256": pack.extract_sha256,
    }
    return standing(history, **{**about, **changes})


def decisions(history: History) -> list[Decision]:
    """Return every decision of the period, in order."""
    entries = sign_off_entries(history, provider="RZZ", period="2025-09")
    return [entry for entry in entries if isinstance(entry, Decision)]


def main(address: str, name: str, times: int, die_at: str) -> None:
    """Sign access and outcomes of the first pack; die where a statement holds a text."""
    with History.open(address) as history:
        (pack,) = made_packs(history)

        def die(*told: Any) -> None:  # noqa: ANN401  what SQLAlchemy tells
            if die_at and die_at in told[2]:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(history.engine, "before_cursor_execute", die)
        if die_at == "COMMIT":
            event.listen(history.engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
        for number in range(times):
            groups = ["access", "outcomes"]
            who: dict[str, Any] = {"name": name, "role": "cyp_lead", "comment": str(number)}
            sign(history, pack, groups=groups, decision="agree", at=NOON, **who)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
