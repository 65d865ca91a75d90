"""The history of an execution, event by event, each knowing the one before it in its own branch."""

import json
import threading
from typing import Any


class History:
    """Adds events to ministack's record of an execution."""

    def __init__(self, execution: dict[str, Any], now: Any) -> None:
        self._events = execution["events"]
        self._now = now
        self._lock = threading.Lock()

    def add(self, event_type: str, after: int, details: dict[str, Any] | None = None) -> int:
        """Add an event that follows the event `after`; returns its id."""
        with self._lock:
            number = len(self._events) + 1
            event = {"id": number, "previousEventId": after, "type": event_type, "timestamp": self._now()}
            if details is not None:
                event[details_name(event_type)] = details
            self._events.append(event)
            return number


def details_name(event_type: str) -> str:
    """Return the member of an event that holds its details: botocore's shape HistoryEvent."""
    for end in ("Entered", "Exited"):
        if event_type.endswith(f"State{end}"):
            return f"state{end}EventDetails"
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


def text(value: Any) -> str:
    """Return a value as histories show it."""
    return json.dumps(value, separators=(",", ":"))
