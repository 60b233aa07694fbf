"""Signing in with an account of the file, and out."""

from __future__ import annotations

import re
from typing import Annotated, Final

from litestar import get, post
from litestar.datastructures import Cookie
from litestar.middleware.rate_limit import RateLimitConfig
from litestar.response import Redirect, Template
from msgspec import Struct

from mhsds_recon.web.answers import Problem
from mhsds_recon.web.paths import FORM, Asked, Text
from mhsds_recon.web.people import cookie_name
from mhsds_recon.web.site import Served, Site
from mhsds_recon.web.threads import in_thread

__all__ = ["SIGNING_IN", "TRIES_PER_MINUTE"]

TRIES_PER_MINUTE = 20
_WRONG = "That account and password do not go together."
_RESTS = "Too many tries with this account. Wait 15 minutes, then try again."
_OURS = re.compile(r"/(packs|actions)/[A-Za-z0-9_/-]+")
_limit = RateLimitConfig(rate_limit=("minute", TRIES_PER_MINUTE))


class SignInForm(Struct, frozen=True):
    """What someone types in, and the page that they asked for."""

    account: str = ""
    password: str = ""
    to: str = ""


Typed = Annotated[SignInForm, FORM]


@get("/sign-in")
@in_thread
def sign_in_page(site: Served, to: Text = "") -> Template:
    """Show the form to sign in with."""
    return _page(site, SignInForm(to=_own_page(to)))


@post("/sign-in", middleware=[_limit.middleware])
@in_thread
def sign_in(request: Asked, site: Served, data: Typed) -> Template | Redirect:
    """Open a session, always under a new token, and lead to the page that was asked for."""
    if site.proxy is not None:
        return _page(site, data, status=403)
    address = request.client.host if request.client else ""
    if not site.attempts.take(data.account, address, at=site.now()):
        return _page(site, data, problem=_RESTS, status=429)
    found = site.accounts.check(data.account, data.password)
    if found is None:
        return _page(site, data, problem=_WRONG, status=422)
    site.attempts.forget(data.account, address)
    _close(request, site)
    token = site.sessions.open(found, at=site.now())
    return Redirect(_own_page(data.to) or "/", status_code=303, cookies=[_cookie(site, token)])


@post("/sign-out", sync_to_thread=False)
def sign_out(request: Asked, site: Served) -> Redirect:
    """End the session."""
    _close(request, site)
    return Redirect("/sign-in", status_code=303, cookies=[_cookie(site, "", max_age=0)])


SIGNING_IN: Final = (sign_in_page, sign_in, sign_out)


def _page(site: Site, typed: SignInForm, *, problem: str = "", status: int = 200) -> Template:
    context = {
        "problems": [Problem(said=problem, field="account")] if problem else [],
        "typed": typed,
        "to": _own_page(typed.to),
        "has_accounts": site.proxy is not None or bool(site.accounts.everyone()),
    }
    return Template("sign_in.html.j2", context=context, status_code=status)


def _own_page(path: str) -> str:
    """Return a path of ours, empty where it leads anywhere else."""
    return path if _OURS.fullmatch(path) and "//" not in path else ""


def _close(request: Asked, site: Site) -> None:
    site.sessions.close(request.cookies.get(cookie_name(site, "session"), ""))


def _cookie(site: Site, token: str, *, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=cookie_name(site, "session"),
        value=token,
        max_age=max_age,
        httponly=True,
        samesite="strict",
        secure=site.is_encrypted,
    )
