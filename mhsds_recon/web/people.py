"""Who asks, in which roles, and what each may open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

if TYPE_CHECKING:
    from typing import Any

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from mhsds_recon.signoff import Policy
    from mhsds_recon.web.accounts import Account
    from mhsds_recon.web.site import Site

__all__ = [
    "SignedIn",
    "approves_as",
    "cookie_name",
    "decides_as",
    "is_approver",
    "is_decider",
    "may_act",
    "signed_in",
    "takes_part",
]

_PREPARER: Final = "preparer"
_FROM_HERE: Final = {None, "same-origin", "none"}


class SignedIn(AbstractAuthenticationMiddleware):
    """Finds the account of each request: by its session, or as a trusted proxy tells it."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Return the account, or None."""
        site: Site = connection.app.state.site
        told = _session if site.proxy is None else _told
        return AuthenticationResult(user=told(site, connection), auth=None)


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let through who is signed in, and forms that a page of ours sent.

    Browsers tell from where a form comes, and a page cannot change what they tell.

    Raises:
        NotAuthorizedException: Nobody is signed in.
        PermissionDeniedException: A page elsewhere sent the form.
    """
    is_form = connection.scope.get("method") == "POST"
    if is_form and connection.headers.get("sec-fetch-site") not in _FROM_HERE:
        raise PermissionDeniedException
    if connection.user is None:
        raise NotAuthorizedException


def may_act(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let through who takes part in the sign-off.

    Raises:
        PermissionDeniedException: The person only reads.
    """
    if not takes_part(connection.user, connection.app.state.site.policy):
        raise PermissionDeniedException


def is_decider(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let through who decides on the upload.

    Raises:
        PermissionDeniedException: The person does not.
    """
    if decides_as(connection.user, "upload", connection.app.state.site.policy) is None:
        raise PermissionDeniedException


def is_approver(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let through who approves exceptions.

    Raises:
        PermissionDeniedException: The person does not.
    """
    if approves_as(connection.user, connection.app.state.site.policy) is None:
        raise PermissionDeniedException


def decides_as(person: Account, group: str, policy: Policy) -> str | None:
    """Return the role in which a person may decide on a measure group, or None."""
    return _first(policy.group(group).decided_by, person)


def approves_as(person: Account, policy: Policy) -> str | None:
    """Return the role in which a person may approve an exception, or None."""
    return _first(policy.exceptions.approved_by, person)


def takes_part(person: Account, policy: Policy) -> bool:
    """Return whether a person prepares, decides or approves; others read."""
    deciding = {role for group in policy.groups for role in group.decided_by}
    return not deciding.union(policy.exceptions.approved_by, {_PREPARER}).isdisjoint(person.roles)


def cookie_name(site: Site, what: str) -> str:
    """Return the name of a cookie, another one after each start: old ones are of no use.

    Over https, browsers let no other site set a cookie of such a name.
    """
    return f"{'__Host-' if site.is_encrypted else ''}mhsds_recon_{what}_{site.mark}"


def _first(roles: tuple[str, ...], person: Account) -> str | None:
    return next((role for role in roles if role in person.roles), None)


def _session(site: Site, connection: ASGIConnection[Any, Any, Any, Any]) -> Account | None:
    token = connection.cookies.get(cookie_name(site, "session"), "")
    opened = site.sessions.account(token, at=site.now())
    found = None if opened is None else site.accounts.find(opened[0])
    return found if opened and found and found.password_hash == opened[1] else None


def _told(site: Site, connection: ASGIConnection[Any, Any, Any, Any]) -> Account | None:
    if site.proxy is None or connection.client is None:
        return None
    told = connection.headers.getall(site.proxy.header, [])
    is_trusted = site.proxy.trusts(connection.client.host)
    return site.accounts.find(told[0]) if is_trusted and len(told) == 1 else None
