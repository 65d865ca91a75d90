"""Deaths and interruptions in the middle of an ingestion: at any of its AWS calls, before or after it took effect."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Death(BaseException):
    """The process is killed; nothing catches it but the test."""


class Faults:
    """Hooks into AWS clients that act at the n-th call from now, once."""

    def __init__(self, *clients: Any) -> None:
        self._lock = threading.Lock()
        self._left = -1
        self._act: Callable[[], None] = lambda: None
        self._after = False
        self.calls = 0
        for client in clients:
            client.meta.events.register_last("before-call", self._before_call)
            client.meta.events.register_first("after-call", self._after_call)

    def at(self, call: int, act: Callable[[], None], *, after: bool) -> None:
        self._left, self._act, self._after, self.calls = call, act, after, 0

    def clear(self) -> None:
        self._left = -1

    def _before_call(self, **_: Any) -> None:
        with self._lock:
            self.calls += 1
            self._left -= 1
            due = self._left == 0 and not self._after
        if due:
            self._act()

    def _after_call(self, **_: Any) -> None:
        with self._lock:
            due = self._left == 0 and self._after
            if due:
                self._left = -1
        if due:
            self._act()


def die() -> None:
    raise Death
