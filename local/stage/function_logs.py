"""Read what the functions of the emulated account log."""

import time
from collections.abc import Iterator

from ..aws import Clients
from ..emulator import lifecycle
from ..errors import StageError
from ..workspace import Workspace
from .diagnosis import log_group, log_lines


class FunctionLogs:
    """The log groups of the functions whose name holds `wanted`."""

    def __init__(self, workspace: Workspace, wanted: str) -> None:
        emulator = lifecycle.find(workspace)
        if emulator is None:
            raise StageError("The local stage does not run, so there are no logs.", fix="Start it: make up.")
        self._clients = Clients(emulator.endpoint, emulator.serves["region"])
        listed = self._clients("lambda").get_paginator("list_functions").paginate().search("Functions[].FunctionName")
        all_functions = sorted(str(name) for name in listed)
        self._functions = [name for name in all_functions if wanted in name]
        if wanted and not self._functions:
            raise StageError(
                f"No function's name holds `{wanted}`.", fix=f"The functions are: {', '.join(all_functions) or 'none'}."
            )
        self._seen = int(time.time() * 1000)

    def tails(self, lines: int) -> dict[str, list[str]]:
        """Return the last lines of each function."""
        return {name: log_lines(self._clients, name)[-lines:] for name in self._functions}

    def news(self) -> Iterator[tuple[str, str]]:
        """Return the lines since the last call, as (function, line)."""
        logs = self._clients("logs")
        since, self._seen = self._seen, int(time.time() * 1000)
        for name in self._functions:
            try:
                events = logs.filter_log_events(
                    logGroupName=log_group(self._clients, name), startTime=since, endTime=self._seen
                )["events"]
            except logs.exceptions.ResourceNotFoundException:
                continue
            for event in events:
                yield name, str(event["message"]).rstrip()
