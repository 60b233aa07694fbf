"""Headers of every answer, what forms say of a problem, and pages for what went wrong."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from mhsds_recon.errors import PrivacyError, ReconError, SignOffError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar import Request, Response
    from litestar.types import Message, Scope

__all__ = [
    "HEADERS",
    "REFUSED",
    "Problem",
    "add_headers",
    "problem_page",
    "problems_of",
    "refusal_page",
]

REFUSED = 422
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_OPTION = re.compile(r": --([a-z-]+)(?=\.)")
_HIT = re.compile(r"- the ([a-z ]+): (.+)")
_SAID = {
    400: ("The form could not be read", "Go back and send it again."),
    401: ("You are signed out", "Nothing was recorded. Sign in, then send the form again."),
    403: (
        "You cannot do that",
        "Your role does not allow it, or the page was open too long. Nothing was recorded.",
    ),
    404: ("Page not found", "There is no page of this name. Go back to the list of months."),
    405: ("Page not found", "There is no page of this name. Go back to the list of months."),
    413: ("The text is too long", "Nothing was recorded. Go back and say it in fewer words."),
    429: ("Too many tries", "Wait a minute, then try again."),
}
_BUG = ("Something went wrong", "Nothing was recorded. Tell whoever keeps these pages.")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a form, and the id of the field that it is about."""

    said: str
    field: str


async def add_headers(message: Message, scope: Scope) -> None:
    """Give an answer the headers that its handler did not set itself."""
    del scope
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)


def problem_page(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Return the page for an error of the web; nothing of how it came about is told."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 400 and request.method == "GET":  # noqa: PLR2004  no path of ours
        status = 404
    if status == 401 and request.method == "GET":  # noqa: PLR2004
        path = request.scope["path"]
        asked = "" if path == "/" else f"?to={quote(path, safe='/')}"
        return Redirect(f"/sign-in{asked}", status_code=303)
    if status >= 500:  # noqa: PLR2004
        _LOG.error("%s %r failed", request.method, request.scope["path"], exc_info=error)
    title, said = _SAID.get(status, _BUG)
    return _page(title, said, status)


def refusal_page(request: Request[Any, Any, Any], error: ReconError) -> Response[Any]:
    """Return the page for what the workflow refuses."""
    if isinstance(error, SignOffError):
        return _page("The pack cannot be shown or signed", str(error), 409)
    if isinstance(error, UsageError | PrivacyError):
        return _page("That cannot be recorded", _OPTION.sub("", str(error)), REFUSED)
    _LOG.error("%s %r: %s", request.method, request.scope["path"], error)
    return _page("The record cannot be reached", _BUG[1], 503)


def problems_of(
    error: UsageError | PrivacyError, fields: Sequence[str], options: Mapping[str, str]
) -> list[Problem]:
    """Return what an error says of a form, sentence by sentence.

    Args:
        error: What the workflow refused.
        fields: Ids of the form's fields; what is about none of them goes to the first.
        options: The field of each option that a sentence names, where it is called otherwise.
    """
    if isinstance(error, PrivacyError):
        hits = _HIT.findall(str(error))
        return [
            _problem(f"The {field} holds {what}.", field, fields, options) for field, what in hits
        ]
    found = []
    for line in str(error).splitlines():
        option = _OPTION.search(line)
        found.append(_problem(_OPTION.sub("", line), option[1] if option else "", fields, options))
    return found


def _problem(said: str, about: str, fields: Sequence[str], options: Mapping[str, str]) -> Problem:
    field = options.get(about, about)
    return Problem(said=said, field=field if field in fields else fields[0])


def _page(title: str, said: str, status: int) -> Template:
    return Template("problem.html.j2", context={"title": title, "said": said}, status_code=status)
