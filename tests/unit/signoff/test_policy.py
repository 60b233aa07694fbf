"""Who may decide what, and what a decision must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mhsds_recon.errors import DefinitionError, UsageError
from mhsds_recon.signoff import Decision, Exemption, load_policy

POLICY = load_policy()
NOON = datetime(2025, 10, 20, 12, tzinfo=UTC)


def decision(**changes: Any) -> Decision:  # noqa: ANN401  any field
    usual: dict[str, Any] = {
        "provider": "RZZ",
        "period": "2025-09",
        "extract_sha256": "e" * 64,
        "pack": "RZZ_2025-09_A_v1",
        "pack_sha256": "f" * 64,
        "group": "access",
        "decision": "agree",
        "name": "Ada Lead",
        "role": "cyp_lead",
        "at": NOON,
    }
    return Decision(**{**usual, **changes})


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A change to a usual decision, and what is then told."""

    changes: dict[str, Any]
    told: str


@pytest.mark.parametrize(
    "case",
    [
        Refused(changes={"name": "  "}, told="name of the person"),
        Refused(changes={"role": "cyp_led"}, told="Did you mean 'cyp_lead'?"),
        Refused(changes={"group": "acces"}, told="Did you mean 'access'?"),
        Refused(changes={"role": "submission_owner"}, told="cannot decide on 'access'"),
        Refused(changes={"group": "upload"}, told="that is for: Submission owner"),
        Refused(changes={"decision": "do_not_agree"}, told="needs a reason"),
        Refused(changes={"decision": "agree_with_conditions"}, told="at least one"),
        Refused(changes={"conditions": ("Resend May",)}, told="agree_with_conditions only"),
    ],
    ids=lambda case: case.told,
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(case: Refused) -> None:
    with pytest.raises(UsageError, match=case.told.replace("?", r"\?")):
        POLICY.check(decision(**case.changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"decision": "do_not_agree", "comment": "Two teams are missing"},
        {"decision": "agree_with_conditions", "conditions": ("Resend May",)},
        {"group": "upload", "role": "submission_owner"},
        {"decision": "no_response", "role": "preparer"},
    ],
)
def test_what_a_role_may_decide_is_taken(changes: dict[str, Any]) -> None:
    POLICY.check(decision(**changes))


def test_an_exemption_needs_a_reason_and_an_approver() -> None:
    exemption = Exemption(
        provider="RZZ",
        period="2025-09",
        extract_sha256="e" * 64,
        subject="outcomes",
        reason="",
        expires=date(2025, 11, 30),
        name="Ada Lead",
        role="cyp_lead",
        at=NOON,
    )
    with pytest.raises(UsageError, match=r"cannot approve an exemption[\s\S]*needs a reason"):
        POLICY.check(exemption)


def test_a_policy_of_ones_own_must_list_the_roles_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'source = "SOP 7"\n[roles]\nlead = "Lead"\n[[group]]\nid = "access"\n'
        'decided_by = ["boss"]\n[exceptions]\napproved_by = ["lead"]\n',
        encoding="utf-8",
    )
    with pytest.raises(
        DefinitionError, match=r"ours\.toml names roles that it does not list: boss"
    ):
        load_policy(path)
    with pytest.raises(DefinitionError, match=r"there\.toml does not say who signs off"):
        load_policy(tmp_path / "not_there.toml")
