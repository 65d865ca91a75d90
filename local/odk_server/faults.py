"""What goes wrong between a server and who reads from it, planned request by request or by chance from a seed."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

Action = Callable[[], object]


@dataclass(frozen=True)
class Throttled:
    """Too many requests; comes with the time to wait, if that is given."""

    seconds: int | None = 0


@dataclass(frozen=True)
class Failed:
    """Another status than the answer's."""

    status: int = 503


@dataclass(frozen=True)
class BrokenOff:
    """The connection ends after so many bytes of the answer's body, or before any answer (None)."""

    after: int | None = 0


Fault = Throttled | Failed | BrokenOff


class Faults:
    """The plan. Requests are counted from 1; what is planned for one happens once."""

    def __init__(self, *, share: float = 0.0, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 -- chance that repeats, not a secret
        self._share = share
        self._faults: dict[int, Fault] = {}
        self._actions: dict[int, list[Action]] = {}
        self.requests: list[str] = []

    def plan(self, request: int, fault: Fault) -> None:
        """Let the n-th request from the start fail."""
        self._faults[request] = fault

    def act_before(self, request: int, action: Action) -> None:
        """Do something to the data when the n-th request arrives, before it is answered."""
        self._actions.setdefault(request, []).append(action)

    def forget(self) -> None:
        """Drop what is planned and has not come to it."""
        self._faults.clear()
        self._actions.clear()

    def next(self, request: str) -> Fault | None:
        """Count a request, do what is planned for it, and return what is to go wrong with it."""
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
            actions = self._actions.pop(number, [])
            fault = self._faults.pop(number, None) or self._by_chance()
        for action in actions:
            action()
        return fault

    def _by_chance(self) -> Fault | None:
        if self._random.random() >= self._share:
            return None
        return self._random.choice((Throttled(0), Failed(502), Failed(503), BrokenOff(None), BrokenOff(20)))
