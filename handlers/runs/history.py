"""Which stage a run failed at, and why: read from the end of its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .states import OF_THE_RUN, stage_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_stepfunctions.client import SFNClient

_OF_THE_WHOLE = frozenset({"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})


@dataclass(frozen=True)
class Failure:
    """Where and why."""

    stage: str | None
    error: str
    cause: str


def failure(execution: str, stepfunctions: SFNClient) -> Failure:
    """Return what failed last in the execution; the stage is that of the event that failed, on its own branch.

    Of an execution that was stopped or ran out of time it is the stage that was entered last.
    """
    events: dict[int, Mapping[str, Any]] = {}
    failed: Mapping[str, Any] | None = None
    whole = Failure(None, "", "")
    for event in _backwards(execution, stepfunctions):
        events[event["id"]] = event
        details = _details(event)
        if event["type"] in _OF_THE_WHOLE:
            whole = Failure(None, str(details.get("error") or ""), str(details.get("cause") or ""))
        elif failed is None and (details.get("error") or event["type"].endswith(("StateEntered", "TimedOut"))):
            failed = event
        if failed is not None:
            stage = _stage(failed, events)
            if stage is not None:
                found = _details(failed)
                error, cause = str(found.get("error") or whole.error), str(found.get("cause") or whole.cause)
                return Failure(None if stage in OF_THE_RUN else stage, error, cause)
    return whole


def _backwards(execution: str, stepfunctions: SFNClient) -> Iterator[Mapping[str, Any]]:
    """Yield the history's events, the last one first."""
    more: dict[str, Any] = {}
    while True:
        answer = stepfunctions.get_execution_history(
            executionArn=execution, reverseOrder=True, maxResults=1_000, includeExecutionData=True, **more
        )
        yield from answer["events"]
        if "nextToken" not in answer:
            return
        more = {"nextToken": answer["nextToken"]}


def _stage(event: Mapping[str, Any], events: Mapping[int, Mapping[str, Any]]) -> str | None:
    """Return the stage of an event, which the events before it on its branch tell; None while those are not read."""
    here: Mapping[str, Any] | None = event
    while here is not None and not here["type"].endswith("StateEntered"):
        if here.get("previousEventId", 0) == 0:
            return ""
        here = events.get(here["previousEventId"])
    return None if here is None else stage_of(str(here["stateEnteredEventDetails"]["name"]))


def _details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    return found if isinstance(found, dict) else {}
