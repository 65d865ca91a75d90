"""Whether work shall go on: a token that a state hands to what runs below it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from .errors import Cancelled


class Cancel:
    """Set once; what is derived from it is set with it."""

    def __init__(self, above: "Cancel | None" = None) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        if above is not None:
            above.listen(self.set)

    @property
    def is_set(self) -> bool:
        """Whether the work shall end."""
        return self._event.is_set()

    def set(self) -> None:
        """End the work."""
        with self._lock:
            self._event.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when it is set, at once if it is."""
        with self._lock:
            if not self._event.is_set():
                self._listeners.append(listener)
                return
        listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Call it no more."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def check(self) -> None:
        """Raise if the work shall end."""
        if self._event.is_set():
            raise Cancelled

    def pause(self, seconds: float) -> None:
        """Wait, unless the work ends before."""
        if self._event.wait(max(0.0, seconds)):
            raise Cancelled


def run_limited(work: Callable[[Cancel], Any], above: Cancel, seconds: float | None, run: Callable[..., None]) -> Any:
    """Do `work` in a thread that `run` starts, for no longer than `seconds` and no longer than `above` allows.

    Raises TimeoutError or Cancelled as soon as that is so; the work's own token is set then, and it ends itself.
    """
    own = Cancel(above)
    wake = threading.Event()
    outcome: dict[str, Any] = {}

    def do() -> None:
        try:
            outcome["value"] = work(own)
        except BaseException as error:
            outcome["error"] = error
        finally:
            wake.set()

    above.listen(wake.set)
    started = time.monotonic()
    run(do)
    try:
        wake.wait(seconds)
    finally:
        above.forget(wake.set)
        above.forget(own.set)
    if "error" in outcome:
        raise outcome["error"]
    if "value" in outcome:
        return outcome["value"]
    own.set()
    above.check()
    raise TimeoutError(f"{time.monotonic() - started:.0f} seconds")
