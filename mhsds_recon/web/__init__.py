"""The sign-off pages: routes, forms and who may open them; no business rules.

Only packs as they were written and what the history holds are shown, never a row about a person.
"""

from __future__ import annotations

from mhsds_recon.web.accounts import Account, Accounts
from mhsds_recon.web.app import create_app, listen, run, server_of
from mhsds_recon.web.site import Proxy, Site, check_address, is_loopback

__all__ = [
    "Account",
    "Accounts",
    "Proxy",
    "Site",
    "check_address",
    "create_app",
    "is_loopback",
    "listen",
    "run",
    "server_of",
]
