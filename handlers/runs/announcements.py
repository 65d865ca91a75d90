"""What other programs are told of runs: events on the account's default bus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_events.client import EventBridgeClient

    from .ledger import Run

SOURCE = "watershed.pipelines"
SUCCEEDED = "Pipeline Run Succeeded"
"""As triggers listen for it: `components/events/hearing.py`."""


class Announcements:
    """Puts events."""

    def __init__(self, events: EventBridgeClient) -> None:
        self._events = events

    def succeeded(self, run: Run) -> None:
        """Say that a run has succeeded; raises RuntimeError where EventBridge did not take the event.

        Its answer is a success even then (Amazon EventBridge API Reference, "PutEvents").
        """
        detail = {
            "pipeline": run.pipeline,
            "date": run.date,
            "id": run.id,
            "attempt": run.attempt,
            "executionArn": run.execution,
            "stateMachineArn": _machine(run.execution),
        }
        answer = self._events.put_events(
            Entries=[
                {"Source": SOURCE, "DetailType": SUCCEEDED, "Detail": json.dumps(detail), "Resources": [run.execution]}
            ]
        )
        if answer["FailedEntryCount"]:
            refused = answer["Entries"][0]
            raise RuntimeError(
                f"EventBridge did not take the event that {run.execution} has succeeded: {refused.get('ErrorCode')}, "
                f"{refused.get('ErrorMessage')}"
            )


def _machine(execution: str) -> str:
    """Return the state machine of `arn:...:execution:MACHINE:NAME`."""
    head, _, rest = execution.partition(":execution:")
    return f"{head}:stateMachine:{rest.partition(':')[0]}"
