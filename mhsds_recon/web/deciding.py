"""Forms of decisions; what may be recorded is decided by the workflow."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.response import Redirect, Template
from msgspec import Struct

from mhsds_recon import workflow
from mhsds_recon.errors import PrivacyError, SignOffError, UsageError
from mhsds_recon.web.answers import REFUSED, Problem, problems_of
from mhsds_recon.web.paths import FORM, Asked, Group, Name, lines_of
from mhsds_recon.web.people import decides_as, is_decider, signed_in
from mhsds_recon.web.shown import ShownPack, open_shown
from mhsds_recon.web.site import Served, Site
from mhsds_recon.web.threads import in_thread

__all__ = ["DECIDING"]

_CHANGED = "This pack was made again since you opened it. Read it again, then decide."
_WORDS: Final = {"agree", "agree_with_conditions", "do_not_agree"}


class DecisionForm(Struct, frozen=True):
    """What someone decides, and the hash of the pack that they saw."""

    decision: str = ""
    comment: str = ""
    conditions: str = ""
    seen: str = ""


class SilenceForm(Struct, frozen=True):
    """Who did not answer by the deadline, and the hash of the pack that it is about."""

    name: str = ""
    role: str = ""
    comment: str = ""
    seen: str = ""


Decided = Annotated[DecisionForm, FORM]
Silent = Annotated[SilenceForm, FORM]


@get("/packs/{name:str}/decisions/{group:str}", guards=[signed_in])
@in_thread
def decision(request: Asked, site: Served, name: Name, group: Group) -> Template:
    """Show the form for a measure group."""
    shown = open_shown(site, name)
    _role(request, site, shown, group)
    return _decision_page(shown, group, DecisionForm(seen=shown.made.pack_sha256))


@post("/packs/{name:str}/decisions/{group:str}", guards=[signed_in])
@in_thread
def decide(
    request: Asked, site: Served, name: Name, group: Group, data: Decided
) -> Template | Redirect:
    """Record a decision, under the account and in the role of whoever is signed in."""
    shown = open_shown(site, name, anew=True)
    role = _role(request, site, shown, group)
    _check_seen(shown, data.seen)
    again = partial(_decision_page, shown, group, data)
    if data.decision not in _WORDS:
        return again([Problem(said="Select what you decide.", field="decision")])
    try:
        workflow.sign(
            site.history,
            shown.made,
            groups=[group],
            decision=data.decision,
            name=request.user.name,
            role=role,
            at=site.now(),
            comment=lines_of(data.comment),
            conditions=[line for line in data.conditions.splitlines() if line.strip()],
            recorded_by=request.user.account,
            policy=site.policy,
        )
    except (UsageError, PrivacyError) as error:
        fields = ("decision", "comment", "conditions")
        return again(problems_of(error, fields, {"condition": "conditions"}))
    return Redirect(f"/packs/{name}?recorded={group}", status_code=303)


@get("/packs/{name:str}/no-response/{group:str}", guards=[signed_in, is_decider])
@in_thread
def silence(site: Served, name: Name, group: Group) -> Template:
    """Show the form that says that nobody answered by the deadline."""
    shown = open_shown(site, name)
    return _silence_page(site, shown, group, SilenceForm(seen=shown.made.pack_sha256))


@post("/packs/{name:str}/no-response/{group:str}", guards=[signed_in, is_decider])
@in_thread
def record_silence(
    request: Asked, site: Served, name: Name, group: Group, data: Silent
) -> Template | Redirect:
    """Record that somebody did not answer; who records it is kept as the account."""
    shown = open_shown(site, name, anew=True)
    _check_group(site, shown, group)
    _check_seen(shown, data.seen)
    again = partial(_silence_page, site, shown, group, data)
    if data.role not in site.policy.group(group).decided_by:
        return again([Problem(said="Select the role of who did not answer.", field="role")])
    try:
        workflow.sign(
            site.history,
            shown.made,
            groups=[group],
            decision="no_response",
            name=data.name,
            role=data.role,
            at=site.now(),
            comment=lines_of(data.comment),
            recorded_by=request.user.account,
            policy=site.policy,
        )
    except (UsageError, PrivacyError) as error:
        return again(problems_of(error, ("name", "role", "comment"), {}))
    return Redirect(f"/packs/{name}?recorded={group}", status_code=303)


DECIDING: Final = (decision, decide, silence, record_silence)


def _check_seen(shown: ShownPack, seen: str) -> None:
    if seen != shown.made.pack_sha256:
        raise SignOffError(_CHANGED)


def _check_group(site: Site, shown: ShownPack, group: str) -> None:
    asked = {*shown.made.groups, "upload"}.intersection(one.id for one in site.policy.groups)
    if group not in asked or group not in shown.titles:
        raise NotFoundException


def _role(request: Asked, site: Site, shown: ShownPack, group: str) -> str:
    """Return the role in which the person may decide on a group of a pack.

    Raises:
        NotFoundException: The pack has no such group.
        PermissionDeniedException: None of the person's roles may.
    """
    _check_group(site, shown, group)
    role = decides_as(request.user, group, site.policy)
    if role is None:
        raise PermissionDeniedException
    return role


def _decision_page(
    shown: ShownPack, group: str, typed: DecisionForm, problems: list[Problem] | None = None
) -> Template:
    context = {"shown": shown, "group": group, "typed": typed, "problems": problems or []}
    return Template("decision.html.j2", context=context, status_code=REFUSED if problems else 200)


def _silence_page(
    site: Site,
    shown: ShownPack,
    group: str,
    typed: SilenceForm,
    problems: list[Problem] | None = None,
) -> Template:
    _check_group(site, shown, group)
    context = {"shown": shown, "group": group, "typed": typed, "problems": problems or []}
    roles = site.policy.roles
    asked = {"asked": [(role, roles[role]) for role in site.policy.group(group).decided_by]}
    return Template(
        "no_response.html.j2", context=context | asked, status_code=REFUSED if problems else 200
    )
