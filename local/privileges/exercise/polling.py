"""Looking again and again, as every step of the exercise does that waits for the stage."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL_SECONDS = 0.2
T = TypeVar("T")


def poll(look: Callable[[], T], is_over: Callable[[T], object], seconds: float) -> T:
    """Look until it is over or the seconds are; returns what was seen last, for the caller to judge."""
    deadline = time.monotonic() + seconds
    while not is_over(seen := look()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return seen
