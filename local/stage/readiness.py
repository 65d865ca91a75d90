"""Wait until what was deployed answers: functions active, queues connected to them."""

import time

from ..aws import Clients
from ..errors import StageError

SETTLE_SECONDS = 60.0


def settle(clients: Clients) -> None:
    """Wait for every function and event source mapping of the emulated account."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while waiting := _not_ready(clients):
        if time.monotonic() > deadline:
            raise StageError(
                f"Not ready after {SETTLE_SECONDS:.0f} s: {', '.join(waiting)}.", fix="See watershed local logs."
            )
        time.sleep(0.2)


def _not_ready(clients: Clients) -> list[str]:
    service = clients("lambda")
    functions = service.get_paginator("list_functions").paginate().search("Functions")
    mappings = service.get_paginator("list_event_source_mappings").paginate().search("EventSourceMappings")
    return [
        f"function {each['FunctionName']} is {each['State']}"
        for each in functions
        if each.get("State", "Active") != "Active"
    ] + [
        f"event source mapping {each['UUID']} is {each['State']}"
        for each in mappings
        if each.get("State") not in ("Enabled", "Disabled")
    ]
