"""Handlers in threads, so that a slow disk or database keeps nobody else waiting."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from litestar.concurrency import sync_to_thread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["in_thread"]

P = ParamSpec("P")
T = TypeVar("T")


def in_thread(handler: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Return a handler that runs in one of the threads for it.

    The library's own ``sync_to_thread`` wraps a handler twice where GET and POST share a path.
    """

    @wraps(handler)
    async def run(*args: P.args, **named: P.kwargs) -> T:
        return await sync_to_thread(handler, *args, **named)

    return run
