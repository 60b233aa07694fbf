"""What the history answered, kept until anything is added to it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mhsds_recon.history import History

__all__ = ["Known"]

T = TypeVar("T")
_MOST = 40  # a pack's page is about 1 MB


class Known:
    """Answers that hold as long as the history ends with the same entry; the oldest go first.

    One at a time is worked out: threads that ask the same wait for the one answer.
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._end: tuple[int, str] | None = None
        self._answers: dict[Hashable, Any] = {}
        self._lock = Lock()

    def answer(self, history: History, key: Hashable, ask: Callable[[], T]) -> T:
        """Return what ``ask`` returned under a key, or ask.

        Args:
            history: What the answer depends on.
            key: What is asked; with all else that the answer depends on.
            ask: Asked where nothing is known; what it raises is not kept.
        """
        with self._lock:
            end = history.end()
            if end != self._end:
                self._end = end
                self._answers.clear()
            found: T = self._answers.pop(key) if key in self._answers else ask()
            self._answers[key] = found
            if len(self._answers) > self._most:
                del self._answers[next(iter(self._answers))]
            return found
