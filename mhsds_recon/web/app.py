"""The pages put together, and served."""

from __future__ import annotations

import secrets
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar
from litestar.concurrency import set_asyncio_executor
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from uvicorn import Config, Server

from mhsds_recon.errors import ReconError, UsageError
from mhsds_recon.packs.words import load_words
from mhsds_recon.web.acting import ACTING
from mhsds_recon.web.answers import add_headers, problem_page, refusal_page
from mhsds_recon.web.deciding import DECIDING
from mhsds_recon.web.excepting import EXCEPTING
from mhsds_recon.web.pages import ASSETS, PAGES
from mhsds_recon.web.people import SignedIn, approves_as, cookie_name, decides_as, takes_part
from mhsds_recon.web.shown import DECISIONS, OPEN_STATES, STATES
from mhsds_recon.web.signing_in import SIGNING_IN
from mhsds_recon.web.site import is_loopback

if TYPE_CHECKING:
    from mhsds_recon.web.site import Site

__all__ = ["MOST_BYTES", "MOST_CONNECTIONS", "THREADS", "create_app", "listen", "run", "server_of"]

MOST_BYTES = 65_536
"""A longer form is refused before it is read."""

MOST_CONNECTIONS = 256
"""With more open at once, the next is told to come later."""

THREADS = 4
"""As many requests are worked on at once; others wait."""

_SECONDS_TO_END = 5


def create_app(site: Site) -> Litestar:
    """Return the pages as an ASGI application."""
    return Litestar(
        route_handlers=[*PAGES, *DECIDING, *EXCEPTING, *ACTING, *SIGNING_IN],
        dependencies={"site": Provide(lambda: site, sync_to_thread=False)},
        state=State({"site": site}),
        middleware=[SignedIn],
        allowed_hosts=_allowed_hosts(site),
        csrf_config=CSRFConfig(
            secret=secrets.token_hex(32),
            cookie_name=cookie_name(site, "form"),
            cookie_httponly=True,
            cookie_samesite="strict",
            cookie_secure=site.is_encrypted,
        ),
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(_environment(site))
        ),
        before_send=[add_headers],
        exception_handlers={ReconError: refusal_page, Exception: problem_page},
        request_max_body_size=MOST_BYTES,
        openapi_config=None,
        logging_config=None,
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; 0 takes any port that is free.

    Raises:
        UsageError: The port is taken, or the address is not of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, port), family=family, backlog=MOST_CONNECTIONS)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "there is no such port"
        message = (
            f"The pages cannot be served on {host}, port {port}: {reason}."
            " Stop what is served there, or choose another with --host and --port."
        )
        raise UsageError(message) from None
    # Only of a socket that names its protocol are answers sent at once: else 40 ms are lost.
    return socket.socket(family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())


def server_of(site: Site, *, certificate: Path | None = None, key: Path | None = None) -> Server:
    """Return what serves the pages.

    Args:
        site: What is served.
        certificate: A certificate, to be reached by https.
        key: Its key.

    Raises:
        UsageError: The certificate or its key cannot be used.
    """
    config = Config(
        create_app(site),
        access_log=False,
        log_level="warning",
        ws="none",
        proxy_headers=False,  # or whoever asks could say from where
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=_SECONDS_TO_END,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    try:
        config.load()
    except OSError as error:  # of ssl too
        message = f"The certificate or its key cannot be used: {error.strerror or error}."
        raise UsageError(message) from None
    return Server(config)


def run(server: Server, listening: socket.socket) -> None:
    """Serve the pages until stopped, on what ``listen`` returned."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="page") as threads:
        set_asyncio_executor(threads)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
        set_asyncio_executor(None)


def _allowed_hosts(site: Site) -> AllowedHostsConfig | None:
    """Return the names that the pages answer to; on a loopback address, against rebinding."""
    if not site.names and not is_loopback(site.host):
        return None
    names = {*site.names, "localhost", "127.0.0.1", "[::1]"}
    names.add(f"[{site.host}]" if ":" in site.host else site.host)
    return AllowedHostsConfig(
        allowed_hosts=[*names, *(f"{name}:{site.port}" for name in names)], www_redirect=False
    )


def _environment(site: Site) -> Environment:
    words = load_words()
    environment = Environment(
        loader=PackageLoader("mhsds_recon.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "decisions": DECISIONS,
        "states": STATES,
        "open_states": OPEN_STATES,
        "roles": site.policy.roles,
        "has_proxy": site.proxy is not None,
        "style_sheets": tuple(ASSETS),
        "decides_as": lambda person, group: decides_as(person, group, site.policy),
        "approves_as": lambda person: approves_as(person, site.policy),
        "takes_part": lambda person: takes_part(person, site.policy),
    }
    environment.filters |= {
        "day": words.date,
        "month": words.month,
        "time": lambda at: f"{words.date(at.date())} at {at:%H:%M}",
    }
    return environment
