"""The form of exceptions: what is accepted for a time, by someone who may approve it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from litestar import get, post
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect, Template
from msgspec import Struct

from mhsds_recon import workflow
from mhsds_recon.errors import PrivacyError, UsageError
from mhsds_recon.web.answers import REFUSED, Problem, problems_of
from mhsds_recon.web.pages import standing_of
from mhsds_recon.web.paths import FORM, Asked, Name, day_of, lines_of
from mhsds_recon.web.people import approves_as, is_approver, signed_in
from mhsds_recon.web.shown import ShownPack, open_shown
from mhsds_recon.web.site import Served, Site
from mhsds_recon.web.threads import in_thread

__all__ = ["EXCEPTING"]

_CODE: Final = "code"
_NO_DAY = "Enter the last day as numbers, such as 31 10 2026."


class ExceptionForm(Struct, frozen=True):
    """What is accepted, why and until when."""

    subject: str = ""
    code: str = ""
    reason: str = ""
    day: str = ""
    month: str = ""
    year: str = ""


Excepted = Annotated[ExceptionForm, FORM]


@get("/packs/{name:str}/exception", guards=[signed_in, is_approver])
@in_thread
def exception(site: Served, name: Name) -> Template:
    """Show the form for an exception."""
    return _page(site, open_shown(site, name), ExceptionForm())


@post("/packs/{name:str}/exception", guards=[signed_in, is_approver])
@in_thread
def record_exception(
    request: Asked, site: Served, name: Name, data: Excepted
) -> Template | Redirect:
    """Record an exception, approved by whoever is signed in."""
    shown = open_shown(site, name, anew=True)
    again = partial(_page, site, shown, data)
    role = approves_as(request.user, site.policy)
    if role is None:
        raise PermissionDeniedException
    if not data.subject:
        return again([Problem(said="Select what the exception is about.", field="subject")])
    try:
        expires = day_of(data.day, data.month, data.year)
    except ValueError:
        expires = None
    if expires is None:
        return again([Problem(said=_NO_DAY, field="day")])
    try:
        workflow.exempt(
            site.history,
            shown.made,
            subject=data.code.strip() if data.subject == _CODE else data.subject,
            reason=lines_of(data.reason),
            expires=expires,
            name=request.user.name,
            role=role,
            at=site.now(),
            recorded_by=request.user.account,
            policy=site.policy,
            version=site.standard,
        )
    except (UsageError, PrivacyError) as error:
        fields = ("code" if data.subject == _CODE else "subject", "reason", "day")
        return again(problems_of(error, fields, {"expires": "day", "subject": fields[0]}))
    return Redirect(f"/packs/{name}?recorded=exception", status_code=303)


EXCEPTING: Final = (exception, record_exception)


def _page(
    site: Site, shown: ShownPack, typed: ExceptionForm, problems: list[Problem] | None = None
) -> Template:
    groups = {
        one.group: shown.titles.get(one.group, one.group)
        for one in standing_of(site, shown.made).groups
    }
    context = {"shown": shown, "groups": groups, "typed": typed, "problems": problems or []}
    return Template("exception.html.j2", context=context, status_code=REFUSED if problems else 200)
