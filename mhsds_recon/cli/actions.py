"""Commands on what is to be done: list, open and close actions."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from mhsds_recon.cli.common import Common, account, open_history, say, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mhsds_recon.actions import Action

__all__ = ["app"]

app = App(name="actions", help="Carry what is to be done from month to month.")

Several = Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative=())]


@app.command(name="list")
def actions_list(
    *,
    provider: str,
    closed: Annotated[bool, Parameter(negative=())] = False,
    profile: Literal["national", "internal"] = "national",
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """List open actions, overdue first, with the effect expected and whether it came.

    Args:
        provider: Code of the provider.
        closed: List closed ones too.
        profile: How far small numbers are hidden; internal shows exact counts.
        policy: The trust's own file of who signs off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    with open_history(common) as history:
        actions = workflow.actions_of(history, provider)
    shown = [action for action in actions if closed or action.is_open]
    sys.stdout.write(_text(shown, policy, common, profile=profile) + "\n")
    return 0


@app.command(name="open")
def actions_open(
    *,
    provider: str,
    period: str,
    name: str,
    what: str | None = None,
    owner: str = "preparer",
    due: dt.date | None = None,
    cause: str = "",
    resend: Several = (),
    calendar: Path | None = None,
    policy: Path | None = None,
    common: Common = Common(),
) -> int:
    """Open actions: those that follow from a period's walk and sign-off, or one by hand.

    Without --what, every cause of a difference that somebody can put right opens an action, and so
    does every condition of a sign-off; what is being dealt with already is not opened again.

    Args:
        provider: Code of the provider.
        period: Reporting period in which they are opened, as YYYY-MM.
        name: Who opens them.
        what: What is to be done, by hand; nothing about a patient.
        owner: Who does it, as a role of the sign-off policy.
        due: By when; by default the day of the next extract.
        cause: The cause that it puts right, such as VC01.
        resend: A month that must be sent again, as YYYY-MM; may be given again.
        calendar: The trust's own file of cut-offs, as TOML.
        policy: The trust's own file of who signs off, as TOML.
        common: Options of every command.
    """
    from mhsds_recon import workflow
    from mhsds_recon.standard import ReportingPeriod

    opening = workflow.Opening(
        provider=provider,
        period=ReportingPeriod.parse(period),
        name=name,
        at=_now(),
        recorded_by=account(),
        calendar=calendar,
        policy=policy,
        version=common.standard,
    )
    with open_history(common) as history:
        if what is None:
            opened = workflow.open_actions(history, opening)
        else:
            one = workflow.open_action(
                history, opening, what=what, owner=owner, due=due, cause_id=cause, resend=resend
            )
            opened = (one,)
    say(_text(opened, policy, common) if opened else "No new action.", common)
    return 0


@app.command(name="close")
def actions_close(
    number: int,
    /,
    *,
    provider: str,
    name: str,
    outcome: Literal["done", "not_needed"] = "done",
    comment: str = "",
    common: Common = Common(),
) -> int:
    """Close an action, as done or as not needed.

    Args:
        number: Its number, as ``actions list`` shows it.
        provider: Code of the provider.
        name: Who closes it.
        outcome: Whether it was done, or turned out not to be needed.
        comment: Why; nothing about a patient.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    with open_history(common) as history:
        action = workflow.close_action(
            history,
            number,
            provider=provider,
            outcome=outcome,
            name=name,
            at=_now(),
            comment=comment,
            recorded_by=account(),
        )
    say(_text([action], None, common), common)
    return 0


def _text(
    actions: Sequence[Action],
    policy: Path | None,
    common: Common,
    *,
    profile: Literal["national", "internal"] = "national",
) -> str:
    from mhsds_recon.reporting import actions_text
    from mhsds_recon.signoff import load_policy

    roles = load_policy(policy, version=common.standard).roles
    return actions_text(actions, on=_now().date(), roles=roles, profile=profile, width=width())


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()
