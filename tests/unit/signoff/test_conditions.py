"""Conditions of a sign-off become actions."""

from __future__ import annotations

from signing_values import NOON

from mhsds_recon.history import History
from mhsds_recon.signoff import PackMade
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.workflow import Opening, actions_of, open_actions, sign


def test_a_condition_on_two_groups_is_one_action_and_stays_one(
    history: History, made: PackMade
) -> None:
    sign(
        history,
        made,
        groups=["access", "outcomes"],
        decision="agree_with_conditions",
        name="Ada Lead",
        role="cyp_lead",
        conditions=["Send May again", "Map the new team"],
        at=NOON,
    )
    actions = actions_of(history, "RZZ")
    assert {action.opened.what for action in actions} == {"Send May again", "Map the new team"}
    assert all(action.opened.due > NOON.date() for action in actions)
    period = ReportingPeriod.parse(made.period)
    opening = Opening(provider="RZZ", period=period, name="Ada", at=NOON)
    assert open_actions(history, opening) == ()
    assert history.verify().is_whole
